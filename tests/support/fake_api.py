"""An API server in this process, over real HTTP: it keeps objects, and answers what a test tells it to first."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Object = dict[str, Any]
SERVED: dict[str, list[tuple[str, str, bool]]] = {
    "/api/v1": [
        ("configmaps", "ConfigMap", True),
        ("namespaces", "Namespace", False),
        ("secrets", "Secret", True),
        ("services", "Service", True),
    ],
    "/apis/argoproj.io/v1alpha1": [("rollouts", "Rollout", True), ("analysisruns", "AnalysisRun", True)],
    "/apis/batch/v1": [("jobs", "Job", True)],
    "/apis/example.org/v1": [("widgets", "Widget", False), ("widgets/status", "Widget", False)],
}
COLLECTIONS = frozenset(name for listed in SERVED.values() for name, _, _ in listed)


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]


@dataclass
class Reply:
    """An answer to give once instead of the usual one."""

    code: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    lost: bool = False
    """Do what was asked, and close the connection without an answer."""


@dataclass
class FakeApi:
    """What the server has, was asked, and will say."""

    objects: dict[str, Object] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    script: dict[str, list[Reply]] = field(default_factory=dict)
    """Answers by method, used up one after the other; then the server answers by itself."""
    address: str = ""
    versions: int = 0
    unready: int = 0
    """How many times the server says which kinds it serves that it is not ready."""
    ready: list[int] = field(default_factory=list)
    """What the server answers, one after the other, when it is asked whether it is ready; then it is."""

    def next(self, method: str, *replies: Reply) -> None:
        """Answer the next requests of a method so."""
        self.script.setdefault(method, []).extend(replies)

    def sent(self, method: str) -> list[Asked]:
        """List the requests of a method, those for the server itself left out."""
        return [one for one in self.asked if one.method == method and one.path not in (*SERVED, "/version", "/readyz")]

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """Answer as an API server does that keeps everything as it comes."""
        if asked.path in ("/version", "/readyz"):
            code = self.ready.pop(0) if self.ready and asked.path == "/readyz" else 200
            return code, {"gitVersion": "v1.36.3"}
        if asked.path in SERVED and self.unready > 0:
            self.unready -= 1
            return 503, status(503, "ServiceUnavailable", "starting")
        if asked.path in SERVED:
            names = [{"name": name, "kind": kind, "namespaced": placed} for name, kind, placed in SERVED[asked.path]]
            return 200, {"resources": names}
        keep = "dryRun" not in asked.query
        if asked.method == "POST":
            return self._created(asked, keep=keep)
        if asked.method == "GET" and asked.path.rsplit("/", maxsplit=1)[-1] in COLLECTIONS:
            return 200, self._listed(asked)
        return self._done(asked, keep=keep)

    def _done(self, asked: Asked, *, keep: bool) -> tuple[int, Any]:
        """Do something to one object."""
        found = self.objects.get(asked.path)
        if asked.method == "PATCH" and isinstance(asked.body, dict):
            made = self._made(asked.path, asked.body, found)
            if keep:
                self.objects[asked.path] = made
            return (200 if found else 201), made
        if found is None:
            name = asked.path.rsplit("/", maxsplit=1)[-1]
            return 404, status(404, "NotFound", f'"{name}" not found')
        if asked.method == "DELETE":
            del self.objects[asked.path]
        if asked.method == "PATCH":
            found["metadata"]["managedFields"] = asked.body[0]["value"]
        return 200, found

    def _listed(self, asked: Asked) -> Any:  # noqa: ANN401 - JSON
        if "watch" in asked.query:
            return b""
        items = [one for path, one in self.objects.items() if path.startswith(f"{asked.path}/")]
        return {"metadata": {"resourceVersion": str(self.versions)}, "items": items}

    def _created(self, asked: Asked, *, keep: bool) -> tuple[int, Any]:
        path = f"{asked.path}/{asked.body['metadata']['name']}"
        if path in self.objects:
            return 409, status(409, "AlreadyExists", f'"{asked.body["metadata"]["name"]}" already exists')
        made = self._made(path, asked.body, None)
        made["metadata"]["managedFields"] = [{"manager": asked.query["fieldManager"], "operation": "Update"}]
        if keep:
            self.objects[path] = made
        return 201, made

    def _made(self, path: str, body: Object, old: Object | None) -> Object:
        self.versions += 1
        now = {"resourceVersion": str(self.versions), "creationTimestamp": "2026-01-01T00:00:00Z", "uid": path}
        data = {"data": {**(old or {}).get("data", {}), **body.get("data", {})}} if "data" in body else {}
        return {**(old or {}), **body, **data, "metadata": {**now, **body["metadata"]}}


def status(code: int, reason: str, message: str, causes: list[Object] | None = None, **details: Any) -> Object:  # noqa: ANN401 - JSON
    """Make a ``Status`` that is no success."""
    return {
        "kind": "Status",
        "code": code,
        "reason": reason,
        "message": message,
        "details": {**details, "causes": causes or []},
    }


def kubeconfig(address: str, **user: Any) -> Object:  # noqa: ANN401 - JSON
    """Write a kubeconfig of one cluster and one user."""
    return {
        "clusters": [{"name": "fake", "cluster": {"server": address}}],
        "users": [{"name": "me", "user": user}],
        "contexts": [{"name": "here", "context": {"cluster": "fake", "user": "me"}}],
        "current-context": "here",
    }


@contextmanager
def serving(port: int = 0) -> Iterator[FakeApi]:
    """Serve until the end of the block."""
    api = FakeApi()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            split = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            text = self.rfile.read(length)
            query = {key: values[0] for key, values in parse_qs(split.query).items()}
            asked = Asked(
                self.command, split.path, query, json.loads(text) if text else None, dict(self.headers.items())
            )
            api.asked.append(asked)
            scripted = api.script.get(self.command) or []
            reply = scripted.pop(0) if scripted and split.path not in SERVED else None
            if reply is not None and reply.lost:
                api.answer(asked)
                self.close_connection = True
                return
            code, body = (reply.code, reply.body) if reply and reply.body is not None else api.answer(asked)
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(content)))
            for name, value in (reply.headers if reply else {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        api.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield api
        finally:
            server.shutdown()
            thread.join()
