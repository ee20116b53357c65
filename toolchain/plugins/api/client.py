"""What the providers ask an API server: kinds, objects, server-side apply, watches."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

from toolchain.plugins.api.errors import NoSuchKind, StatusError
from toolchain.plugins.awaiting.reader import Event, Listing, Ref

if TYPE_CHECKING:  # HTTP and TLS take a while to load, and nobody needs them without a cluster.
    from toolchain.plugins.api.transport import Answer, Stream, Transport

Object: TypeAlias = dict[str, Any]
"""The JSON of one Kubernetes object."""
Say: TypeAlias = Callable[[str], None]
APPLY = "application/apply-patch+yaml"
JSON_PATCH = "application/json-patch+json"
WATCH_SECONDS = 300
"""When the server is to end a watch, so that a lost connection is noticed."""
PAGE = 500
SHORT_SECONDS = 5.0
VERSION, READY = "/version", "/readyz"
"""What the server answers about itself."""


@dataclass(frozen=True)
class Served:
    """How the API server serves a kind."""

    plural: str
    namespaced: bool


class Client:
    """One API server. Safe to use from several threads.

    Every method raises ``Unreachable`` where no answer comes and ``Refused`` where the answer is no; nothing is tried
    twice.
    """

    def __init__(self, transport: "Transport") -> None:
        self.server = transport.server
        self._transport = transport
        self._kinds: dict[tuple[str, str], Served] = {}

    # The server -----------------------------------------------------------------------------------------------------

    def version(self) -> str:
        """Return the server's version, for example ``v1.36.3``."""
        return str(self._transport.send("GET", VERSION, seconds=SHORT_SECONDS).body.get("gitVersion", ""))

    def ready(self) -> bool:
        """Say whether the server is up with everything that it needs, as far as we may know."""
        try:
            self._transport.probe(READY, SHORT_SECONDS)
        except StatusError as problem:
            return problem.code < HTTPStatus.INTERNAL_SERVER_ERROR  # whoever may not ask has an answer nevertheless
        return True

    def served(self, api_version: str, kind: str) -> Served:
        """Return how ``kind`` is served. Raises ``NoSuchKind``."""
        known = self._kinds.get((api_version, kind))
        if known is None:
            self._discover(api_version)
            known = self._kinds.get((api_version, kind))
        if known is None:
            raise NoSuchKind(api_version, kind)
        return known

    def serves(self, api_version: str, kind: str) -> bool:
        """Say whether ``kind`` is served."""
        try:
            self.served(api_version, kind)
        except NoSuchKind:
            return False
        return True

    def _discover(self, api_version: str) -> None:
        try:
            listed = self._transport.send("GET", _root(api_version)).body.get("resources") or []
        except StatusError as problem:
            if problem.not_found:
                return
            raise
        for one in listed:
            if "/" not in one["name"]:
                self._kinds[api_version, one["kind"]] = Served(one["name"], bool(one["namespaced"]))

    # One object -----------------------------------------------------------------------------------------------------

    def get(self, ref: Ref) -> Object | None:
        """Return the object, or ``None`` where there is none of that name."""
        try:
            return self._transport.send("GET", self._path(ref)).body
        except StatusError as problem:
            if problem.not_found:
                return None
            raise

    def create(self, body: Object, *, manager: str, dry_run: bool) -> "Answer":
        """Create an object that must not exist yet."""
        ref = Ref.of(body)
        collection = self._collection(ref.api_version, ref.kind, ref.namespace or "default")
        return self._transport.send("POST", collection, query=_query(manager, dry_run), body=body)

    def apply(self, body: Object, *, manager: str, force: bool, dry_run: bool) -> "Answer":
        """Apply an object on the server's side; ``force`` takes fields over from other managers."""
        query = {**_query(manager, dry_run), "force": str(force).lower()}
        return self._transport.send("PATCH", self._path(Ref.of(body)), query=query, body=body, content_type=APPLY)

    def replace(self, body: Object, *, manager: str, dry_run: bool) -> "Answer":
        """Put an object in the place of the one whose resource version it names."""
        return self._transport.send("PUT", self._path(Ref.of(body)), query=_query(manager, dry_run), body=body)

    def patch(self, ref: Ref, operations: list[Object]) -> Object:
        """Change an object by JSON Patch operations (RFC 6902)."""
        return self._transport.send("PATCH", self._path(ref), body=operations, content_type=JSON_PATCH).body

    def delete(self, ref: Ref, *, propagation: str, uid: str | None = None) -> None:
        """Ask for the end of an object; ``propagation`` is ``Foreground``, ``Background`` or ``Orphan``."""
        body: Object = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": propagation}
        if uid is not None:
            body["preconditions"] = {"uid": uid}
        self._transport.send("DELETE", self._path(ref), body=body)

    # Many objects ---------------------------------------------------------------------------------------------------

    def list(
        self, api_version: str, kind: str, namespace: str | None, *, labels: str = "", fields: str = ""
    ) -> Listing:
        """Return the objects that the selectors name, page by page, with ``apiVersion`` and ``kind`` in each."""
        path, query = self._collection(api_version, kind, namespace), _selectors(labels, fields)
        items: list[Object] = []
        page = {"limit": str(PAGE)}
        while True:
            body = self._transport.send("GET", path, query={**query, **page}).body
            items += [{"apiVersion": api_version, "kind": kind, **item} for item in body.get("items") or []]
            metadata = body.get("metadata") or {}
            if not metadata.get("continue"):
                return Listing(tuple(items), str(metadata.get("resourceVersion", "")))
            page["continue"] = metadata["continue"]

    def watch(
        self,
        api_version: str,
        kind: str,
        namespace: str | None,
        *,
        labels: str = "",
        fields: str = "",
        resource_version: str,
    ) -> "Watch":
        """Watch what the selectors name, from after ``resource_version`` on."""
        query = {
            **_selectors(labels, fields),
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": resource_version,
            "timeoutSeconds": str(WATCH_SECONDS),
        }
        path = self._collection(api_version, kind, namespace)
        return Watch(self._transport.stream(path, query, WATCH_SECONDS + SHORT_SECONDS))

    # Paths ----------------------------------------------------------------------------------------------------------

    def _collection(self, api_version: str, kind: str, namespace: str | None) -> str:
        served = self.served(api_version, kind)
        place = f"/namespaces/{quote(namespace, safe='')}" if served.namespaced and namespace else ""
        return f"{_root(api_version)}{place}/{served.plural}"

    def _path(self, ref: Ref) -> str:
        collection = self._collection(ref.api_version, ref.kind, ref.namespace or "default")
        return f"{collection}/{quote(ref.name, safe='')}"


class Watch:
    """An open watch: iterate it for events, close it from any thread."""

    def __init__(self, stream: "Stream") -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[Event]:
        """Give the events as they come."""
        for message in self._stream:
            yield Event(str(message.get("type", "ERROR")), message.get("object") or {})

    def close(self) -> None:
        """End the iteration at once."""
        self._stream.close()


def _root(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


def _query(manager: str, dry_run: bool) -> dict[str, str]:  # noqa: FBT001 - a part of the request
    """Name who writes; unknown fields are dropped with a warning, as the ordinary provider has it."""
    found = {"fieldManager": manager, "fieldValidation": "Warn"}
    return {**found, "dryRun": "All"} if dry_run else found


def _selectors(labels: str, fields: str) -> dict[str, str]:
    return {key: text for key, text in (("labelSelector", labels), ("fieldSelector", fields)) if text}
