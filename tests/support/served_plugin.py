"""An offline plugin behind a real server, spoken to in plain data."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from toolchain.plugins import serve
from toolchain.plugins.kubernetes import Kubernetes
from toolchain.plugins.provider import Provider
from toolchain.plugins.values import Properties, read, write

KINDS = provider_pb2.PropertyDiff.Kind
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"


class Plugin:
    """A provider behind a real server, spoken to in plain data."""

    def __init__(self, port: int, name: str) -> None:
        self.name = name
        channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=serve.OPTIONS)
        self.stub: Any = provider_pb2_grpc.ResourceProviderStub(channel)
        self.close = channel.close

    def configure(self, settings: Properties) -> provider_pb2.ConfigureResponse:
        """Give the provider its settings."""
        answer: provider_pb2.ConfigureResponse = self.stub.Configure(
            provider_pb2.ConfigureRequest(args=write(settings))
        )
        return answer

    def check(
        self,
        token: str,
        new: Properties,
        old: Properties | None = None,
        seed: bytes = b"",
        naming: provider_pb2.CheckRequest.AutonamingOptions | None = None,
    ) -> tuple[Properties, dict[str, str]]:
        """Return checked inputs, and the reasons of refusal by property."""
        request = provider_pb2.CheckRequest(
            urn=urn(token), news=write(new), olds=write(old or {}), randomSeed=seed, autonaming=naming
        )
        answer = self.stub.Check(request)
        return read(answer.inputs), {failure.property: failure.reason for failure in answer.failures}

    def create(self, token: str, inputs: Properties) -> Properties:
        """Return the outputs that the preview of a creation promises."""
        request = provider_pb2.CreateRequest(urn=urn(token), properties=write(inputs), preview=True)
        answer = self.stub.Create(request)
        assert answer.id == "", "a preview knows no identity"
        return read(answer.properties)

    def update(self, token: str, old: Properties, new: Properties) -> Properties:
        """Return the outputs that the preview of an update promises."""
        request = provider_pb2.UpdateRequest(urn=urn(token), olds=write(old), news=write(new), preview=True)
        return read(self.stub.Update(request).properties)

    def diff(
        self, token: str, old: Properties, new: Properties, ignore: Sequence[str] = ()
    ) -> tuple[dict[str, str], bool]:
        """Return the detailed diff, and whether the old resource goes first."""
        request = provider_pb2.DiffRequest(
            urn=urn(token), old_inputs=write(old), olds=write(old), news=write(new), ignoreChanges=ignore
        )
        answer = self.stub.Diff(request)
        details = {path: KINDS.Name(one.kind).lower() for path, one in answer.detailedDiff.items()}
        assert answer.hasDetailedDiff
        assert (answer.changes == answer.DIFF_SOME) == bool(details)
        assert sorted(answer.replaces) == sorted(path for path, kind in details.items() if kind.endswith("_replace"))
        return details, answer.deleteBeforeReplace

    def refusal(self, method: str, request: Message) -> tuple[grpc.StatusCode, str]:
        """Return the sentence with which a call is refused."""
        with pytest.raises(grpc.RpcError) as refused:
            getattr(self.stub, method)(request)
        call: Any = refused.value
        return call.code(), call.details()


def offline() -> Kubernetes:
    """A Kubernetes provider that sees no kubeconfig of whoever runs the tests."""
    return Kubernetes(environment={"HOME": os.devnull})


def urn(token: str) -> str:
    return f"urn:pulumi:dev::golive::golive:platform:Namespace${token}::web"


@contextmanager
def running(provider: Provider) -> Iterator[Plugin]:
    server, port = serve.host(
        provider.name, lambda one: provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, one)
    )
    plugin = Plugin(port, provider.name)
    try:
        yield plugin
    finally:
        plugin.close()
        server.stop(grace=None).wait()
