"""The offline Kubernetes provider outlasts an API server's bad moments, and says so."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf import empty_pb2

from tests.support.deployer import PATH, SETTINGS, Deployer, deploying
from tests.support.fake_api import FakeApi, Reply, kubeconfig, serving, status
from tests.support.served_plugin import CONFIG_MAP
from toolchain.plugins.deploying import creation
from toolchain.plugins.kubernetes import Kubernetes
from toolchain.plugins.values import Properties


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with serving() as found:
        yield found


@pytest.fixture
def plugin(api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployer]:
    with deploying(api, monkeypatch) as found:
        yield found


UNAVAILABLE = Reply(code=503, body=status(503, "ServiceUnavailable", "starting"))


def test_an_outage_is_waited_for_and_told_of(api: FakeApi, plugin: Deployer) -> None:
    api.next("POST", UNAVAILABLE, Reply(lost=False, code=429, body=status(429, "TooManyRequests", "later")))
    assert plugin.up(CONFIG_MAP, SETTINGS)[0] == "shop/web"
    assert any("503: starting; waiting for it" in line for line in plugin.said)


def test_what_an_object_names_may_come_a_little_later(
    api: FakeApi, plugin: Deployer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(creation, "PAUSES", (0.01, 0.01))
    missing = status(404, "NotFound", 'namespaces "shop" not found', kind="namespaces")
    account = status(403, "Forbidden", "error looking up service account shop/web: not found")
    api.next("POST", Reply(code=404, body=missing), Reply(code=403, body=account))
    assert plugin.up(CONFIG_MAP, SETTINGS)[0] == "shop/web"
    api.objects.clear()
    api.next("POST", *[Reply(code=404, body=missing)] * 3)
    assert 'namespaces "shop" not found' in plugin.refused_up(CONFIG_MAP, SETTINGS)


FORBIDDEN = Reply(code=403, body=status(403, "Forbidden", 'User "x" cannot create resource "configmaps"'))


@pytest.mark.parametrize(
    "ready", [[500, 500], [403, 403], []], ids=["not ready", "knows nobody yet", "ready meanwhile"]
)
def test_a_server_that_has_just_started_does_not_know_yet_who_may_do_what(
    ready: list[int], api: FakeApi, plugin: Deployer
) -> None:
    api.next("POST", FORBIDDEN)
    api.ready = list(ready)

    assert plugin.up(CONFIG_MAP, SETTINGS)[0] == "shop/web"

    assert any("does not know yet who may do what" in line for line in plugin.said) == bool(ready)


def test_who_may_not_is_told_so_by_a_server_that_is_ready(api: FakeApi, plugin: Deployer) -> None:
    api.next("POST", FORBIDDEN, FORBIDDEN)

    assert "lacks a permission" in plugin.refused_up(CONFIG_MAP, SETTINGS)
    assert api.objects == {}


def test_an_answer_that_got_lost_makes_no_second_object(api: FakeApi, plugin: Deployer) -> None:
    api.next("POST", Reply(lost=True))
    api.versions = 0
    made = api._made  # noqa: SLF001 - the server's clock is this test's subject

    def today(path: str, body: dict[str, Any], old: dict[str, Any] | None) -> dict[str, Any]:
        found = made(path, body, old)
        return {**found, "metadata": {**found["metadata"], "creationTimestamp": datetime.now(UTC).isoformat()}}

    api._made = today  # type: ignore[method-assign]  # noqa: SLF001 - as above
    assert plugin.up(CONFIG_MAP, SETTINGS)[0] == "shop/web"
    assert len(api.sent("POST")) == 2
    assert list(api.objects) == [PATH]


def test_an_old_object_is_not_taken_for_the_one_whose_answer_got_lost(api: FakeApi, plugin: Deployer) -> None:
    plugin.up(CONFIG_MAP, SETTINGS)
    api.next("POST", Reply(lost=True))
    assert "exists in the cluster already" in plugin.refused_up(CONFIG_MAP, SETTINGS)


def test_an_outage_that_lasts_is_an_error(api: FakeApi, plugin: Deployer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Kubernetes, "outage", 0.1)
    api.next("GET", *[UNAVAILABLE] * 100)
    api.next("POST", *[UNAVAILABLE] * 100)
    assert "and did not within" in plugin.refused_up(CONFIG_MAP, SETTINGS)


def test_a_cancellation_ends_the_wait_at_once(api: FakeApi, plugin: Deployer) -> None:
    api.next("GET", Reply())
    api.next("POST", *[UNAVAILABLE] * 100000)
    plugin.checked(CONFIG_MAP, SETTINGS)
    timer = threading.Timer(0.2, lambda: plugin.stub.Cancel(empty_pb2.Empty()))
    timer.start()
    assert "was cancelled" in plugin.refused_up(CONFIG_MAP, SETTINGS)
    timer.join()


def test_a_server_that_does_not_answer_is_named_with_the_fix(plugin: Deployer) -> None:
    plugin.configure({"kubeconfig": kubeconfig("http://127.0.0.1:1")})
    assert plugin.up(CONFIG_MAP, SETTINGS, preview=True)[1]["data"] == {"a": "b"}
    assert len(plugin.said) == 1
    assert plugin.said[0].startswith("This preview is made without the cluster: http://127.0.0.1:1 does not answer")
    words = plugin.refused_up(CONFIG_MAP, SETTINGS)
    assert "http://127.0.0.1:1 does not answer" in words
    assert "KUBECONFIG" in words


def test_an_outage_is_not_taken_for_another_scope(api: FakeApi, plugin: Deployer) -> None:
    widget: Properties = {"apiVersion": "example.org/v1", "kind": "Widget", "metadata": {"name": "w"}}
    api.unready = 2
    assert plugin.checked("kubernetes:example.org/v1:Widget", widget) == widget
    assert any("waiting for it" in line for line in plugin.said)
