"""Serve a plugin to the engine that started it, and end with it."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any, TypeAlias

import grpc
from google.protobuf import struct_pb2
from google.rpc import status_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2

from toolchain.plugins.host import spellings, struck
from toolchain.plugins.values import secrets

MESSAGE_BYTES = 400 * 1024 * 1024
"""The largest message, as in Pulumi's own plugins."""
OPTIONS = (("grpc.max_receive_message_length", MESSAGE_BYTES), ("grpc.max_send_message_length", MESSAGE_BYTES))
THREADS = 512
"""How many calls are answered at once: each awaited resource takes one, and a cancellation must find another."""
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any] | None"
END_SECONDS = 0.8
"""How long calls under way may take to end; the engine kills a plugin that takes a second."""
PARENT_CHECK_SECONDS = 1.0
"""How often a plugin looks whether the engine is still there."""


class Refusal(Exception):  # noqa: N818 - the plugin works as it should; what it was asked is at fault
    """A sentence for the user: why the plugin will not do what it was asked, and what to do."""


class InitFailed(Refusal):
    """An object exists, but is not as it should be: the engine keeps it in the state and goes on with it next time."""

    def __init__(
        self,
        words: str,
        *,
        identity: str,
        properties: struct_pb2.Struct,
        reasons: Sequence[str],
        inputs: struct_pb2.Struct | None = None,
    ) -> None:
        super().__init__(words)
        self._detail = provider_pb2.ErrorResourceInitFailed(
            id=identity, properties=properties, reasons=reasons, inputs=inputs
        )

    def status(self, words: str, clean: Callable[[str], str]) -> tuple[tuple[str, bytes], ...]:
        """Return what carries the object beside the ``words`` of the error; ``clean`` strikes secrets out of a text."""
        reasons = [clean(reason) for reason in self._detail.reasons]
        del self._detail.reasons[:]
        self._detail.reasons.extend(reasons)
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=words)
        status.details.add().Pack(self._detail)
        return (("grpc-status-details-bin", status.SerializeToString()),)


def host(name: str, add: Callable[[grpc.Server], None]) -> tuple[grpc.Server, int]:
    """Start a server of the plugin ``name`` on a free port of the loopback interface; return it and its port.

    ``add`` puts the plugin's service into the server.
    """
    server = grpc.server(ThreadPoolExecutor(max_workers=THREADS), interceptors=[_Guard(name)], options=OPTIONS)
    add(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def serve(name: str, add: Callable[[grpc.Server], None], cancel: Callable[[], None] = lambda: None) -> None:
    """Serve until SIGINT or SIGTERM comes or the engine dies, and say nothing but the port.

    ``cancel`` ends what is under way, which then has a moment to tell the engine what has become of it. Then the
    process ends at once, without the interpreter's tidying up: the engine ends its plugins one after the other, gives
    all of them five seconds together, and calls those that come later in the row dead.
    """
    parent = os.getppid()
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    server, port = host(name, add)
    print(port, flush=True)  # noqa: T201 - the engine reads the port from here
    while not ended.wait(PARENT_CHECK_SECONDS) and os.getppid() == parent:
        pass
    cancel()
    server.stop(grace=END_SECONDS).wait()
    sys.stdout.flush()
    os._exit(0)


class _Guard(grpc.ServerInterceptor):
    """Turns what a method raises into one sentence for the engine: no traceback, and no secret."""

    def __init__(self, name: str) -> None:
        self._name = name

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Handler],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        """Wrap the method that a call is for."""
        found = continuation(handler_call_details)
        if found is None or found.unary_unary is None:
            return found
        method = found.unary_unary
        asked = handler_call_details.method.rsplit("/", maxsplit=1)[-1]

        def guarded(request: Any, context: grpc.ServicerContext) -> Any:  # noqa: ANN401 - every request of the protocol
            try:
                return method(request, context)
            except InitFailed as partly:
                status, words = grpc.StatusCode.UNKNOWN, _clean(str(partly), request)
                context.set_trailing_metadata(partly.status(words, lambda text: _clean(text, request)))
            except Refusal as refusal:
                status, words = grpc.StatusCode.FAILED_PRECONDITION, _clean(str(refusal), request)
            except NotImplementedError:
                status, words = grpc.StatusCode.UNIMPLEMENTED, f"golive's offline {self._name} plugin has no {asked}"
            except Exception as problem:  # noqa: BLE001 - whatever went wrong, the engine gets a sentence
                status, words = grpc.StatusCode.INTERNAL, self._failure(asked, request, problem)
            return context.abort(status, words)

        return grpc.unary_unary_rpc_method_handler(
            guarded, request_deserializer=found.request_deserializer, response_serializer=found.response_serializer
        )

    def _failure(self, asked: str, request: Any, problem: Exception) -> str:  # noqa: ANN401 - as above
        about = getattr(request, "urn", "") or asked
        what = f"golive's offline {self._name} plugin failed on {about}"
        return f"{what}: {type(problem).__name__}: {_clean(str(problem), request)}"


def _clean(message: str, request: Any) -> str:  # noqa: ANN401 - every request of the protocol
    """Strike the secrets that came with a request out of a message."""
    structs = [found for _, found in request.ListFields() if isinstance(found, struct_pb2.Struct)]
    return struck(message, spellings(text for struct in structs for text in secrets(struct)))
