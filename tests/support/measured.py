"""A Prometheus of the test's own, and the metrics that the pods would export if they were processes."""

import json
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from typing import Any
from urllib.parse import quote

REQUESTS = 20.0
"""A second, for each pod."""
BUCKETS = (0.05, 0.1, 0.2, 0.4)
Pods = Callable[[], list[tuple[str, str]]]
"""The names of the running pods, each with the hash of its version."""


@dataclass(frozen=True)
class Manner:
    """How a version behaves."""

    errors: float = 0.0
    """The share of its requests that fail."""
    seconds: float = 0.04
    """How long it takes to answer."""
    silent: bool = False
    """Whether it says nothing of itself."""


GOOD, FAILING, SLOWER, SILENT = Manner(), Manner(errors=0.5), Manner(seconds=0.09), Manner(silent=True)


@dataclass
class Exporter:
    """What Prometheus reads: counters of every pod, which grow by their versions' manners."""

    namespace: str
    pods: Pods
    manners: dict[str, Manner] = field(default_factory=dict)
    """By the hash of the version; good where nothing is said."""
    everyone: Manner | None = None
    """The manner of all of them, while it is set."""
    _counts: dict[str, dict[tuple[str, str], float]] = field(default_factory=dict)
    _last: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def text(self) -> str:
        """Let time pass and write every counter."""
        with self._lock:
            now = time.monotonic()
            elapsed, self._last = now - self._last, now
            lines: list[str] = []
            for pod, version in self.pods():
                manner = self.everyone or self.manners.get(version, GOOD)
                counts = self._counts.setdefault(pod, {})
                self._grow(counts, manner, elapsed * REQUESTS)
                if not manner.silent:
                    lines += self._lines(pod, counts)
            return "\n".join([*lines, ""])

    @staticmethod
    def _grow(counts: dict[tuple[str, str], float], manner: Manner, requests: float) -> None:
        failed = requests * manner.errors
        grown = {("requests", "200"): requests - failed, ("requests", "500"): failed if manner.errors else 0.0}
        grown |= {("bucket", f"{edge:g}"): requests if manner.seconds <= edge else 0.0 for edge in BUCKETS}
        grown |= {("bucket", "+Inf"): requests}
        for key, more in grown.items():
            counts[key] = counts.get(key, 0.0) + more

    def _lines(self, pod: str, counts: dict[tuple[str, str], float]) -> list[str]:
        labels = f'namespace="{self.namespace}",pod="{pod}"'
        found = []
        for (kind, value), count in counts.items():
            if kind == "requests":
                found.append(f'http_requests_total{{{labels},code="{value}"}} {count}')
            else:
                metrics = ("http_request_duration_seconds", "websocket_message_seconds")
                found += [f'{metric}_bucket{{{labels},le="{value}"}} {count}' for metric in metrics]
        return found


@contextmanager
def exporting(exporter: Exporter) -> Iterator[int]:
    """Serve the exporter on loopback and give its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = exporter.text().encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Prometheus:
    """A Prometheus that reads one exporter every second."""

    folder: Path
    exporter: int
    port: int = 0
    _process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, on the port that it had before."""
        if not self.port:
            with socket() as taken:
                taken.bind(("127.0.0.1", 0))
                self.port = taken.getsockname()[1]
        config = self.folder / "prometheus.json"
        scraped = {"job_name": "pods", "static_configs": [{"targets": [f"127.0.0.1:{self.exporter}"]}]}
        config.write_text(json.dumps({"global": {"scrape_interval": "1s"}, "scrape_configs": [scraped]}))
        with (self.folder / "prometheus.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    "prometheus",
                    f"--config.file={config}",
                    f"--storage.tsdb.path={self.folder / 'data'}",
                    f"--web.listen-address=127.0.0.1:{self.port}",
                ],
                stdout=log,
                stderr=log,
            )

    def stop(self) -> None:
        """Stop it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)
            self._process = None

    def has(self, query: str) -> bool:
        """Whether it has an answer to a query."""
        try:
            address = f"{self.address}/api/v1/query?query={quote(query)}"
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own, on loopback
                found: dict[str, Any] = json.loads(answer.read())
        except OSError:
            return False
        return bool(found["data"]["result"])
