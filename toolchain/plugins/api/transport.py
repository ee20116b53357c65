"""One request, one answer: HTTP with the kubeconfig's credentials, and every failure as one of two errors."""

import json
import logging
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.util import Timeout

from toolchain.plugins.api.client import READY, SHORT_SECONDS, VERSION
from toolchain.plugins.api.credentials import Credentials
from toolchain.plugins.api.errors import AUTHORIZER, StatusError, Unreachable, Unsent
from toolchain.plugins.api.kubeconfig import Connection

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 40.0
"""How long an answer may take; the API server itself gives up on a request that changes something after 34 seconds."""
CONNECTIONS = 64
AGAIN = frozenset({429, 502, 503, 504})
"""HTTP codes that say: not now."""
PASSING = ("etcdserver:", "rpc error:", "connection refused", "context deadline exceeded", "apiserver not ready")
"""Words in an internal error that pass with the outage which caused them, a webhook's own failures excepted."""
WARNING = re.compile(r'299 \S+ "((?:[^"\\]|\\.)*)"')


# What the library has to say is in the errors that it raises; a plugin's own output is the user's screen.
logging.getLogger("urllib3").setLevel(logging.CRITICAL)
urllib3.disable_warnings()


@dataclass(frozen=True)
class Answer:
    """What came back."""

    body: dict[str, Any]
    warnings: tuple[str, ...] = ()
    """What the API server wants the user to know, in its words."""


@dataclass(frozen=True, kw_only=True)
class _Request:
    """What is asked."""

    method: str = "GET"
    path: str
    query: Mapping[str, str] | None = None
    body: Any = None
    """Any JSON; nothing is sent where it is ``None``."""
    content_type: str = "application/json"
    seconds: float
    """How long the answer may take."""


class Transport:
    """A pool of connections to one API server. Safe to use from several threads."""

    def __init__(self, connection: Connection) -> None:
        self.server = connection.server
        self._credentials = Credentials(connection)
        self._connection = connection
        self._pool = self._connect()
        self._welcome = False
        """Whether the server has told us its version: then it lets us ask whether it is ready, too."""

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,  # noqa: ANN401 - any JSON
        content_type: str = "application/json",
        seconds: float = ANSWER_SECONDS,
    ) -> Answer:
        """Send a request and read the whole answer. Raises ``Unreachable`` (``Unsent``) or ``StatusError``."""
        response = self._asked(
            _Request(method=method, path=path, query=query, body=body, content_type=content_type, seconds=seconds)
        )
        self._welcome = self._welcome or path == VERSION
        warnings = WARNING.findall(response.headers.get("Warning", ""))
        return Answer(_object(self._all(response)), tuple(re.sub(r"\\(.)", r"\1", words) for words in warnings))

    def probe(self, path: str, seconds: float) -> None:
        """Ask for an answer, whatever it is. Raises ``Unreachable`` or ``StatusError``."""
        self._all(self._asked(_Request(path=path, seconds=seconds)))

    def _all(self, response: urllib3.BaseHTTPResponse) -> bytes:
        with response:
            try:
                return response.read(decode_content=True)
            except (HTTPError, OSError) as problem:
                raise Unreachable(_words(self.server, problem)) from None

    def stream(self, path: str, query: Mapping[str, str], seconds: float) -> "Stream":
        """Open an answer that goes on; read it line by line. Raises ``Unreachable`` or ``StatusError``.

        A connection on which nothing comes for ``seconds`` counts as broken.
        """
        return Stream(self.server, self._asked(_Request(path=path, query=query, seconds=seconds)))

    def _asked(self, request: _Request) -> urllib3.BaseHTTPResponse:
        response = self._once(request)
        if response.status == 401 and self._credentials.renew():  # noqa: PLR2004 - who asks is not known
            response.drain_conn()
            self._pool = self._connect()
            response = self._once(request)
        if response.status < 400:  # noqa: PLR2004 - the first code that is no success
            return response
        with response:
            refusal = _refusal(self.server, response)
        if request.path == READY or not (response.status == 403 and AUTHORIZER.search(str(refusal))):  # noqa: PLR2004
            raise refusal
        if self._starting():
            raise Unsent(f"{self.server} has just started and does not know yet who may do what")
        response = self._once(request)  # it may have started in between
        if response.status < 400:  # noqa: PLR2004 - as above
            return response
        with response:
            raise _refusal(self.server, response)

    def _starting(self) -> bool:
        """Say whether the server is not ready, or says no to a question that it answered before."""
        with self._once(_Request(path=READY, seconds=SHORT_SECONDS)) as response:
            response.read()
        return response.status >= 500 or (self._welcome and response.status == 403)  # noqa: PLR2004

    def _once(self, request: _Request) -> urllib3.BaseHTTPResponse:
        headers = {"Accept": "application/json", "User-Agent": "pulumi-kubernetes", **self._credentials.headers()}
        if request.body is not None:
            headers["Content-Type"] = request.content_type
        address = f"{self.server}{request.path}"
        try:
            return self._pool.request(
                request.method,
                f"{address}?{urlencode(request.query)}" if request.query else address,
                body=None if request.body is None else json.dumps(request.body).encode(),
                headers=headers,
                timeout=Timeout(connect=CONNECT_SECONDS, read=request.seconds),
                retries=False,
                preload_content=False,
                redirect=False,
            )
        except (NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as problem:
            raise Unsent(_words(self.server, problem)) from None
        except (HTTPError, OSError) as problem:
            raise Unreachable(_words(self.server, problem)) from None

    def _connect(self) -> urllib3.PoolManager:
        cluster = self._connection.cluster
        options: dict[str, Any] = {"maxsize": CONNECTIONS, "block": False}
        if urlsplit(self.server).scheme == "https":
            options["ssl_context"] = self._credentials.tls()
            if cluster.get("insecure-skip-tls-verify") is True:
                options.update(cert_reqs="CERT_NONE", assert_hostname=False)
            if cluster.get("tls-server-name"):
                options["server_hostname"] = options["assert_hostname"] = str(cluster["tls-server-name"])
        if cluster.get("proxy-url"):
            return urllib3.ProxyManager(str(cluster["proxy-url"]), **options)
        return urllib3.PoolManager(**options)


class Stream:
    """An answer that goes on: iterate it for the JSON objects, one a line; close it from any thread."""

    def __init__(self, server: str, response: urllib3.BaseHTTPResponse) -> None:
        self._server = server
        self._response = response
        self._closed = threading.Event()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Give the objects as they come. Raises ``Unreachable`` where the connection breaks."""
        rest = b""
        try:
            while not self._closed.is_set() and (chunk := self._read()):
                *lines, rest = (rest + chunk).split(b"\n")
                yield from (_object(line) for line in lines if line.strip())
        finally:
            self._response.close()

    def close(self) -> None:
        """End the iteration, also while another thread waits in it."""
        self._closed.set()
        shutdown = getattr(self._response, "shutdown", None)
        try:
            if shutdown is not None:
                shutdown()
        except (HTTPError, OSError, ValueError, RuntimeError):
            pass  # it has ended already

    def _read(self) -> bytes:
        try:
            return bytes(self._response.read1())
        except (HTTPError, OSError, ValueError, AttributeError) as problem:
            if self._closed.is_set():
                return b""
            raise Unreachable(_words(self._server, problem)) from None


def _refusal(server: str, response: urllib3.BaseHTTPResponse) -> StatusError | Unreachable:
    try:
        status = _object(response.read(decode_content=True))
    except (HTTPError, OSError, Unreachable):
        status = {}
    said = str(status.get("message") or response.reason or "")
    passing = response.status == 500 and "webhook" not in said and any(words in said for words in PASSING)  # noqa: PLR2004
    if response.status in AGAIN or passing:
        return Unreachable(f"{server} answers {response.status}: {said}")
    return StatusError(response.status, status or {"message": f"{server} answers {response.status} {said}".strip()})


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text or b"{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unreachable("what answers is no Kubernetes API server: the answer is no JSON object")
    return found


def _words(server: str, problem: Exception) -> str:
    """Say what went wrong without the addresses of objects that the library puts into its messages."""
    inner = getattr(problem, "reason", None) or problem
    text = re.sub(r"^.*?(?:object at 0x[0-9a-f]+>?|\(host=[^)]*\)|Max retries)[:,]\s*", "", str(inner))
    return f"{server} does not answer ({text.strip(' .') or type(problem).__name__})"
