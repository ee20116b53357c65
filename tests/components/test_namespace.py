"""A namespace is closed until someone opens it."""

from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from components.platform.namespace import Namespace, NamespaceArgs, Quota
from tests.support.plan import LABELS, Planned, named, paths, plan, spec

COMPONENT = "golive:platform:Namespace"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
QUOTA: dict[str, Any] = {
    "pods": 40,
    "cpu_requests": "4",
    "cpu_limits": "20",
    "memory_requests": "10Gi",
    "memory_limits": "10Gi",
}


def declare() -> Namespace:
    return Namespace("optibid", NamespaceArgs(namespace="optibid", labels=LABELS, quota=Quota(**QUOTA)))


@pytest.fixture(scope="module")
def planned() -> tuple[Planned, ...]:
    return plan(declare)


def test_owns_all_it_declares(planned: tuple[Planned, ...]) -> None:
    assert paths(planned) == [
        f"{COMPONENT}$kubernetes:core/v1:LimitRange::optibid-limits",
        f"{COMPONENT}$kubernetes:core/v1:Namespace::optibid-namespace",
        f"{COMPONENT}$kubernetes:core/v1:ResourceQuota::optibid-quota",
        f"{COMPONENT}${POLICY}::optibid-allow-dns",
        f"{COMPONENT}${POLICY}::optibid-deny-all",
        f"{COMPONENT}::optibid",
    ]


def test_admits_restricted_pods_only(planned: tuple[Planned, ...]) -> None:
    assert named(planned, "optibid-namespace").inputs["metadata"] == {
        "name": "optibid",
        "labels": {
            **LABELS,
            "app.kubernetes.io/name": "optibid",
            "pod-security.kubernetes.io/enforce": "restricted",
            "pod-security.kubernetes.io/enforce-version": "latest",
            "pod-security.kubernetes.io/audit": "restricted",
            "pod-security.kubernetes.io/audit-version": "latest",
            "pod-security.kubernetes.io/warn": "restricted",
            "pod-security.kubernetes.io/warn-version": "latest",
        },
    }


def test_denies_all_traffic(planned: tuple[Planned, ...]) -> None:
    assert spec(planned, "optibid-deny-all") == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_lets_every_pod_ask_the_cluster_s_dns_and_nobody_else(planned: tuple[Planned, ...]) -> None:
    assert spec(planned, "optibid-allow-dns") == {
        "podSelector": {},
        "policyTypes": ["Egress"],
        "egress": [
            {
                "to": [
                    {
                        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
                        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
                    }
                ],
                "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}],
            }
        ],
    }


def test_sets_a_ceiling_and_no_door_of_its_own(planned: tuple[Planned, ...]) -> None:
    assert spec(planned, "optibid-quota") == {
        "hard": {
            "pods": "40",
            "requests.cpu": "4",
            "limits.cpu": "20",
            "requests.memory": "10Gi",
            "limits.memory": "10Gi",
            "services.loadbalancers": "0",
            "services.nodeports": "0",
        }
    }


def test_gives_limits_to_containers_that_have_none(planned: tuple[Planned, ...]) -> None:
    assert spec(planned, "optibid-limits") == {
        "limits": [
            {
                "type": "Container",
                "defaultRequest": {"cpu": "100m", "memory": "128Mi"},
                "default": {"cpu": "500m", "memory": "128Mi"},
            }
        ]
    }


def test_everything_in_it_is_named_and_waits_for_it(planned: tuple[Planned, ...]) -> None:
    inside = [resource for resource in planned if resource.parent and resource.name != "optibid-namespace"]
    assert {resource.inputs["metadata"]["namespace"] for resource in inside} == {"optibid"}
    assert {resource.after for resource in inside} == {
        (f"{COMPONENT}$kubernetes:core/v1:Namespace::optibid-namespace",)
    }
    assert all(resource.inputs["metadata"]["name"] for resource in inside)


def test_its_name_is_known_where_the_cluster_is_not(planned: tuple[Planned, ...]) -> None:
    assert named(planned, "optibid").outputs == {"namespace": "optibid"}


def test_children_take_the_parent_s_provider_and_none_of_its_other_options() -> None:
    def program() -> None:
        args = NamespaceArgs(namespace="optibid", labels=LABELS, quota=Quota(**QUOTA))
        Namespace("optibid", args, pulumi.ResourceOptions(protect=True, retain_on_delete=True))

    children = [resource for resource in plan(program) if resource.parent]
    assert {(resource.protect, resource.retain) for resource in children} == {(True, False)}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"namespace": "Opti Bid"}, "DNS label"),
        ({"quota": {**QUOTA, "pods": 0}}, "greater than or equal to 1"),
        ({"quota": {**QUOTA, "memory_limits": "10"}}, "an amount of memory above zero"),
        ({"labels": {**LABELS, "golive/owner": ""}}, "missing: golive/owner"),
        ({"pod_security": "privileged"}, "Extra inputs are not permitted"),
    ],
)
def test_refuses(change: dict[str, Any], words: str) -> None:
    good = {"namespace": "optibid", "labels": LABELS, "quota": QUOTA}
    assert NamespaceArgs.model_validate(good).namespace == "optibid"
    with pytest.raises(ValidationError, match=words):
        NamespaceArgs.model_validate({**good, **change})


def test_names_every_label_that_is_missing() -> None:
    four = "app.kubernetes.io/part-of, app.kubernetes.io/managed-by, golive/owner, golive/environment"
    with pytest.raises(ValidationError) as refused:
        NamespaceArgs.model_validate({"namespace": "optibid", "labels": {}, "quota": QUOTA})
    assert f"expected the labels {four}; missing: {four}" in str(refused.value)
