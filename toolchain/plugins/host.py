"""What a provider says to the user while it works: through the engine, beside the resource that it is about."""

import base64
import threading
from collections.abc import Iterable

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from toolchain.plugins.values import Properties, Secret, Value

SECONDS = 5.0
"""How long the engine may take to hear a line; what it does not hear is lost."""
HIDDEN = "[secret]"


class Host:
    """The engine's ear. Safe to use from several threads; an engine that does not listen is no error."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._engine: engine_pb2_grpc.EngineStub | None = None

    def log(self, urn: str, message: str, *, warning: bool = False, passing: bool = False) -> None:
        """Show ``message`` at the resource ``urn``, or in general where that is empty.

        ``passing`` is for progress: the line replaces the one before it and does not stay.
        """
        if not self._address:
            return
        severity = engine_pb2.WARNING if warning else engine_pb2.INFO
        line = engine_pb2.LogRequest(severity=severity, message=message, urn=urn, ephemeral=passing)
        try:
            self._stub().Log(line, timeout=SECONDS)
        except grpc.RpcError:
            return

    def _stub(self) -> engine_pb2_grpc.EngineStub:
        with self._lock:
            if self._engine is None:
                self._engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(self._address))
            return self._engine


class Voice:
    """Speaks about one resource, and never of its secrets."""

    def __init__(self, host: Host, urn: str, secrets: Iterable[str] = ()) -> None:
        self._host = host
        self._urn = urn
        self._secrets = spellings(secrets)

    def muted(self) -> "Voice":
        """Return a voice that nobody hears."""
        return Voice(Host(""), self._urn)

    def say(self, line: str) -> None:
        """Show progress."""
        self._host.log(self._urn, self.clean(line), passing=True)

    def note(self, line: str) -> None:
        """Tell something that stays on the screen."""
        self._host.log(self._urn, self.clean(line))

    def warn(self, line: str) -> None:
        """Tell something that the user should change."""
        self._host.log(self._urn, self.clean(line), warning=True)

    def clean(self, text: str) -> str:
        """Strike the secrets out of a text."""
        return struck(text, self._secrets)


def spellings(secrets: Iterable[str]) -> list[str]:
    """List the secrets as they are, in base64, and out of base64, the longest first."""
    found = {text for text in secrets if text}
    found |= {base64.b64encode(text.encode()).decode() for text in found} | {_decoded(text) for text in found}
    return sorted(found - {""}, key=len, reverse=True)


def _decoded(text: str) -> str:
    """Return what ``text`` stands for in base64; nothing where it is none, or no text."""
    try:
        return base64.b64decode(text, validate=True).decode()
    except ValueError:
        return ""


def struck(text: str, secrets: Iterable[str]) -> str:
    """Return ``text`` with every secret struck out."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


def secret_texts(value: Value | Properties, *, hidden: bool = False) -> list[str]:
    """List every text that is marked secret somewhere in ``value``."""
    if isinstance(value, Secret):
        return secret_texts(value.value, hidden=True)
    if isinstance(value, dict):
        return [text for item in value.values() for text in secret_texts(item, hidden=hidden)]
    if isinstance(value, list):
        return [text for item in value for text in secret_texts(item, hidden=hidden)]
    return [value] if hidden and isinstance(value, str) else []
