"""The offline Kubernetes provider on a real API server: what it makes, refuses, compares, takes over and removes."""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

from tests.support.own_cluster import OwnCluster
from tests.support.served_plugin import CONFIG_MAP, KINDS, Plugin, running, urn
from toolchain.cluster import Cluster
from toolchain.plugins.kubernetes import Kubernetes
from toolchain.plugins.paths import below, parse
from toolchain.plugins.values import Properties, Secret, Value, plain, read, write

ACCOUNT = "kubernetes:core/v1:ServiceAccount"
DEFINITION = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
NAMESPACE = "kubernetes:core/v1:Namespace"
POD = "kubernetes:core/v1:Pod"
SECRET = "kubernetes:core/v1:Secret"  # noqa: S105 - a type
SERVICE = "kubernetes:core/v1:Service"
PRESERVE = "x_kubernetes_preserve_unknown_fields"
RESTRICTED: Properties = {"pod-security.kubernetes.io/enforce": "restricted"}


class Deployed:
    """One resource as an engine would keep it."""

    def __init__(self, plugin: Plugin, token: str, inputs: Properties) -> None:
        self.plugin, self.token = plugin, token
        self.inputs = self.checked(inputs)
        answer = plugin.stub.Create(
            provider_pb2.CreateRequest(urn=urn(token), properties=write(self.inputs), timeout=120)
        )
        self.identity: str = answer.id
        self.state = read(answer.properties)

    def checked(self, inputs: Properties) -> Properties:
        """Return inputs as the provider completes them."""
        found, faults = self.plugin.check(self.token, inputs)
        assert faults == {}
        return found

    def at(self, path: str) -> Value:
        """Return one output."""
        (found,) = below(self.state, parse(path))
        return plain(found)

    def diff(self, inputs: Properties) -> tuple[dict[str, str], bool]:
        """Compare with other inputs; say what differs, and whether the old object has to go first."""
        request = provider_pb2.DiffRequest(
            urn=urn(self.token), olds=write(self.state), old_inputs=write(self.inputs), news=write(self.checked(inputs))
        )
        answer = self.plugin.stub.Diff(request)
        kinds = {path: KINDS.Name(one.kind).lower() for path, one in answer.detailedDiff.items()}
        return kinds, answer.deleteBeforeReplace

    def request(self, inputs: Properties, *, preview: bool = False) -> provider_pb2.UpdateRequest:
        """Make the request of an update."""
        return provider_pb2.UpdateRequest(
            id=self.identity,
            urn=urn(self.token),
            olds=write(self.state),
            news=write(self.checked(inputs)),
            preview=preview,
            timeout=120,
        )

    def update(self, inputs: Properties) -> None:
        """Bring it to other inputs."""
        self.state = read(self.plugin.stub.Update(self.request(inputs)).properties)
        self.inputs = self.checked(inputs)

    def refresh(self) -> provider_pb2.ReadResponse:
        """Read what is there, and keep it."""
        request = provider_pb2.ReadRequest(
            id=self.identity, urn=urn(self.token), properties=write(self.state), inputs=write(self.inputs)
        )
        seen: provider_pb2.ReadResponse = self.plugin.stub.Read(request)
        self.state = read(seen.properties)
        return seen

    def delete(self) -> None:
        """Delete it, and wait until it is gone."""
        request = provider_pb2.DeleteRequest(id=self.identity, urn=urn(self.token), properties=write(self.state))
        self.plugin.stub.Delete(request)


@contextmanager
def started(cluster: Cluster) -> Iterator[Plugin]:
    """Run a provider that finds the cluster as a user's would."""
    provider = Kubernetes(environment={"HOME": os.devnull, "KUBECONFIG": str(cluster.kubeconfig)})
    with running(provider) as found:
        found.configure({})
        yield found


@pytest.fixture
def plugin(cluster: Cluster) -> Iterator[Plugin]:
    with started(cluster) as found:
        yield found


@pytest.fixture
def space(plugin: Plugin) -> Iterator[str]:
    """Namespace of a test's own, made and removed by the provider."""
    name = f"provider-{secrets.token_hex(4)}"
    made = Deployed(plugin, NAMESPACE, {"metadata": {"name": name, "labels": RESTRICTED}})
    yield name
    made.delete()
    assert made.refresh().id == "", "a deletion waits until the namespace and all in it are gone"


def metadata(space: str, name: str = "web", **more: Value) -> Properties:
    return {"name": name, "namespace": space, **more}


def deployment(space: str, replicas: float = 1.0, app: str = "web", **container: Value) -> Properties:
    """A Deployment that Pod Security allows, with values that the API server writes otherwise or leaves out."""
    allowed: Properties = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    amount: Properties = {"cpu": "1000m", "memory": "1024Mi"}
    one: Properties = {
        "name": "web",
        "image": "registry.example/web:v1",
        "env": [{"name": "EMPTY", "value": ""}],
        "resources": {"limits": amount, "requests": amount},
        "securityContext": allowed,
        **container,
    }
    pod: Properties = {"hostNetwork": False, "automountServiceAccountToken": False, "containers": [one]}
    labels: Properties = {"app": app}
    template: Properties = {"metadata": {"labels": labels}, "spec": pod}
    spec: Properties = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
    return {"metadata": metadata(space), "spec": spec}


def refused(plugin: Plugin, method: str, request: Any) -> str:  # noqa: ANN401 - a request of the protocol
    code, words = plugin.refusal(method, request)
    assert code == grpc.StatusCode.FAILED_PRECONDITION, words
    return words


def test_a_deployment_becomes_ready_and_a_second_time_changes_nothing(plugin: Plugin, space: str) -> None:
    made = Deployed(plugin, DEPLOYMENT, deployment(space))
    assert made.identity == f"{space}/web"
    assert made.at("status.availableReplicas") == 1
    assert made.diff(deployment(space)) == ({}, False)
    made.refresh()
    assert made.diff(deployment(space)) == ({}, False), "nor after a refresh"


def test_real_changes_are_seen_among_what_the_server_rewrites(plugin: Plugin, space: str) -> None:
    made = Deployed(plugin, DEPLOYMENT, deployment(space))
    assert made.diff(deployment(space, 2.0)) == ({"spec.replicas": "update"}, False)
    explicit = deployment(space)
    explicit["spec"]["template"]["spec"]["enableServiceLinks"] = False  # type: ignore[index, call-overload]
    assert made.diff(explicit) == ({"spec.template.spec.enableServiceLinks": "add"}, False)
    limits = "spec.template.spec.containers[0].resources.limits.cpu"
    more: Properties = {"limits": {"cpu": "2", "memory": "1Gi"}, "requests": {"cpu": "1", "memory": "1Gi"}}
    assert made.diff(deployment(space, resources=more)) == ({limits: "update"}, False)


def test_what_pod_security_refuses_fails_the_preview(plugin: Plugin, space: str) -> None:
    Deployed(plugin, ACCOUNT, {"metadata": metadata(space)})
    one: Properties = {"name": "web", "image": "registry.example/web:v1"}
    bad: Properties = {"metadata": metadata(space), "spec": {"serviceAccountName": "web", "containers": [one]}}
    inputs, faults = plugin.check(POD, bad)
    assert faults == {}
    request = provider_pb2.CreateRequest(urn=urn(POD), properties=write(inputs), preview=True)
    words = refused(plugin, "Create", request)
    assert words.startswith(f"The API server refuses Pod {space}/web")
    assert 'violates PodSecurity "restricted:latest"' in words
    assert "runAsNonRoot != true" in words


def test_a_preview_needs_neither_the_namespace_nor_the_kind_to_exist(plugin: Plugin) -> None:
    later: Properties = {"metadata": metadata("still-to-come"), "data": {"a": "b"}}
    assert plugin.create(CONFIG_MAP, plugin.check(CONFIG_MAP, later)[0])["data"] == {"a": "b"}
    widget: Properties = {"apiVersion": "later.example.org/v1", "kind": "Widget", "metadata": {"name": "w"}}
    token = "kubernetes:later.example.org/v1:Widget"  # noqa: S105 - a type
    assert plugin.create(token, plugin.check(token, widget)[0])["kind"] == "Widget"


def test_a_conflict_names_the_field_the_manager_and_the_ways_out(
    plugin: Plugin, space: str, own_cluster: OwnCluster
) -> None:
    made = Deployed(plugin, DEPLOYMENT, deployment(space))
    made.update(deployment(space))
    scaled = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"replicas": 3}}
    apply = ("apply", "--server-side", "--force-conflicts", "--field-manager=scaler", "-n", space, "-f", "-")
    assert own_cluster.kubectl(*apply, given=json.dumps(scaled)).code == 0
    for preview in (True, False):
        words = refused(plugin, "Update", made.request(deployment(space, 2.0), preview=preview))
        assert '.spec.replicas: conflict with "scaler"' in words
        assert "ignoreChanges" in words
        assert "pulumi.com/patchForce" in words
    wanted = deployment(space, 2.0)
    wanted["metadata"] = metadata(space, annotations={"pulumi.com/patchForce": "true"})
    made.update(wanted)
    assert made.at("spec.replicas") == 2


def test_an_immutable_field_replaces_the_object(plugin: Plugin, space: str) -> None:
    made = Deployed(plugin, DEPLOYMENT, deployment(space))
    changes, old_first = made.diff(deployment(space, app="www"))
    assert changes["spec.selector.matchLabels.app"] == "update_replace"
    assert old_first, "two objects can't have the same name"
    made.delete()
    assert Deployed(plugin, DEPLOYMENT, deployment(space, app="www")).at("spec.selector.matchLabels.app") == "www"


def test_a_refresh_shows_drift_and_an_update_heals_it(plugin: Plugin, space: str, own_cluster: OwnCluster) -> None:
    made = Deployed(plugin, DEPLOYMENT, deployment(space))
    by_hand = ("patch", "deployment", "web", "-n", space, "--type=merge", "--patch", '{"spec":{"replicas":3}}')
    assert own_cluster.kubectl(*by_hand).code == 0
    rolled = own_cluster.kubectl("rollout", "status", "deployment", "web", "-n", space, "--timeout=60s")
    assert rolled.code == 0, rolled.output
    seen = made.refresh()
    assert read(seen.inputs)["spec"]["replicas"] == 3  # type: ignore[index, call-overload]  # it is an object
    assert made.diff(deployment(space)) == ({"spec.replicas": "update"}, False)
    previewed = read(plugin.stub.Update(made.request(deployment(space), preview=True)).properties)
    assert below(previewed, parse("spec.replicas")) == [1], "what was changed by hand is no conflict"
    made.update(deployment(space))
    assert made.at("spec.replicas") == 1


def test_an_import_gives_inputs_that_change_nothing(plugin: Plugin, space: str) -> None:
    spec: Properties = {"selector": {"app": "web"}, "ports": [{"port": 80.0}]}
    notes: Properties = {"pulumi.com/skipAwait": "true"}
    Deployed(plugin, SERVICE, {"metadata": metadata(space, annotations=notes), "spec": spec})
    seen = plugin.stub.Read(provider_pb2.ReadRequest(id=f"{space}/web", urn=urn(SERVICE)))
    inputs, state = read(seen.inputs), read(seen.properties)
    assert below(inputs, parse("spec.ports[0].port")) == [80]
    assert "status" not in inputs
    request = provider_pb2.DiffRequest(
        urn=urn(SERVICE), olds=write(state), old_inputs=write(inputs), news=write(plugin.check(SERVICE, inputs)[0])
    )
    assert dict(plugin.stub.Diff(request).detailedDiff) == {}


def test_a_secret_is_secret_in_state_and_opened_in_the_cluster(
    plugin: Plugin, space: str, own_cluster: OwnCluster
) -> None:
    made = Deployed(plugin, SECRET, {"metadata": metadata(space), "stringData": {"password": "hunter2"}})
    assert isinstance(made.state["data"], Secret)
    seen = own_cluster.kubectl("get", "secret", "web", "-n", space, "-o", "jsonpath={.data.password}")
    assert seen.output == "aHVudGVyMg=="
    assert made.diff({"metadata": metadata(space), "stringData": {"password": "hunter2"}}) == ({}, False)


def test_a_definition_and_its_resource_are_made_in_one_deployment(plugin: Plugin) -> None:
    group = f"p{secrets.token_hex(4)}.example.org"
    schema: Properties = {"type": "object", "properties": {"spec": {"type": "object", PRESERVE: True}}}
    version: Properties = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    spec: Properties = {
        "group": group,
        "names": {"kind": "Widget", "plural": "widgets"},
        "scope": "Cluster",
        "versions": [version],
    }
    wanted: Properties = {"metadata": {"name": f"widgets.{group}"}, "spec": spec}
    definition = Deployed(plugin, DEFINITION, wanted)
    assert definition.diff(wanted) == ({}, False)
    token = f"kubernetes:{group}/v1:Widget"
    object_: Properties = {"apiVersion": f"{group}/v1", "kind": "Widget", "metadata": {"name": "w"}, "spec": {"a": 1.0}}
    widget = Deployed(plugin, token, object_)
    assert widget.identity == "w"
    assert widget.diff(object_) == ({}, False)
    definition.delete()
    widget.delete()
    assert widget.refresh().id == "", "what went with its definition is gone"


def test_a_cancelled_wait_says_so_and_keeps_the_object(cluster: Cluster, space: str) -> None:
    nowhere = deployment(space)
    nowhere["spec"]["template"]["spec"]["nodeSelector"] = {"nowhere": "at-all"}  # type: ignore[index, call-overload]
    with started(cluster) as other:
        inputs, _ = other.check(DEPLOYMENT, nowhere)
        call = other.stub.Create.future(provider_pb2.CreateRequest(urn=urn(DEPLOYMENT), properties=write(inputs)))
        read_back = provider_pb2.ReadRequest(id=f"{space}/web", urn=urn(DEPLOYMENT))
        while not other.stub.Read(read_back).id:
            assert not call.done(), call.details()
        other.stub.Cancel(empty_pb2.Empty())
        assert call.code() == grpc.StatusCode.UNKNOWN
    assert "cancelled" in call.details()
    assert "kept in the state" in call.details()
