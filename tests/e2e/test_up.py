"""``make up`` on dev: all accepted, all ready; then nothing to do; drift healed; nothing left behind."""

import json
from typing import Any

import pytest

from catalog import PRODUCTS
from golive.planning.mock_engine import Planned
from settings.load import read
from stack.resolve import join
from tests.support.checkouts import CHECKOUT
from tests.support.dev_cluster import Dev, counted
from tests.support.own_cluster import OwnCluster
from tests.support.shipped import planned

WORKLOADS = ("Deployment", "Rollout")


@pytest.fixture(scope="module")
def dev(own_cluster: OwnCluster) -> Dev:
    """A copy of the checkout whose dev is deployed to its own cluster."""
    found = Dev(own_cluster)
    seen = found.make("up")
    assert seen.code == 0, seen.output
    assert counted(seen.output) == [f"+ {len(planned('dev')) + 1} created"]
    return found


def objects(kind: str = "") -> list[Planned]:
    """The Kubernetes objects of dev as the program declares them."""
    found = [each for each in planned("dev") if each.type.startswith("kubernetes:")]
    return [each for each in found if each.type.endswith(f":{kind}")] if kind else found


def test_every_object_is_there(dev: Dev) -> None:
    wanted = {dev.key(each.inputs) for each in objects()}

    assert wanted == dev.existing(wanted)


def test_every_workload_is_ready(dev: Dev) -> None:
    names = {each.inputs["metadata"]["name"] for kind in WORKLOADS for each in objects(kind)}

    assert {name for name, ready in dev.readiness().items() if ready} == names


def test_every_secret_was_copied_from_the_store(dev: Dev) -> None:
    for wanted in objects("ExternalSecret"):
        metadata = wanted.inputs["metadata"]
        secret = dev.get("secret", metadata["name"], metadata["namespace"])
        assert set(secret["data"]) == {entry["secretKey"] for entry in wanted.inputs["spec"]["data"]}


def test_the_namespaces_admit_no_pod_that_is_not_restricted(dev: Dev) -> None:
    for namespace in objects("Namespace"):
        name = namespace.inputs["metadata"]["name"]
        answer = dev.own.kubectl("run", "bad", "--image=busybox:1.36", "--namespace", name)
        assert answer.code != 0
        assert 'violates PodSecurity "restricted' in answer.output


def test_what_may_connect_is_what_the_catalogue_says(dev: Dev) -> None:
    settings = read(CHECKOUT / "Pulumi.dev.yaml")
    agreed = {
        (f"{caller.namespace}/{caller.name}", f"{callee.namespace}/{callee.service}", callee.port)
        for caller in join(settings, PRODUCTS)
        for callee in caller.calls
    }

    assert agreed
    assert dev.open_ways() == agreed


def test_a_second_up_changes_nothing(dev: Dev) -> None:
    before = dev.versions()

    seen = dev.make("up")

    assert seen.code == 0, seen.output
    assert counted(seen.output) == [f"{len(planned('dev')) + 1} unchanged"]
    assert dev.versions() == before


def test_drift_is_shown_by_refresh_and_healed_by_up(dev: Dev) -> None:
    deployment = objects("Deployment")[0].inputs
    name, namespace = deployment["metadata"]["name"], deployment["metadata"]["namespace"]
    image = deployment["spec"]["template"]["spec"]["containers"][0]["image"]
    foreign = {"spec": {"template": {"spec": {"containers": [{"name": name, "image": "example/by-hand:v1.0.0"}]}}}}
    dev.kubectl("patch", "deployment", name, "--namespace", namespace, "--patch", json.dumps(foreign))
    refreshed = dev.make("refresh")
    # What is deleted after the refresh, the up has to find out by itself.
    budget = objects("PodDisruptionBudget")[0].inputs["metadata"]
    dev.kubectl("delete", "poddisruptionbudget", budget["name"], "--namespace", budget["namespace"])

    healed = dev.make("up")

    assert refreshed.code == 0, refreshed.output
    assert "example/by-hand:v1.0.0" in refreshed.output
    assert healed.code == 0, healed.output
    assert {"+ 1 created", "~ 1 updated"} <= set(counted(healed.output)), healed.output
    assert image_of(dev.get("deployment", name, namespace)) == image
    assert dev.get("poddisruptionbudget", budget["name"], budget["namespace"])


def test_changed_configuration_rolls_its_users_and_nobody_else(dev: Dev) -> None:
    before = dev.templates()
    users = {
        each.inputs["metadata"]["name"].rsplit("-", maxsplit=1)[0]
        for each in objects("ConfigMap")
        if any("clickhouse." in value for value in each.inputs["data"].values())
    }
    assert users
    dev.edit("Pulumi.dev.yaml", lambda text: text.replace("host: clickhouse.", "host: clickhouse-two."))

    seen = dev.make("up")

    assert seen.code == 0, seen.output
    after = dev.templates()
    assert {name for name in before if before[name] != after[name]} == users
    assert all(dev.readiness().values())


def test_an_object_that_admission_refuses_fails_the_preview(dev: Dev) -> None:
    before = dev.versions()
    dev.own.apply(*refusing("v9.9.9"))
    dev.edit("Pulumi.dev.yaml", lambda text: text.replace("ercot-connector:v1.0.0", "ercot-connector:v9.9.9"))

    seen = dev.make("preview")
    up = dev.make("up")

    assert seen.code != 0
    assert "v9.9.9 was withdrawn" in seen.output
    assert "ercot-connector" in seen.output
    assert up.code != 0
    assert dev.versions() == before
    dev.edit("Pulumi.dev.yaml", lambda text: text.replace("ercot-connector:v9.9.9", "ercot-connector:v1.0.0"))


def test_down_leaves_nothing_behind(dev: Dev) -> None:
    seen = dev.make("down")

    assert seen.code == 0, seen.output
    assert dev.existing({dev.key(each.inputs) for each in objects()}) == set()
    assert dev.ours() == []
    assert dev.deployed() == []


def image_of(deployment: dict[str, Any]) -> str:
    """The image of the first container."""
    return str(deployment["spec"]["template"]["spec"]["containers"][0]["image"])


def refusing(tag: str) -> tuple[dict[str, object], dict[str, object]]:
    """An admission policy that refuses deployments of one image tag, and its binding."""
    kind = "admissionregistration.k8s.io/v1"
    rule = {
        "apiGroups": ["apps"],
        "apiVersions": ["v1"],
        "operations": ["CREATE", "UPDATE"],
        "resources": ["deployments"],
    }
    validation = {
        "expression": f"object.spec.template.spec.containers.all(c, !c.image.endsWith(':{tag}'))",
        "message": f"{tag} was withdrawn",
    }
    spec = {"failurePolicy": "Fail", "matchConstraints": {"resourceRules": [rule]}, "validations": [validation]}
    bound = {"policyName": "withdrawn", "validationActions": ["Deny"]}
    name = {"name": "withdrawn"}
    return (
        {"apiVersion": kind, "kind": "ValidatingAdmissionPolicy", "metadata": name, "spec": spec},
        {"apiVersion": kind, "kind": "ValidatingAdmissionPolicyBinding", "metadata": name, "spec": bound},
    )
