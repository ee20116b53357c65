"""Planning: run a program as a preview would, with no engine, and read back what it asked for as plain data.

The stand-in for the engine keeps three of the engine's habits, because a plan that is kinder than a preview proves
nothing: what a provider would compute is unknown; everything is unknown when the provider's own settings are; a path is
taken once. It is stricter in one: a look-up is refused, for a component reaches outward through its arguments only.
"""

import asyncio
import contextvars
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

import pulumi
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime import mocks, rpc, settings, stack
from pulumi.runtime.proto import engine_pb2, resource_pb2

STACK = "pulumi:pulumi:Stack"
PROVIDER = "pulumi:providers:"

Program: TypeAlias = Callable[[], object]
"""A Pulumi program: declares resources; what it returns is thrown away."""


class PlanningError(Exception):
    """A program that could not be planned; the message says which resource and why."""


class Unknown:
    """A value that only a deployment can know. There is one, ``UNKNOWN``; compare with ``is``."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that the program marked as secret; its text never shows it."""

    value: Any = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One resource that a program declared, in plain data."""

    type: str
    """The type token: ``kubernetes:apps/v1:Deployment``."""
    name: str
    """The logical name, which is not the name of the object in the cluster."""
    path: str
    """``<types of the parents and its own, joined by $>::<name>``; unique in a plan, as in a URN."""
    parent: str
    """The parent's path; empty below the stack itself."""
    inputs: Mapping[str, Any]
    """What was asked for, in the provider's spelling; whole numbers are ``int``, gaps are ``UNKNOWN``."""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    """What a component registered as its outputs; always empty for other resources."""
    provider: str = ""
    """The path of the provider that was named for it; empty means the default one, and always for components."""
    after: tuple[str, ...] = ()
    """Paths of the resources that it waits for."""
    protect: bool = False
    """Whether the engine refuses to delete it."""
    retain: bool = False
    """Whether the object stays in the cluster when the program no longer declares it."""
    timeouts: Mapping[str, str] = field(default_factory=dict)
    """How long the engine waits: ``create`` and ``update``, for example ``5400s``."""


def plan(
    program: Program,
    *,
    project: str = "golive",
    stack_name: str = "dev",
    config: Mapping[str, str] | None = None,
) -> tuple[Planned, ...]:
    """Run ``program`` as a preview of an empty stack and return what it declared, sorted by path.

    ``config`` holds full keys and their text (``{"golive:settings": "{...}"}``) for programs that read configuration.
    Raises whatever the program raises, as it raised it, and ``PlanningError`` for a look-up or a path declared twice.
    Each plan has its own thread, event loop and context, so plans may follow one another, run side by side, or start
    inside an event loop.
    """
    monitor = _Monitor(project, stack_name)

    def isolated() -> None:
        settings.Settings(
            project=project,
            stack=stack_name,
            organization="organization",
            root_directory=".",
            monitor=monitor,
            engine=_Engine(monitor),
            dry_run=True,
        )
        pulumi.runtime.set_all_config(dict(config or {}), [])
        asyncio.run(_run(program, monitor))

    _apart(isolated)
    return tuple(monitor.planned[path] for path in sorted(monitor.planned))


def _apart(work: Callable[[], None]) -> None:
    """Run this in a thread and a context of its own, and raise what it raises. Ctrl-C does not wait for its end."""
    outcome: Future[None] = Future()

    def run() -> None:
        try:
            outcome.set_result(contextvars.Context().run(work))
        except BaseException as reason:  # noqa: BLE001 - it is raised where somebody waits for it
            outcome.set_exception(reason)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    outcome.result()
    thread.join()


async def _run(program: Program, monitor: "_Monitor") -> None:
    """Run the program in a stack; its own exception comes before those that follow from it."""
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    raised: list[BaseException] = []

    def guarded() -> None:
        try:
            program()
        except BaseException as reason:
            raised.append(reason)
            raise

    try:
        await stack.run_in_stack(guarded)
    except BaseException:
        if raised:
            raise raised[0] from raised[0].__cause__
        if monitor.refusals:
            raise monitor.refusals[0] from None
        raise
    if monitor.refusals:
        raise monitor.refusals[0]


class _NoLookUps(mocks.Mocks):
    """The SDK asks for an object of this type; the monitor below answers before it is ever asked."""

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise NotImplementedError(args.token)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        raise NotImplementedError(args.typ)


class _Monitor(mocks.MockMonitor):
    """Takes the engine's place: writes down every registration and answers as a preview does."""

    def __init__(self, project: str, stack_name: str) -> None:
        super().__init__(_NoLookUps())
        self.planned: dict[str, Planned] = {}
        self.refusals: list[PlanningError] = []
        self._prefix = f"urn:pulumi:{stack_name}::{project}::"
        self._lock = threading.Lock()

    def RegisterResource(  # noqa: N802  # the protocol's name
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        """Write a registration down; hand back its inputs, and leave all else unknown."""
        if request.type == STACK:
            return resource_pb2.RegisterResourceResponse(urn=f"{self._prefix}{STACK}::{request.name}")
        planned = self._planned(request)
        with self._lock:
            if planned.path in self.planned:
                raise self._refusal(f"{planned.path} is declared twice; give one of the two another name.")
            self.planned[planned.path] = planned
            blind = self._is_blind(planned)
        answer = struct_pb2.Struct() if blind else _answer(request)
        return resource_pb2.RegisterResourceResponse(urn=f"{self._prefix}{planned.path}", object=answer)

    def RegisterResourceOutputs(  # noqa: N802  # the protocol's name
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> empty_pb2.Empty:
        """Write the outputs of a component down; the stack's own are not part of a plan."""
        path = self._path(request.urn)
        with self._lock:
            if path in self.planned:
                self.planned[path] = replace(self.planned[path], outputs=_mapping(request.outputs))
        return empty_pb2.Empty()

    def ReadResource(  # noqa: N802  # the protocol's name
        self, request: resource_pb2.ReadResourceRequest
    ) -> resource_pb2.ReadResourceResponse:
        """Refuse to read what exists: a plan must not depend on a cluster's state."""
        raise self._refusal(f"{request.type} {request.name!r} reads what exists; pass what it needs as an argument.")

    def Invoke(self, request: resource_pb2.ResourceInvokeRequest) -> resource_pb2.ResourceInvokeResponse:  # noqa: N802  # the protocol's name
        """Refuse every look-up."""
        raise self._refusal(f"the program looks up {request.tok}; pass what it needs as an argument.")

    def complained(self, message: str) -> None:
        """Remember an error that the program logged: a real preview would fail on it."""
        self._refusal(message)

    def _refusal(self, message: str) -> PlanningError:
        refusal = PlanningError(message)
        self.refusals.append(refusal)
        return refusal

    def _planned(self, request: resource_pb2.RegisterResourceRequest) -> Planned:
        parent = self._path(request.parent)
        above = "" if parent.startswith(f"{STACK}::") else parent
        types = f"{above.split('::')[0]}${request.type}" if above else request.type
        timeouts = {"create": request.customTimeouts.create, "update": request.customTimeouts.update}
        return Planned(
            type=request.type,
            name=request.name,
            path=f"{types}::{request.name}",
            parent=above,
            inputs=_mapping(request.object),
            provider=self._path(request.provider).rpartition("::")[0] if request.custom else "",
            after=tuple(sorted(self._path(urn) for urn in request.dependencies)),
            protect=request.protect,
            retain=request.retainOnDelete,
            timeouts={key: value for key, value in timeouts.items() if value},
        )

    def _is_blind(self, planned: Planned) -> bool:
        """Tell whether the provider can't answer: the engine asks it nothing while its settings are unknown."""
        provider = self.planned.get(planned.provider)
        return provider is not None and has_unknown(provider.inputs)

    def _path(self, urn: str) -> str:
        return urn.removeprefix(self._prefix)


class _Engine(mocks.MockEngine):
    """Takes the engine's place as a listener: errors count, lesser messages are for terminals."""

    def __init__(self, monitor: _Monitor) -> None:
        super().__init__(None)
        self._monitor = monitor

    def Log(self, request: engine_pb2.LogRequest) -> None:  # noqa: N802  # the protocol's name
        """Keep errors and drop the rest."""
        if request.severity == engine_pb2.ERROR:
            self._monitor.complained(request.message)


def has_unknown(value: object) -> bool:
    """Tell whether ``value`` is unknown, or holds anything unknown."""
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    if isinstance(value, Secret):
        return has_unknown(value.value)
    return value is UNKNOWN


def _answer(request: resource_pb2.RegisterResourceRequest) -> struct_pb2.Struct:
    """Hand back the inputs, and what the provider would make up in secret as a secret that is unknown."""
    answer = struct_pb2.Struct()
    answer.CopyFrom(request.object)
    for name in set(request.additionalSecretOutputs) - set(answer.fields):
        answer.update({name: rpc.wrap_rpc_secret(rpc.UNKNOWN)})
    return answer


def _mapping(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Read a protocol struct as plain data, its keys sorted."""
    return {key: _plain(struct.fields[key]) for key in sorted(struct.fields)}


def _plain(value: struct_pb2.Value) -> Any:  # noqa: ANN401  # any JSON value
    match value.WhichOneof("kind"):
        case "struct_value":
            return _marked(_mapping(value.struct_value))
        case "list_value":
            return [_plain(item) for item in value.list_value.values]
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "string_value":
            return UNKNOWN if value.string_value == rpc.UNKNOWN else value.string_value
        case "bool_value":
            return value.bool_value
        case _:
            return None


def _marked(found: dict[str, Any]) -> Any:  # noqa: ANN401  # any JSON value
    """Turn the SDK's envelope around a secret into ours, and leave other mappings as they are."""
    if rpc.is_rpc_secret(found):
        return Secret(found.get("value"))
    return found
