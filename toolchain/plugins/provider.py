"""What the offline providers have in common: the engine's protocol, answered for previews.

A subclass says what is particular to its provider: defaults and names, what the provider computes, what can't change in
place. Everything else follows from the classes of the installed SDK.
"""

import hashlib
import importlib.resources
import json
from dataclasses import dataclass
from functools import cached_property

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from toolchain.plugins import differences, shapes
from toolchain.plugins.checks import Check, Fault
from toolchain.plugins.host import Host
from toolchain.plugins.paths import Path, parse, show
from toolchain.plugins.serve import Refusal
from toolchain.plugins.values import UNKNOWN, Properties, Secret, Value, plain, read, write

AUTONAMING = provider_pb2.CheckRequest.AutonamingOptions


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A resource whose inputs the engine wants checked."""

    token: str
    name: str
    urn: str
    seed: bytes
    naming: provider_pb2.CheckRequest.AutonamingOptions | None
    """What the project's configuration says about automatic names; ``None`` leaves them to the provider."""
    old: Properties
    new: Properties

    def automatic_name(self, digits: int) -> str:
        """Make ``<logical name>-<random digits>``; the same seed and resource give the same name.

        Raises ``Refusal`` where the project forbids automatic names.
        """
        if self.naming is not None and self.naming.mode == AUTONAMING.DISABLE:
            raise Refusal(f"{self.name} needs a name of its own, because this project disables automatic names.")
        if self.naming is not None and self.naming.proposed_name:
            return self.naming.proposed_name
        return f"{self.name}-{hashlib.sha256(self.seed + self.urn.encode()).hexdigest()[:digits]}"


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A resource whose last deployment is compared with what the program wants now."""

    token: str
    urn: str
    state: Properties
    """The outputs of the last deployment."""
    old_inputs: Properties
    new_inputs: Properties
    before: Properties
    """What was deployed, in the one form in which it is compared."""
    after: Properties
    """What is wanted, in the same form."""
    ignored: tuple[Path, ...]


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """An offline provider: it checks, diffs and previews; a subclass may deploy.

    ``engine`` is the address of the engine, which shows progress lines; without one there are none.
    """

    name: str
    """The package that it stands in for."""
    check = Check()

    def __init__(self, engine: str = "") -> None:
        self.host = Host(engine)
        self.configuration: Properties = {}

    # What a subclass says ------------------------------------------------------------------------------------------

    def prepare(self, asked: Asked) -> Properties:
        """Return the new inputs with the provider's defaults and automatic names in them."""
        return dict(asked.new)

    def faults(self, token: str, inputs: Properties) -> list[Fault]:
        """List what is wrong with the inputs of a resource; a type that the SDK does not have is an error."""
        return self.check.faults(inputs, self.shape(token).inputs)

    def planned(self, token: str, inputs: Properties, old: Properties) -> Properties:
        """Return the outputs that a preview can promise: what was given, and unknowns for what the provider computes.

        ``old`` holds the outputs before an update, and nothing before a creation.
        """
        computed = [name for name, always in self.shape(token).outputs.items() if always and inputs.get(name) is None]
        given = {name: value for name, value in inputs.items() if not name.startswith("__")}
        return {**{name: old.get(name, UNKNOWN) for name in computed}, **given}

    def immutable(self, token: str, inputs: Properties) -> list[Path]:
        """List what can't change in place."""
        raise NotImplementedError

    def keeps_name(self, token: str, old: Properties, new: Properties) -> bool:
        """Say whether a replacement would have the fixed name that the old resource has."""
        raise NotImplementedError

    def before(self, state: Properties, inputs: Properties) -> Properties:
        """Return what the last deployment is compared by: its inputs, or its outputs where they were not kept."""
        return inputs or state

    def changes(self, asked: Compared) -> list[differences.Change]:
        """List what differs."""
        return differences.changes(asked.before, asked.after)

    def comparable(self, token: str, inputs: Properties) -> Properties:
        """Return inputs in the one form in which they are compared."""
        return inputs

    def configuration_replaces(self, old: Properties, new: Properties) -> list[str]:
        """List the changed settings of the provider itself that make all its resources be replaced."""
        return []

    # What the engine asks --------------------------------------------------------------------------------------------

    def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        """Say what this provider understands."""
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, accept_resources=True, supports_autonaming_configuration=True
        )

    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        """Answer with the version of the installed SDK, whose plugin this stands in for."""
        return plugin_pb2.PluginInfo(version=self.version)

    def GetSchema(
        self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        """Answer with a name and a version; Python programs need no more."""
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": self.name, "version": self.version}))

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Take the provider's settings as they are; the engine's own conversion has read them."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """Compare the provider's settings."""
        old, new = read(request.old_inputs) or read(request.olds), read(request.news)
        found = differences.changes(old, new)
        replaces = self.configuration_replaces(old, new) if found else []
        return differences.response(found, [(key,) for key in replaces], (), keeps_name=False)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        """Keep the provider's settings; nothing is connected."""
        given = {key.rsplit(":", maxsplit=1)[-1]: value for key, value in request.variables.items()}
        settings: Properties = {**given, **read(request.args)}
        self.configuration = {key: _decoded(plain(value)) for key, value in settings.items()}
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, acceptResources=True, supports_autonaming_configuration=True
        )

    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        """Fill in defaults and report every fault at once."""
        asked = Asked(
            token=token_of(request.type, request.urn),
            name=request.name or request.urn.rsplit("::", maxsplit=1)[-1],
            urn=request.urn,
            seed=request.randomSeed,
            naming=request.autonaming if request.HasField("autonaming") else None,
            old=read(request.olds),
            new=read(request.news),
        )
        inputs = self.prepare(asked)
        failures = [
            provider_pb2.CheckFailure(property=show(fault.path), reason=fault.reason)
            for fault in self.faults(asked.token, inputs)
        ]
        return provider_pb2.CheckResponse(inputs=write(inputs), failures=failures)

    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        """Compare the last deployment with this one."""
        token = token_of(request.type, request.urn)
        state, inputs, new = read(request.olds), read(request.old_inputs), read(request.news)
        before, after = self.comparable(token, self.before(state, inputs)), self.comparable(token, new)
        ignored = tuple(parse(path) for path in request.ignoreChanges)
        asked = Compared(
            token=token,
            urn=request.urn,
            state=state,
            old_inputs=inputs or state,
            new_inputs=new,
            before=before,
            after=after,
            ignored=ignored,
        )
        return differences.response(
            self.changes(asked), self.immutable(token, after), ignored, keeps_name=self.keeps_name(token, before, after)
        )

    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        """Preview a creation; the identity stays unknown."""
        if not request.preview:
            raise self._only_previews()
        planned = self.planned(token_of(request.type, request.urn), read(request.properties), {})
        return provider_pb2.CreateResponse(properties=write(planned))

    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        """Preview an update; what the provider computed before stays."""
        if not request.preview:
            raise self._only_previews()
        planned = self.planned(token_of(request.type, request.urn), read(request.news), read(request.olds))
        return provider_pb2.UpdateResponse(properties=write(planned))

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Refuse: a preview never deletes."""
        raise self._only_previews()

    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        """Refuse: there is nothing to read from."""
        raise Refusal(
            f"golive's offline {self.name} plugin can't read {request.id or request.urn}, because it reaches nothing: "
            "install Pulumi with its plugins to refresh, import or look up a resource."
        )

    def Invoke(self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:
        """Refuse: there is nobody to ask."""
        raise self._looks_nothing_up(request.tok)

    def Call(self, request: provider_pb2.CallRequest, context: grpc.ServicerContext) -> provider_pb2.CallResponse:
        """Refuse: there is nobody to ask."""
        raise self._looks_nothing_up(request.tok)

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """End what is under way."""
        self.cancel()
        return empty_pb2.Empty()

    def cancel(self) -> None:
        """End what is under way at once; nothing is, where nothing is deployed."""

    # What the subclasses need ----------------------------------------------------------------------------------------

    @cached_property
    def version(self) -> str:
        """Version of the installed SDK, from the note that it carries about its plugin."""
        note = importlib.resources.files(f"pulumi_{self.name}").joinpath("pulumi-plugin.json").read_text()
        return str(json.loads(note)["version"])

    def shape(self, token: str) -> shapes.ResourceShape:
        """Return what the SDK says about a type. Raises ``Refusal`` if it does not know it."""
        found = shapes.resource(token)
        if found is None:
            raise Refusal(f"The installed pulumi-{self.name} {self.version} has no resource type {token}.")
        return found

    def _only_previews(self) -> Refusal:
        return Refusal(
            f"golive's offline {self.name} plugin only previews: "
            "install Pulumi with its plugins, or put them on PATH, to deploy this stack."
        )

    def _looks_nothing_up(self, token: str) -> Refusal:
        return Refusal(
            f"golive's offline {self.name} plugin does not look things up, and was asked for {token}: "
            "write the value in the stack file, or install Pulumi with its plugins."
        )


def inside(value: Value) -> Properties:
    """Return the object that ``value`` is, secret or not; an empty one where it is something else or unknown."""
    if isinstance(value, Secret):
        return inside(value.value)
    return value if isinstance(value, dict) else {}


def token_of(token: str, urn: str) -> str:
    """Return a resource's type, from the request or else from its URN, whose type may have the parents' in front."""
    return token or urn.split("::")[2].rsplit("$", maxsplit=1)[-1]


def _decoded(value: Value) -> Value:
    """Read a setting of the provider, which travels as JSON unless it is a text."""
    if not isinstance(value, str):
        return value
    try:
        found: Value = json.loads(value)
    except ValueError:
        return value
    return found if isinstance(found, (dict, list, bool)) else value
