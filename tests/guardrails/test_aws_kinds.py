"""What the rules about AWS read exists: each kind, and each field of their examples, in the installed `pulumi_aws`.

A field that is spelt wrong is never there, so a rule that asks for it would refuse everything or pass everything.
"""

from collections.abc import Iterator

import pytest
from guardrails import Resource
from guardrails.model.values import Plain
from guardrails.rule import Rule
from guardrails.rules.aws import RULES

from toolchain.plugins import shapes

PACKAGE = "aws:"
CASES = [pytest.param(rule, id=rule.id) for rule in RULES]


def resources(rule: Rule) -> Iterator[Resource]:
    """Every AWS resource of the rule's examples."""
    refused = (bad_example.resources for bad_example in rule.refuses.values())
    yield from (each for example in (*rule.allows.values(), *refused) for each in example if _is_ours(each.type))


def strangers(value: Plain, shape: shapes.Shape, path: str) -> Iterator[str]:
    """The places below that the shape does not know."""
    if isinstance(value, list) and isinstance(shape, shapes.ListOf):
        for item in value:
            yield from strangers(item, shape.items, path)
    elif isinstance(value, dict) and isinstance(shape, shapes.Object):
        for name, below in value.items():
            if name not in shape.properties:
                yield f"{path}.{name}"
            else:
                yield from strangers(below, shape.properties[name], f"{path}.{name}")


def _is_ours(token: str) -> bool:
    return token.startswith(PACKAGE)


@pytest.mark.parametrize("rule", CASES)
def test_every_kind_exists(rule: Rule) -> None:
    assert [kind for kind in sorted(filter(_is_ours, rule.kinds)) if shapes.resource(kind) is None] == []


@pytest.mark.parametrize("rule", CASES)
def test_every_field_of_an_example_exists(rule: Rule) -> None:
    unknown: set[str] = set()
    for each in resources(rule):
        known = shapes.resource(each.type)
        assert known is not None, each.type
        fields = {key: value for key, value in each.props.items() if key != "metadata"}  # type: ignore[union-attr]  # made
        unknown |= set(strangers(fields, known.inputs, each.type)) - {f"{each.type}.tagsAll"}
    assert unknown == set()


def test_a_wrong_name_is_noticed() -> None:
    known = shapes.resource("aws:ec2/instance:Instance")
    assert known is not None
    wrong: Plain = {"associatePublicIp": True, "rootBlockDevice": {"encryption": True, "encrypted": True}}
    assert list(strangers(wrong, known.inputs, "")) == [".associatePublicIp", ".rootBlockDevice.encryption"]
