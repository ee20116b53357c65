"""The offline Kubernetes provider refuses what the SDK does not know, and fills in what the ordinary one does."""

from collections.abc import Iterator

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from tests.support.served_plugin import CONFIG_MAP, Plugin, offline, running, urn
from toolchain.plugins.values import UNKNOWN, Properties, Secret, Value

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
NAMESPACE = "kubernetes:core/v1:Namespace"
ROLLOUT = "kubernetes:argoproj.io/v1alpha1:Rollout"
NAMING = provider_pb2.CheckRequest.AutonamingOptions


@pytest.fixture
def plugin() -> Iterator[Plugin]:
    with running(offline()) as found:
        yield found


def deployment(container: Properties | None = None, **pod: Value) -> Properties:
    """A sound Deployment, changed."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "replicas": 2.0,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "web", "image": "web:v1", **(container or {})}], **pod},
            },
        },
    }


def config_map(data: Value, **more: Value) -> Properties:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "web", "namespace": "shop"},
        "data": data,
        **more,
    }


def custom(**more: Value) -> Properties:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"anything": [1.0, {"goes": True}]},
        **more,
    }


POD = "spec.template.spec"
FIRST = f"{POD}.containers[0]"
REFUSED: dict[str, tuple[Properties, dict[str, str]]] = {
    "a misspelt property of the pod": (
        deployment(securityContext={"runAsNonroot": True}),
        {
            f"{POD}.securityContext.runAsNonroot": "unknown property 'runAsNonroot'; did you mean 'runAsNonRoot'?",
        },
    ),
    "a misspelt property of a container": (
        deployment({"imagepullpolicy": "Always"}),
        {f"{FIRST}.imagepullpolicy": "unknown property 'imagepullpolicy'; did you mean 'imagePullPolicy'?"},
    ),
    "a property that resembles none": (
        deployment({"zzz": 1.0}),
        {f"{FIRST}.zzz": "unknown property 'zzz'"},
    ),
    "a property that resembles none of a few": (
        deployment({"resources": {"zzz": {}}}),
        {f"{FIRST}.resources.zzz": "unknown property 'zzz'; known are 'claims', 'limits', 'requests'"},
    ),
    "a missing property": (
        {"metadata": {"name": "web"}, "spec": {"selector": {}, "template": {"spec": {"containers": [{}]}}}},
        {f"{FIRST}.name": "required property 'name' is missing"},
    ),
    "a null property": (
        deployment({"name": None}),
        {f"{FIRST}.name": "required property 'name' is missing"},
    ),
    "an object for a list": (
        deployment({"env": {"A": "b"}}),
        {f"{FIRST}.env": "expected a list, found an object"},
    ),
    "a string for an object": (
        deployment(securityContext="none"),
        {f"{POD}.securityContext": "expected an object, found a string"},
    ),
    "a list for a map": (
        deployment(nodeSelector=["a"]),
        {f"{POD}.nodeSelector": "expected an object, found a list"},
    ),
    "a string for a boolean": (
        deployment({"tty": "true"}),
        {f"{FIRST}.tty": "expected true or false, found a string"},
    ),
    "half a port": (
        deployment({"ports": [{"containerPort": 80.5}]}),
        {f"{FIRST}.ports[0].containerPort": "expected a whole number, found a number"},
    ),
    "a number for a label": (
        deployment(nodeSelector={"a.b/c": 1.0}),
        {f'{POD}.nodeSelector["a.b/c"]': "expected a string, found a number"},
    ),
    "nothing in a list": (
        deployment({"args": [None]}),
        {f"{FIRST}.args[0]": "expected a string, found nothing"},
    ),
    "neither number nor name of a port": (
        deployment({"livenessProbe": {"httpGet": {"port": True}}}),
        {f"{FIRST}.livenessProbe.httpGet.port": "expected a whole number or a string, found true or false"},
    ),
    "another kind": (
        {**deployment(), "apiVersion": "v1", "kind": "Pod"},
        {
            "apiVersion": "expected 'apps/v1' for this type of resource, found 'v1'",
            "kind": "expected 'Deployment' for this type of resource, found 'Pod'",
        },
    ),
    "a generated name": (
        {**deployment(), "metadata": {"generateName": "web-"}},
        {
            "metadata.generateName": "server-side apply needs a name: "
            "set metadata.name, or leave both out for an automatic one"
        },
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(plugin: Plugin, case: str) -> None:
    inputs, faults = REFUSED[case]
    assert plugin.check(DEPLOYMENT, inputs)[1] == faults


ALLOWED = {
    "a sound one": deployment(),
    "a port by number": deployment({"livenessProbe": {"httpGet": {"port": 80.0}}}),
    "a port by name": deployment({"livenessProbe": {"httpGet": {"port": "http"}}}),
    "an unknown leaf": deployment({"image": UNKNOWN}),
    "an unknown list": deployment({"env": UNKNOWN}),
    "an unknown object": {**deployment(), "spec": UNKNOWN},
    "unknown metadata": {**deployment(), "metadata": UNKNOWN},
    "a secret": deployment({"env": [{"name": "A", "value": Secret("b")}]}),
    "a null that may be": deployment({"env": None}),
}


@pytest.mark.parametrize("case", ALLOWED)
def test_allows_and_keeps(plugin: Plugin, case: str) -> None:
    assert plugin.check(DEPLOYMENT, ALLOWED[case]) == (ALLOWED[case], {})


def test_reports_every_fault_at_once(plugin: Plugin) -> None:
    inputs = deployment({"tty": 1.0, "nmae": "x"}, hostnetwork=True)
    assert plugin.check(DEPLOYMENT, inputs)[1] == {
        f"{FIRST}.tty": "expected true or false, found a number",
        f"{FIRST}.nmae": "unknown property 'nmae'; did you mean 'name'?",
        f"{POD}.hostnetwork": "unknown property 'hostnetwork'; did you mean 'hostNetwork'?",
    }


def test_says_little_about_secrets(plugin: Plugin) -> None:
    inputs = config_map(Secret({"password": {"hunter2": True}}), metadata=Secret({"name": "web", "hunter2": "x"}))
    hidden = "(what it is, and where inside it, is not shown)"
    assert plugin.check(CONFIG_MAP, inputs)[1] == {
        "data": f"the secret value does not fit: wrong type {hidden}",
        "metadata": f"the secret value does not fit: unknown property {hidden}",
    }


def test_fills_in_what_identifies_an_object(plugin: Plugin) -> None:
    checked, faults = plugin.check(CONFIG_MAP, {"data": {"a": "b"}}, seed=b"seed")
    assert faults == {}
    assert checked == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "web-0f72c6c8",
            "namespace": "default",
            "annotations": {"pulumi.com/autonamed": "true"},
        },
        "data": {"a": "b"},
    }


def test_names_differ_by_seed_and_are_kept(plugin: Plugin) -> None:
    first, _ = plugin.check(NAMESPACE, {}, seed=b"1")
    second, _ = plugin.check(NAMESPACE, {}, seed=b"2")
    later, _ = plugin.check(NAMESPACE, {}, first, seed=b"2")
    assert first != second
    assert first == later
    assert "namespace" not in first["metadata"]  # type: ignore[operator]  # it is an object


def test_names_come_from_the_project_where_it_says_so(plugin: Plugin) -> None:
    checked, _ = plugin.check(NAMESPACE, {}, naming=NAMING(proposed_name="ours", mode=NAMING.ENFORCE))
    assert checked["metadata"] == {"name": "ours", "annotations": {"pulumi.com/autonamed": "true"}}
    request = provider_pb2.CheckRequest(urn=urn(NAMESPACE), autonaming=NAMING(mode=NAMING.DISABLE))
    assert plugin.refusal("Check", request) == (
        grpc.StatusCode.FAILED_PRECONDITION,
        "web needs a name of its own, because this project disables automatic names.",
    )


def test_takes_the_providers_namespace(plugin: Plugin) -> None:
    plugin.configure({"namespace": "shop"})
    checked, _ = plugin.check(CONFIG_MAP, {"metadata": {"name": "web"}})
    assert checked["metadata"] == {"name": "web", "namespace": "shop"}


def test_drops_what_only_the_server_writes(plugin: Plugin) -> None:
    checked, faults = plugin.check(NAMESPACE, {"metadata": Secret({"name": "web", "uid": "1", "generation": 2.0})})
    assert faults == {}
    assert checked["metadata"] == Secret({"name": "web"})


CUSTOM_REFUSED: dict[str, tuple[str, Properties, dict[str, str]]] = {
    "a misspelt label": (
        ROLLOUT,
        custom(metadata={"name": "web", "lables": {}}),
        {"metadata.lables": "unknown property 'lables'; did you mean 'labels'?"},
    ),
    "nothing": (
        ROLLOUT,
        {"metadata": {"name": "web"}},
        {
            "apiVersion": "required property 'apiVersion' is missing",
            "kind": "required property 'kind' is missing",
        },
    ),
    "another version": (
        ROLLOUT,
        custom(apiVersion="argoproj.io/v1"),
        {"apiVersion": "expected 'argoproj.io/v1alpha1' for this type of resource, found 'argoproj.io/v1'"},
    ),
    "a misspelt kind of Kubernetes itself": (
        "kubernetes:apps/v1:Deploymnet",
        {"apiVersion": "apps/v1", "kind": "Deploymnet", "metadata": {"name": "web"}},
        {"kind": "apps/v1 has no kind 'Deploymnet'; did you mean 'Deployment'?"},
    ),
    "a list": (
        "kubernetes:core/v1:ConfigMapList",
        {"items": []},
        {"kind": "lists can't be created themselves: write each of their objects as a resource"},
    ),
    "a patch of something": (
        "kubernetes:core/v1:ConfigMapPatch",
        {"data": {"a": "b"}},
        {"metadata.name": "a patch needs the name of the object that it changes"},
    ),
}


@pytest.mark.parametrize("case", CUSTOM_REFUSED)
def test_refuses_other_kinds(plugin: Plugin, case: str) -> None:
    token, inputs, faults = CUSTOM_REFUSED[case]
    assert plugin.check(token, inputs)[1] == faults


def test_refuses_a_version_without_a_group(plugin: Plugin) -> None:
    request = provider_pb2.CheckRequest(urn=urn("kubernetes:v1:Widget"))
    assert plugin.refusal("Check", request) == (
        grpc.StatusCode.FAILED_PRECONDITION,
        "kubernetes:v1:Widget has an API version without a group: write Widget's as group/version.",
    )


def test_custom_resources_are_free(plugin: Plugin) -> None:
    assert plugin.check(ROLLOUT, custom()) == (custom(), {})
    unplaced = custom(metadata={"name": "web"})
    assert plugin.check(ROLLOUT, unplaced) == (unplaced, {}), "only the cluster knows whether it has a namespace"
    patch = custom(metadata={"name": "web"})
    assert plugin.check(f"{ROLLOUT}Patch", patch) == (patch, {})


def test_a_patch_needs_only_what_it_changes(plugin: Plugin) -> None:
    checked, faults = plugin.check(f"{DEPLOYMENT}Patch", {"metadata": {"name": "web"}, "spec": {"replicas": 3.0}})
    assert faults == {}
    assert checked["kind"] == "Deployment"
