"""Serve a plugin to the engine that started it, and end with it."""

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any, TypeAlias

import grpc
from google.protobuf import struct_pb2

from toolchain.plugins.values import secrets

MESSAGE_BYTES = 400 * 1024 * 1024
"""The largest message, as in Pulumi's own plugins."""
OPTIONS = (("grpc.max_receive_message_length", MESSAGE_BYTES), ("grpc.max_send_message_length", MESSAGE_BYTES))
THREADS = 8
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any] | None"
PARENT_CHECK_SECONDS = 1.0
"""How often a plugin looks whether the engine is still there."""


class Refusal(Exception):  # noqa: N818 - the plugin works as it should; what it was asked is at fault
    """A sentence for the user: why the plugin will not do what it was asked, and what to do."""


def host(name: str, add: Callable[[grpc.Server], None]) -> tuple[grpc.Server, int]:
    """Start a server of the plugin ``name`` on a free port of the loopback interface; return it and its port.

    ``add`` puts the plugin's service into the server.
    """
    server = grpc.server(ThreadPoolExecutor(max_workers=THREADS), interceptors=[_Guard(name)], options=OPTIONS)
    add(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def serve(name: str, add: Callable[[grpc.Server], None]) -> None:
    """Serve until SIGINT or SIGTERM comes or the engine dies, and say nothing but the port."""
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
    server.stop(grace=None)


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
            except Refusal as refusal:
                status, words = grpc.StatusCode.FAILED_PRECONDITION, str(refusal)
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
        message = str(problem)
        structs = [found for _, found in request.ListFields() if isinstance(found, struct_pb2.Struct)]
        for secret in sorted({text for struct in structs for text in secrets(struct)}, key=len, reverse=True):
            message = message.replace(secret, "[secret]") if secret else message
        return f"golive's offline {self._name} plugin failed on {about}: {type(problem).__name__}: {message}"
