"""The offline Kubernetes provider plans and compares as the ordinary one does."""

from collections.abc import Iterator

import pytest
from pulumi.runtime.proto import provider_pb2

from tests.support.served_plugin import CONFIG_MAP, Plugin, offline, running, urn
from tests.toolchain.test_offline_kubernetes_checks import (
    DEPLOYMENT,
    FIRST,
    NAMESPACE,
    ROLLOUT,
    config_map,
    custom,
    deployment,
)
from toolchain.plugins.provider import inside
from toolchain.plugins.values import UNKNOWN, Properties, Secret, write

SERVICE = "kubernetes:core/v1:Service"
SECRET = "kubernetes:core/v1:Secret"  # noqa: S105 - a type


@pytest.fixture
def plugin() -> Iterator[Plugin]:
    with running(offline()) as found:
        yield found


def test_plans_a_creation(plugin: Plugin) -> None:
    planned = plugin.create(DEPLOYMENT, {**deployment({"image": UNKNOWN}), "__internal": "x"})
    server = ("uid", "creationTimestamp", "resourceVersion", "generation", "managedFields")
    metadata: Properties = {"name": "web", "namespace": "shop", **dict.fromkeys(server, UNKNOWN)}
    assert planned == {**deployment({"image": UNKNOWN}), "metadata": metadata, "status": UNKNOWN}


def test_plans_what_the_server_fills_in(plugin: Plugin) -> None:
    planned = plugin.create(SERVICE, {"metadata": UNKNOWN, "spec": {"clusterIP": "None"}})
    assert planned == {
        "metadata": UNKNOWN,
        "spec": {"clusterIP": "None", "clusterIPs": UNKNOWN},
        "status": UNKNOWN,
    }


def test_plans_an_update(plugin: Plugin) -> None:
    old: Properties = {
        "metadata": {"uid": "1", "creationTimestamp": "then", "generation": 1.0},
        "spec": {"clusterIP": "10.0.0.1"},
    }
    planned = plugin.update(SERVICE, old, {"metadata": {"name": "web"}, "spec": {}})
    assert planned["metadata"] == {
        "name": "web",
        "uid": "1",
        "creationTimestamp": "then",
        "resourceVersion": UNKNOWN,
        "generation": UNKNOWN,
        "managedFields": UNKNOWN,
    }
    assert planned["spec"] == {"clusterIP": "10.0.0.1", "clusterIPs": UNKNOWN}


def test_secrets_stay_secret(plugin: Plugin) -> None:
    inputs: Properties = {
        "metadata": {"name": "web", "namespace": "shop"},
        "stringData": Secret({"password": "hunter2"}),
    }
    checked, faults = plugin.check(SECRET, inputs)
    assert faults == {}
    assert checked["data"] == Secret({"password": "aHVudGVyMg=="}), "as the API server keeps it"
    assert "stringData" not in checked
    assert plugin.create(SECRET, checked)["data"] == Secret({"password": "aHVudGVyMg=="})
    same, _ = plugin.check(SECRET, {**inputs, "stringData": {"password": "hunter2"}})
    other, _ = plugin.check(SECRET, {**inputs, "stringData": Secret({"password": "other"})})
    assert plugin.diff(SECRET, checked, same) == ({}, False)
    changed, _ = plugin.diff(SECRET, checked, other)
    assert changed == {"data.password": "update_replace"}


WEB = deployment()
DIFFS: dict[str, tuple[str, Properties, Properties, dict[str, str], bool]] = {
    "nothing": (DEPLOYMENT, WEB, WEB, {}, False),
    "an image": (DEPLOYMENT, WEB, deployment({"image": "web:v2"}), {f"{FIRST}.image": "update"}, False),
    "an image that isn't known": (
        DEPLOYMENT,
        WEB,
        deployment({"image": UNKNOWN}),
        {f"{FIRST}.image": "update"},
        False,
    ),
    "a variable more": (DEPLOYMENT, WEB, deployment({"env": [{"name": "A"}]}), {f"{FIRST}.env": "add"}, False),
    "a variable less": (
        DEPLOYMENT,
        deployment({"env": [{"name": "A"}, {"name": "B"}]}),
        deployment({"env": [{"name": "A"}]}),
        {f"{FIRST}.env[1]": "delete"},
        False,
    ),
    "a list for an object": (
        DEPLOYMENT,
        deployment({"env": [{"name": "A"}]}),
        deployment({"env": {}}),
        {f"{FIRST}.env": "update"},
        False,
    ),
    "true for one": (
        DEPLOYMENT,
        deployment({"tty": 1.0}),
        deployment({"tty": True}),
        {f"{FIRST}.tty": "update"},
        False,
    ),
    "a selector": (
        DEPLOYMENT,
        WEB,
        {**WEB, "spec": {**inside(WEB["spec"]), "selector": {"matchLabels": {"app": "x"}}}},
        {"spec.selector.matchLabels.app": "update_replace"},
        True,
    ),
    "everything, the selector included": (
        DEPLOYMENT,
        WEB,
        {**WEB, "spec": UNKNOWN},
        {"spec": "update_replace"},
        True,
    ),
    "the name": (
        DEPLOYMENT,
        WEB,
        {**WEB, "metadata": {"name": "www", "namespace": "shop"}},
        {"metadata.name": "update_replace"},
        False,
    ),
    "the namespace": (
        DEPLOYMENT,
        WEB,
        {**WEB, "metadata": {"name": "web"}},
        {"metadata.namespace": "update_replace"},
        False,
    ),
    "the namespace, but not really": (
        CONFIG_MAP,
        config_map({}, metadata={"name": "web", "namespace": "default"}),
        config_map({}, metadata={"name": "web", "uid": "1"}),
        {},
        False,
    ),
    "metadata that isn't known": (
        NAMESPACE,
        {"metadata": {"name": "web"}},
        {"metadata": UNKNOWN},
        {"metadata": "update_replace"},
        False,
    ),
    "settings": (
        CONFIG_MAP,
        config_map({"a.b": "1"}),
        config_map({"a.b": "2"}),
        {'data["a.b"]': "update_replace"},
        True,
    ),
    "settings of an automatic name": (
        CONFIG_MAP,
        config_map({"a": "1"}, metadata={"name": "web-1", "annotations": {"pulumi.com/autonamed": "true"}}),
        config_map({"a": "2"}, metadata={"name": "web-1", "annotations": {"pulumi.com/autonamed": "true"}}),
        {"data.a": "update_replace"},
        False,
    ),
    "a service's own address": (
        SERVICE,
        {"metadata": {"name": "web"}, "spec": {"clusterIP": "10.0.0.1"}},
        {"metadata": {"name": "web"}, "spec": {"clusterIP": "None"}},
        {"spec.clusterIP": "update_replace"},
        True,
    ),
    "a binding's role": (
        "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
        {"metadata": {"name": "web"}, "roleRef": {"name": "a"}},
        {"metadata": {"name": "web"}, "roleRef": {"name": "b"}},
        {"roleRef.name": "update_replace"},
        True,
    ),
    "a pod's image": (
        "kubernetes:core/v1:Pod",
        {"metadata": {"name": "web"}, "spec": {"containers": [{"image": "a"}]}},
        {"metadata": {"name": "web"}, "spec": {"containers": [{"image": "b"}]}},
        {"spec.containers[0].image": "update_replace"},
        True,
    ),
    "a patch": (
        f"{CONFIG_MAP}Patch",
        config_map({"a": "1"}),
        config_map({"a": "2"}),
        {"data.a": "update"},
        False,
    ),
    "a custom resource": (
        ROLLOUT,
        custom(),
        custom(spec={"other": 1.0}),
        {"spec.anything": "delete", "spec.other": "add"},
        False,
    ),
}


@pytest.mark.parametrize("case", DIFFS)
def test_tells_what_changes(plugin: Plugin, case: str) -> None:
    token, old, new, details, first = DIFFS[case]
    assert plugin.diff(token, old, new) == (details, first)


def test_leaves_alone_what_it_is_asked_to(plugin: Plugin) -> None:
    new = deployment({"image": "web:v2", "tty": True})
    assert plugin.diff(DEPLOYMENT, WEB, new, ["spec.template.spec.containers[*].image"]) == (
        {f"{FIRST}.tty": "add"},
        False,
    )


def test_reads_the_inputs_that_the_ordinary_provider_kept(plugin: Plugin) -> None:
    state: Properties = {**WEB, "status": {"replicas": 2.0}, "__inputs": WEB}
    request = provider_pb2.DiffRequest(urn=urn(DEPLOYMENT), olds=write(state), news=write(WEB))
    assert plugin.stub.Diff(request).changes == provider_pb2.DiffResponse.DIFF_NONE


@pytest.mark.parametrize(("setting", "immutable", "kind"), [
    (True, False, "update"),
    ("true", False, "update"),
    (False, False, "update_replace"),
    (True, True, "update_replace"),
])  # fmt: skip
def test_config_maps_change_in_place_where_allowed(
    plugin: Plugin,
    setting: str | bool,  # noqa: FBT001 - a case, not a switch
    immutable: bool,  # noqa: FBT001 - as above
    kind: str,
) -> None:
    plugin.configure({"enableConfigMapMutable": setting})
    old, new = config_map({"a": "1"}, immutable=immutable), config_map({"a": "2"}, immutable=immutable)
    assert plugin.diff(CONFIG_MAP, old, new)[0] == {"data.a": kind}
