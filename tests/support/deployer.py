"""The offline Kubernetes provider before an API server in this process."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from tests.support.fake_api import FakeApi, kubeconfig
from tests.support.served_plugin import Plugin, running, urn
from toolchain.plugins.deploying import attempt
from toolchain.plugins.kubernetes import Kubernetes
from toolchain.plugins.values import Properties, read, write

TOKEN = "t0ken"  # noqa: S105 - of a server in this process
SETTINGS: Properties = {"data": {"a": "b"}, "metadata": {"name": "web", "namespace": "shop"}}
PATH = "/api/v1/namespaces/shop/configmaps/web"


class Deployer(Plugin):
    """A provider that deploys, and what it said meanwhile."""

    def __init__(self, plugin: Plugin, said: list[str]) -> None:
        self.__dict__.update(plugin.__dict__)
        self.said = said

    def checked(self, token: str, inputs: Properties) -> Properties:
        """Return inputs as the provider completes them."""
        found, faults = self.check(token, inputs)
        assert faults == {}
        return found

    def up(self, token: str, inputs: Properties, *, preview: bool = False) -> tuple[str, Properties]:
        """Create; return identity and outputs."""
        request = provider_pb2.CreateRequest(
            urn=urn(token), properties=write(self.checked(token, inputs)), preview=preview
        )
        answer = self.stub.Create(request)
        return answer.id, read(answer.properties)

    def change(self, token: str, state: Properties, inputs: Properties, **more: Any) -> Properties:  # noqa: ANN401 - fields
        """Update; return the outputs."""
        request = provider_pb2.UpdateRequest(
            urn=urn(token), olds=write(state), news=write(self.checked(token, inputs)), **more
        )
        return read(self.stub.Update(request).properties)

    def refused_up(self, token: str, inputs: Properties, *, preview: bool = False) -> str:
        """Create in vain; return the words."""
        request = provider_pb2.CreateRequest(
            urn=urn(token), properties=write(self.checked(token, inputs)), preview=preview
        )
        code, words = self.refusal("Create", request)
        assert code == grpc.StatusCode.FAILED_PRECONDITION, words
        return words


@contextmanager
def deploying(api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployer]:
    """Run a provider whose kubeconfig names ``api``, and which asks often whether an API server is back."""
    monkeypatch.setattr(attempt, "PROBE_SECONDS", 0.01)
    provider = Kubernetes(environment={"HOME": os.devnull})
    said: list[str] = []
    monkeypatch.setattr(provider.host, "log", lambda _urn, line, **_: said.append(line))
    with running(provider) as found:
        found.configure({"kubeconfig": kubeconfig(api.address, token=TOKEN), "upsertExistingObjects": False})
        yield Deployer(found, said)
