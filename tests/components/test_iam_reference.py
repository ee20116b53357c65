"""Policies speak AWS's own words: its reference of actions, resources and condition keys, as policy-sentry keeps it."""

import json
from collections.abc import Iterator
from fnmatch import filter as filter_names
from functools import cache
from typing import Any

import pytest
from policy_sentry.querying.all import get_all_actions
from policy_sentry.querying.arns import get_raw_arns_for_service
from policy_sentry.querying.conditions import get_condition_keys_for_service

from tests.support.shipped import planned

GLOBAL = ("aws:", "token.actions.githubusercontent.com:")
"""Condition keys of every service, and those of the tokens that a CI system signs."""
CONTEXT = "kms:encryptioncontext:"
"""What follows is whatever the caller says."""
CLOUDS = ("staging", "prod")


def statements(stack: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every statement of every policy of a stack, with the resource that holds it."""
    for each in planned(stack):
        for field in ("policy", "assumeRolePolicy", "policyDocument"):
            text = each.inputs.get(field)
            if each.type.startswith("aws:") and isinstance(text, str) and '"Statement"' in text:
                yield from ((each.path, statement) for statement in json.loads(text)["Statement"])


def many(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


@cache
def actions() -> frozenset[str]:
    return frozenset(action.lower() for action in get_all_actions())


def unknown_actions(statement: dict[str, Any]) -> list[str]:
    """The statement's actions that AWS does not have; with a star, those that stand for none."""
    found = many(statement["Action"])
    starred = [asked for asked in found if "*" in asked and filter_names(actions(), asked.lower())]
    return [asked for asked in found if asked not in starred and asked.lower() not in actions()]


def unknown_keys(statement: dict[str, Any]) -> list[str]:
    """The condition keys that are neither global nor of a service of the statement's actions."""
    services = {action.partition(":")[0] for action in many(statement["Action"])}
    known = {key.lower().partition("${")[0] for service in services for key in get_condition_keys_for_service(service)}
    asked = [key for keys in statement.get("Condition", {}).values() for key in keys]
    return [
        key
        for key in asked
        if not key.startswith(GLOBAL) and not key.lower().startswith(CONTEXT) and key.lower() not in known
    ]


@cache
def forms(service: str) -> tuple[str, ...]:
    """What the ARNs of a service look like, with stars where names stand."""
    found: list[str] = []
    for raw in get_raw_arns_for_service(service):
        while "${" in raw:
            before, _, rest = raw.partition("${")
            raw = f"{before}*{rest.partition('}')[2]}"  # noqa: PLW2901 - the same ARN, one name shorter
        found.append(raw)
    return tuple(found)


def unknown_resources(statement: dict[str, Any]) -> list[str]:
    """The ARNs that no type of resource of their service has."""
    named = [resource for resource in many(statement.get("Resource", [])) if resource != "*"]
    return [resource for resource in named if not any(fits(resource, form) for form in forms(resource.split(":")[2]))]


@cache
def fits(one: str, other: str) -> bool:
    """Some text is what both stand for; a star stands for anything."""
    if not one or not other:
        return set(one or other) <= {"*"}
    if one[0] == "*":
        return fits(one[1:], other) or fits(one, other[1:])
    if other[0] == "*":
        return fits(one, other[1:]) or fits(one[1:], other)
    return one[0] == other[0] and fits(one[1:], other[1:])


@pytest.mark.parametrize("stack", CLOUDS)
def test_every_action_is_one_of_aws(stack: str) -> None:
    assert [(path, unknown) for path, each in statements(stack) if (unknown := unknown_actions(each))] == []


@pytest.mark.parametrize("stack", CLOUDS)
def test_every_condition_is_on_a_key_of_its_service(stack: str) -> None:
    assert [(path, unknown) for path, each in statements(stack) if (unknown := unknown_keys(each))] == []


@pytest.mark.parametrize("stack", CLOUDS)
def test_every_resource_has_the_form_of_its_service(stack: str) -> None:
    assert [(path, unknown) for path, each in statements(stack) if (unknown := unknown_resources(each))] == []


def test_what_aws_does_not_have_is_noticed() -> None:
    wrong = {
        "Action": ["s3:GetObjekt", "nothing:*", "s3:GetObject"],
        "Resource": ["arn:aws:kms:us-east-1:111122223333:kee/1", "arn:aws:s3:::shop/*"],
        "Condition": {"StringEquals": {"s3:colour": "red", "s3:x-amz-acl": "private", "aws:SourceAccount": "1"}},
    }
    assert unknown_actions(wrong) == ["s3:GetObjekt", "nothing:*"]
    assert unknown_resources(wrong) == ["arn:aws:kms:us-east-1:111122223333:kee/1"]
    assert unknown_keys({**wrong, "Action": "s3:GetObject"}) == ["s3:colour"]
