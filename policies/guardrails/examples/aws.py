"""Example AWS resources."""

from collections.abc import Iterable
from dataclasses import replace

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.resources import Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import BadExample


def aws_resource(type_: str, called: str = "shop", /, **props: Plain) -> tuple[Resource, ...]:
    """One AWS resource, as an example."""
    bare = declared(type_, called, namespace=None)
    return (replace(bare, props={**(bare.props if isinstance(bare.props, dict) else {}), **props}),)


def aws_resource_at(kind: str, path: str, value: Plain) -> tuple[Resource, ...]:
    """An example of a kind with one value, at a place that is written with dots."""
    first, *below = path.split(".")
    for name in reversed(below):
        value = {name: value}
    return aws_resource(kind, **{first: value})


def in_kinds(example: BadExample, kinds: Iterable[str]) -> dict[str, BadExample]:
    """The same refusal of one resource in each of these kinds that is not its own, under the kind's name."""
    (resource,) = example.resources
    examples: dict[str, BadExample] = {}
    for kind in sorted(set(kinds) - {resource.type}):
        old, new = (f"{each.rpartition(':')[2]} " for each in (resource.type, kind))
        other = replace(resource, type=kind, urn=resource.urn.replace(resource.type, kind))
        examples[kind] = BadExample(resources=(other,), says=tuple(says.replace(old, new, 1) for says in example.says))
    return examples


def key_examples(
    kind: str, field: tuple[str, ...], problem: str
) -> tuple[dict[str, tuple[Resource, ...]], dict[str, BadExample]]:
    """What a rule allows and refuses that asks one kind for a key of ours, in this field."""

    def keyed(key: Plain) -> tuple[Resource, ...]:
        value = key
        for name in reversed(field[1:]):
            value = {name: value}
        return aws_resource(kind, **{field[0]: value})

    says = f"{kind.rpartition(':')[2]} shop {problem}"
    allows = {
        "a key": keyed("arn:aws:kms:us-east-1:111122223333:key/shop"),
        "one of the same program": keyed(Unknown.LATER),
    }
    refuses = {
        "unset": bad_example(aws_resource(kind), says),
        "null": bad_example(keyed(None), says),
        "empty": bad_example(keyed(""), says),
        "AWS's own": bad_example(keyed("alias/aws/service"), says),
    }
    return allows, refuses
