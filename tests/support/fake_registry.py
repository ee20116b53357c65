"""A container registry in this process, over HTTPS on loopback, with a certificate of its own."""

import base64
import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAME, PASSWORD, TOKEN = "ada", "never-shown", "a-token"
BASIC = f"Basic {base64.b64encode(f'{NAME}:{PASSWORD}'.encode()).decode()}"


@dataclass
class FakeRegistry:
    """What the registry has, and how it behaves."""

    host: str
    certificate: Path
    manifests: dict[str, str] = field(default_factory=dict)
    """Digest by ``<repository>:<tag>`` and by ``<repository>@<digest>``."""
    challenge: str = ""
    """Asks for a login by this header, with ``{host}`` for its own; empty where everybody may look."""
    hides: bool = False
    """Answers strangers as if it had nothing."""
    status: int = 0
    """Answers every manifest by this status."""
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path with its query, and ``Authorization`` of each request."""

    def push(self, image: str, digest: str = f"sha256:{'1' * 64}") -> str:
        """Have an image, by its tag and by its digest, and return its full name."""
        self.manifests[image] = self.manifests[f"{image.partition(':')[0]}@{digest}"] = digest
        return f"{self.host}/{image}"

    def answer(self, path: str, authorization: str) -> tuple[int, dict[str, str], bytes]:
        """Answer as a registry does."""
        split = urlsplit(path)
        if split.path == "/token":
            wanted = parse_qs(split.query)["scope"] == ["repository:shop/api:pull"] and authorization == BASIC
            return (200, {}, json.dumps({"token": TOKEN}).encode()) if wanted else (401, {}, b"")
        if self.hides and not authorization:
            return 404, {}, b""
        if self.challenge and authorization not in (f"Bearer {TOKEN}", BASIC):
            return 401, {"WWW-Authenticate": self.challenge.format(host=self.host)}, b""
        if self.status:
            return self.status, {"Location": f"https://{self.host}/elsewhere"}, b""
        repository, _, reference = split.path.removeprefix("/v2/").partition("/manifests/")
        digest = self.manifests.get(f"{repository}{'@' if ':' in reference else ':'}{reference}")
        return (200, {"Docker-Content-Digest": digest}, b"") if digest else (404, {}, b"")


@contextmanager
def serving(folder: Path) -> Iterator[FakeRegistry]:
    """Serve until the end of the block; ``folder`` takes its certificate."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            authorization = self.headers.get("Authorization", "")
            registry.asked.append((self.command, self.path, authorization))
            code, headers, content = registry.answer(self.path, authorization)
            self.send_response(code)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_HEAD = _any  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    key, certificate = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        registry = FakeRegistry(host=f"127.0.0.1:{server.server_port}", certificate=certificate)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield registry
        finally:
            server.shutdown()
            thread.join()


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Write a key and a certificate of 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a registry")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private, public = folder / "registry.key", folder / "registry.crt"
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return private, public
