"""What one stack puts into several clusters is judged cluster by cluster."""

from dataclasses import replace
from typing import Any

import pytest
from guardrails import RULES, Resource, evaluate
from guardrails.examples.kubernetes import declared, running
from guardrails.model.values import Plain
from pulumi.runtime import proto
from pulumi_policy import proxy

from tests.support.rule_forms import analyzer, request, secret

SERVICE = declared("kubernetes:core/v1:Service", "api", spec={"selector": {"app": "api"}, "ports": [{"port": 80}]})
PODS = running()
RULE = [rule for rule in RULES if rule.id == "service-selects-pods"]
SAYS = "Service shop/api selects no pod of its namespace"
WEST, EAST = {"kubeconfig": "server: west"}, {"kubeconfig": "server: east"}


def test_pods_of_another_cluster_answer_nobody() -> None:
    there = replace(PODS, cluster="west")
    assert [finding.says for finding in evaluate([SERVICE, there], RULE)] == [SAYS]
    assert evaluate([replace(SERVICE, cluster="west"), there], RULE) == []


def through(resource: Resource, provider: str, properties: dict[str, Any]) -> Any:  # noqa: ANN401 - a protobuf message
    """The engine's question about a resource of a provider."""
    asked = request(resource)
    name = f"urn:pulumi:prod::golive::pulumi:providers:kubernetes::{provider}"
    asked.provider.CopyFrom(proto.AnalyzerProviderResource(type="pulumi:providers:kubernetes", urn=name, name=provider))
    asked.provider.properties.update(properties)
    return asked


def said(service: tuple[str, dict[str, Any]], pods: tuple[str, dict[str, Any]]) -> bool:
    """Whether a preview finds the Service without pods when both come through these providers."""
    pack = analyzer(RULE)
    stack = proto.AnalyzeStackRequest()
    for resource, provider in ((SERVICE, service), (PODS, pods)):
        asked = through(resource, *provider)
        pack.Analyze(asked, None)
        stack.resources.add(type=asked.type, name=asked.name, urn=asked.urn)
    return any(SAYS in line.message for line in pack.AnalyzeStack(stack, None).diagnostics)


UNKNOWN: dict[str, Plain] = {"kubeconfig": proxy.UNKNOWN_STRING_VALUE}


@pytest.mark.parametrize(
    ("service", "pods", "apart"),
    [
        (("default", {}), ("default", {}), False),
        (("default_4_34_2", {"version": "4.34.2"}), ("default", {}), False),
        (("one", WEST), ("one", WEST), False),
        (("one", WEST), ("other", {**WEST, "namespace": "shop"}), False),
        (("one", {"kubeconfig": secret("server: west")}), ("other", {"kubeconfig": secret("server: west")}), False),
        (("one", WEST), ("other", EAST), True),
        (("one", {"context": "west"}), ("other", {"context": "east"}), True),
        (("one", UNKNOWN), ("other", UNKNOWN), True),
        (("one", UNKNOWN), ("one", UNKNOWN), False),
    ],
)
def test_providers_tell_clusters_apart(
    service: tuple[str, dict[str, Any]], pods: tuple[str, dict[str, Any]], *, apart: bool
) -> None:
    assert said(service, pods) is apart
