"""Policies name what they allow; every star in a stack that ships has been seen and has its reason."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from components.aws.iam import Place, Statement, pod_trust, policy, trust
from tests.support.shipped import planned

PLACE = Place(account="111122223333", region="us-east-1", name="golive-prod")


def test_a_policy_says_what_its_statements_say() -> None:
    read = Statement(
        sid="Read",
        actions=("s3:GetObject", "s3:ListBucket"),
        resources=("arn:aws:s3:::shop",),
        conditions={"StringEquals": {"aws:SourceAccount": "111122223333"}},
    )
    assert json.loads(policy(read)) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:ListBucket"],
                "Resource": "arn:aws:s3:::shop",
                "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
            }
        ],
    }


def test_services_take_roles_on_for_this_account() -> None:
    (statement,) = json.loads(trust("vpc-flow-logs.amazonaws.com", account="111122223333"))["Statement"]
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}
    (statement,) = json.loads(pod_trust("111122223333"))["Statement"]
    assert statement["Action"] == ["sts:AssumeRole", "sts:TagSession"]


def test_names_follow_from_the_place() -> None:
    assert PLACE.role("nodes") == "arn:aws:iam::111122223333:role/golive-prod-nodes"
    assert PLACE.arn("logs", "log-group:*") == "arn:aws:logs:us-east-1:111122223333:log-group:*"
    assert PLACE.by_key("Use", ("kms:Decrypt",), "disks").resources == ("arn:aws:kms:us-east-1:111122223333:key/*",)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"actions": ("*",)}, "expected named actions in the statement Read"),
        ({"actions": ("s3:*",)}, "or the reason for a"),
        ({"resources": ("*",)}, "or the reason for a"),
        ({"principals": {"AWS": ("*",)}}, "or the reason for a"),
        ({"actions": ()}, "at least 1 item"),
        ({"sid": "for reading"}, "match pattern"),
    ],
)
def test_refuses(change: dict[str, Any], words: str) -> None:
    good: dict[str, Any] = {"sid": "Read", "actions": ("s3:GetObject",), "resources": ("arn:aws:s3:::shop/*",)}
    with pytest.raises(ValidationError, match=words):
        Statement.model_validate({**good, **change})


def test_a_reason_or_a_denial_lets_a_star_pass() -> None:
    star = {"sid": "All", "actions": ("s3:*",), "resources": ("*",)}
    assert Statement.model_validate({**star, "reason": "nothing narrower"}).actions == ("s3:*",)
    assert Statement.model_validate({**star, "effect": "Deny"}).document()["Effect"] == "Deny"


def documents(stack: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every statement that allows something in every policy of a stack: kind, resource and statement."""
    for each in planned(stack):
        for field in ("policy", "assumeRolePolicy", "policyDocument"):
            text = each.inputs.get(field)
            if each.type.startswith("aws:") and isinstance(text, str) and '"Statement"' in text:
                for statement in json.loads(text)["Statement"]:
                    if statement["Effect"] == "Allow":
                        yield each.type.rpartition(":")[2], each.name, statement


def many(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


REVIEWED = {
    ("Key", "Resource"): "in the policy of a key the resource * is the key itself",
    ("VpcEndpoint", "Action"): "the service's own actions; whose callers may pass is a condition",
    ("VpcEndpoint", "Resource"): "whatever the service has; whose callers may pass is a condition",
    ("VpcEndpoint", "Principal"): "callers of this account, by condition",
    ("RolePolicy", "Resource"): "secretsmanager:GetRandomPassword touches no resource",
    ("Policy", "Action"): "the CI system's, see UNNAMED",
    ("Policy", "Resource"): "the CI system's, see UNNAMED",
}
"""Where stars may stand, and why AWS has no narrower form."""

UNNAMED = {
    "Services": "the boundary grants nothing; it bounds what roles may be granted, to our services and regions",
    "BrokerSettings": "MSK knows no ARN before the configuration is made",
    "Keys": "the ids of keys are made by AWS",
    "Names": "the ids of zones are made by AWS",
    "Distributions": "the ids of distributions are made by AWS",
    "Certificates": "the ids of certificates are made by AWS",
    "Network": "the ids of a VPC and its parts are made by AWS",
    "Registry": "the settings of a registry have no ARN",
    "LogDelivery": "deliveries and resource policies of CloudWatch Logs have no ARN of ours",
    "Detection": "the ids of detectors are made by AWS",
    "Backups": "the ids of recovery points are made by AWS",
}
"""What the role that deploys may do to every resource of the account and its regions, by statement."""


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_every_star_of_a_shipped_stack_has_been_reviewed(stack: str) -> None:
    found: dict[tuple[str, str], set[str]] = {}
    for kind, name, statement in documents(stack):
        principal = statement.get("Principal", {})
        stars = {
            "Action": any(action.endswith(":*") or action == "*" for action in many(statement["Action"])),
            "Resource": "*" in many(statement.get("Resource", [])),
            "Principal": principal == "*" or any("*" in many(names) for names in principal.values()),
        }
        for part, starred in stars.items():
            if starred:
                found.setdefault((kind, part), set()).add(f"{name}: {' '.join(many(statement['Action']))}")
    assert found.keys() == REVIEWED.keys(), found
    unnamed = {
        statement["Sid"]
        for kind, _name, statement in documents(stack)
        if kind == "Policy" and "*" in many(statement["Resource"])
    }
    assert unnamed == UNNAMED.keys()
    writers = found["RolePolicy", "Resource"]
    assert {each.partition(": ")[2] for each in writers} == {"secretsmanager:GetRandomPassword"}


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_every_action_and_arn_is_spelt_as_aws_spells_them(stack: str) -> None:
    seen = 0
    for _kind, name, statement in documents(stack):
        seen += 1
        assert all(action.count(":") == 1 and not action.startswith(":") for action in many(statement["Action"])), name
        for resource in many(statement.get("Resource", [])):
            assert resource == "*" or (resource.startswith("arn:aws:") and resource.count(":") >= 5), (name, resource)
    assert seen > 50
