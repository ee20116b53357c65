"""The offline Kubernetes provider tells when its settings point to another cluster."""

from collections.abc import Iterator

import pytest
from pulumi.runtime.proto import provider_pb2

from tests.support.served_plugin import KINDS, Plugin, offline, running, urn
from toolchain.plugins.values import UNKNOWN, Properties, Secret, write


@pytest.fixture
def plugin() -> Iterator[Plugin]:
    with running(offline()) as found:
        yield found


def kubeconfig(server: str, user: str = "me") -> str:
    return f"""
apiVersion: v1
clusters: [{{name: one, cluster: {{server: {server}}}}}, {{name: two, cluster: {{server: https://two}}}}]
contexts: [{{name: one, context: {{cluster: one, user: {user}}}}}, {{name: two, context: {{cluster: two}}}}]
current-context: one
"""


HERE = kubeconfig("https://here")
SETTINGS: dict[str, tuple[Properties, Properties, dict[str, str]]] = {
    "nothing": ({"kubeconfig": HERE}, {"kubeconfig": HERE}, {}),
    "a user": ({"kubeconfig": HERE}, {"kubeconfig": kubeconfig("https://here", "you")}, {"kubeconfig": "update"}),
    "a server": (
        {"kubeconfig": HERE},
        {"kubeconfig": kubeconfig("https://there")},
        {"kubeconfig": "update_replace"},
    ),
    "a secret server": (
        {"kubeconfig": Secret(HERE)},
        {"kubeconfig": Secret(kubeconfig("https://there"))},
        {"kubeconfig": "update_replace"},
    ),
    "a context": ({"kubeconfig": HERE}, {"kubeconfig": HERE, "context": "two"}, {"context": "add_replace"}),
    "a cluster": ({"kubeconfig": HERE}, {"kubeconfig": HERE, "cluster": "two"}, {"cluster": "add_replace"}),
    "a cluster that isn't known": (
        {"kubeconfig": HERE},
        {"kubeconfig": UNKNOWN},
        {"kubeconfig": "update_replace"},
    ),
    "a server behind the same identity": (
        {"kubeconfig": HERE, "clusterIdentifier": "a"},
        {"kubeconfig": UNKNOWN, "clusterIdentifier": "a"},
        {"kubeconfig": "update"},
    ),
    "the identity": (
        {"kubeconfig": HERE, "clusterIdentifier": "a"},
        {"kubeconfig": HERE, "clusterIdentifier": "b"},
        {"clusterIdentifier": "update_replace"},
    ),
    "where manifests are written": (
        {"renderYamlToDirectory": "a"},
        {"renderYamlToDirectory": "b"},
        {"renderYamlToDirectory": "update_replace"},
    ),
    "nonsense": ({"kubeconfig": "{"}, {"kubeconfig": "no such file"}, {"kubeconfig": "update"}),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_tells_when_the_cluster_is_another(plugin: Plugin, case: str) -> None:
    old, new, details = SETTINGS[case]
    request = provider_pb2.DiffRequest(urn=urn("pulumi:providers:kubernetes"), olds=write(old), news=write(new))
    answer = plugin.stub.DiffConfig(request)
    assert {path: KINDS.Name(one.kind).lower() for path, one in answer.detailedDiff.items()} == details


def test_takes_settings_as_they_are(plugin: Plugin) -> None:
    settings: Properties = {"kubeconfig": UNKNOWN, "namespace": "shop"}
    answer = plugin.stub.CheckConfig(provider_pb2.CheckRequest(news=write(settings)))
    assert answer.inputs == write(settings)
