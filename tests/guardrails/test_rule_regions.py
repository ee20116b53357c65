"""Names are unique in a region: the pack reads it from a resource or, where it says none, from its provider."""

from typing import Any

import pytest
from guardrails import RULES, Resource
from guardrails.examples.aws import aws_resource
from pulumi.runtime import proto
from pulumi_policy import proxy

from tests.support.rule_forms import analyzer, request

RULE = [rule for rule in RULES if rule.id == "backup-vault-locked"]
VAULT, LOCK = "aws:backup/vault:Vault", "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
OPEN = "lets backups be deleted before thirty days"
HERE, THERE = "us-east-1", "us-west-2"
UNKNOWN = proxy.UNKNOWN_STRING_VALUE


def through(resource: Resource, region: str | None) -> Any:  # noqa: ANN401 - a protobuf message
    """The engine's question about a resource whose provider has this region."""
    asked = request(resource)
    asked.provider.CopyFrom(proto.AnalyzerProviderResource(type="pulumi:providers:aws", urn="urn:aws", name="aws"))
    if region is not None:
        asked.provider.properties.update({"region": region})
    return asked


def said(vault: str | None, lock: str | None, **own: str) -> list[str]:
    """What a preview says of a vault and a lock, which come through providers of these regions."""
    pack = analyzer(RULE)
    stack = proto.AnalyzeStackRequest()
    for resource, region in (
        (aws_resource(VAULT, "vault", name="main")[0], vault),
        (aws_resource(LOCK, "lock", backupVaultName="main", minRetentionDays=30, **own)[0], lock),
    ):
        asked = through(resource, region)
        pack.Analyze(asked, None)
        stack.resources.add(type=asked.type, name=asked.name, urn=asked.urn)
    return [line.message for line in pack.AnalyzeStack(stack, None).diagnostics]


@pytest.mark.parametrize(("vault", "lock"), [(HERE, HERE), (None, None)])
def test_a_lock_of_the_same_region_holds(vault: str | None, lock: str | None) -> None:
    assert said(vault, lock) == []


def test_a_lock_of_another_provider_s_region_is_none() -> None:
    (message,) = said(HERE, THERE)
    assert OPEN in message


def test_what_the_resource_says_comes_before_what_its_provider_says() -> None:
    assert said(HERE, THERE, region=HERE) == []
    (message,) = said(HERE, HERE, region=THERE)
    assert OPEN in message


@pytest.mark.parametrize(("vault", "lock"), [(HERE, None), (None, HERE), (HERE, UNKNOWN)])
def test_where_one_region_is_not_known_nobody_can_decide(vault: str | None, lock: str | None) -> None:
    (message,) = said(vault, lock)
    assert "cannot be decided at preview: region" in message
