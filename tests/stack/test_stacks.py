"""The stacks that ship obey every rule, open nothing that the catalogue doesn't, and keep no secret."""

from collections.abc import Iterator

import pytest
from guardrails.evaluation.evaluate import evaluate
from guardrails.rules import RULES

from catalog import PRODUCTS
from components.platform.namespace import Quota
from settings.load import read
from stack.quota import quota
from stack.resolve import join, namespaces
from tests.support.plan import as_resources
from tests.support.shipped import CHECKOUT, STACKS, planned


@pytest.mark.parametrize("stack", STACKS)
def test_obeys_every_rule(stack: str) -> None:
    assert [finding.message for finding in evaluate(as_resources(planned(stack)), RULES)] == []


@pytest.mark.parametrize("stack", STACKS)
def test_holds_no_literal_secret(stack: str) -> None:
    assert [each.path for each in planned(stack) if each.type.startswith("kubernetes:core/v1:Secret")] == []


def test_dev_uses_no_aws() -> None:
    assert [each.path for each in planned("dev") if "aws" in each.type] == []


@pytest.mark.parametrize("stack", STACKS)
def test_every_object_waits_for_its_namespace(stack: str) -> None:
    namespaced = [each for each in planned(stack) if "namespace" in each.inputs.get("metadata", {})]

    assert namespaced
    assert [each.path for each in namespaced if not any(path.endswith("-namespace") for path in each.after)] == []


@pytest.mark.parametrize("stack", STACKS)
def test_services_wait_for_their_secrets_and_edges(stack: str) -> None:
    for each in planned(stack):
        if each.type.endswith((":Deployment", ":Rollout")):
            kinds = {path.split("::")[0].rpartition(":")[2] for path in each.after}
            assert {"SecretStore", "NetworkPolicy", "ConfigMap", "ServiceAccount"} <= kinds, each.path


def quotas(stack: str) -> Iterator[tuple[str, Quota]]:
    workloads = join(read(CHECKOUT / f"Pulumi.{stack}.yaml"), PRODUCTS)
    for name, members in namespaces(workloads).items():
        yield name, quota(members)


def test_a_quota_leaves_room_for_a_release_of_everything() -> None:
    found = dict(quotas("dev"))

    assert set(found) == {
        each.inputs["metadata"]["name"]
        for each in planned("dev")
        if each.type.endswith(":Namespace") and each.type.startswith("kubernetes")
    }
    for name, each in found.items():
        planned_pods = sum(
            autoscaler.inputs["spec"]["maxReplicas"]
            for autoscaler in planned("dev")
            if autoscaler.type.endswith(":HorizontalPodAutoscaler")
            and autoscaler.inputs["metadata"]["namespace"] == name
        )
        assert each.pods >= planned_pods * 1.25
