"""The forms in which the same resource reaches the rules, and small changes to plain trees."""

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from guardrails import RULES, evaluate
from guardrails.exceptions.enforcement import OWN
from guardrails.model.resources import Resource
from guardrails.model.values import Plain, Unknown
from guardrails.pack import SIGNS, Analyzer, policies
from guardrails.rule import Rule
from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel, proxy

Place = tuple[str | int, ...]

UNKNOWN_TEXT = proxy.UNKNOWN_STRING_VALUE
HIDDEN = "hunter2-hidden"
ADVISORY, MANDATORY = proto.ADVISORY, proto.MANDATORY


def wire(value: Plain) -> Any:  # noqa: ANN401 - whatever JSON can say
    """The value as the engine sends it: every number a float, every unknown a sentinel."""
    if isinstance(value, Unknown):
        return UNKNOWN_TEXT
    if isinstance(value, dict):
        return {key: wire(item) for key, item in value.items()}
    if isinstance(value, list):
        return [wire(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def secret(value: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON can say
    """The value as the engine wraps a secret."""
    return {SIGNS.signature_key: SIGNS.secret_signature, "value": value}


def request(resource: Resource) -> Any:  # noqa: ANN401 - protobuf messages are built at run time
    """The engine's question about one resource."""
    asked = proto.AnalyzeRequest(type=resource.type, name=resource.name, urn=resource.urn)
    asked.properties.update(wire(resource.props))
    asked.options.ignoreChanges.extend(sorted(resource.ignored_changes))
    return asked


def as_struct(resource: Resource) -> Resource:
    """Through the engine's message."""
    asked = request(resource)
    read = Resource.read(asked.type, asked.name, asked.properties, asked.urn, SIGNS)
    return replace(read, ignored_changes=frozenset(asked.options.ignoreChanges))


def as_proxy(resource: Resource) -> Resource:
    """Through the SDK's checking proxies."""
    props = proxy.unknown_checking_proxy(wire(resource.props))
    return replace(
        Resource.read(resource.type, resource.name, props, resource.urn, SIGNS),
        ignored_changes=resource.ignored_changes,
    )


def as_plain(resource: Resource) -> Resource:
    """As a YAML reader gives it."""
    return replace(resource, props=Resource.read(resource.type, resource.name, copy.deepcopy(resource.props)).props)


FORMS: dict[str, Callable[[Resource], Resource]] = {"plain": as_plain, "proxy": as_proxy, "struct": as_struct}


def places(tree: Plain, here: Place = ()) -> Iterator[Place]:
    """Every place below the root."""
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in steps:
        yield (*here, key)
        yield from places(value, (*here, key))


def standing(resource: Resource, place: Place) -> Any:  # noqa: ANN401 - whatever stands there
    """The value at one place."""
    value: Any = resource.props
    for key in place:
        value = value[key]
    return value


def changed(resource: Resource, place: Place, value: Plain) -> Resource:
    """The resource with another value at one place."""
    props: Any = copy.deepcopy(resource.props)
    spot = props
    for key in place[:-1]:
        spot = spot[key]
    spot[place[-1]] = value
    return replace(resource, props=props)


class Offline(Analyzer):
    """The pack as the engine speaks to it, without a server or a deployment around it."""

    def _configure_runtime_settings(self) -> None:
        """There is no deployment to learn from."""


def analyzer(rules: Sequence[Rule] = RULES) -> Any:  # noqa: ANN401 - the SDK's servicer is untyped
    """An analyzer that serves these rules' policies."""
    return Offline("golive-guardrails", "0.0.1", policies([*rules, *OWN]), EnforcementLevel.MANDATORY)


POD = ("spec", "template", "spec")
CONTAINERS = (*POD, "containers")


def said(resources: tuple[Resource, ...], rule: Rule) -> list[str]:
    """What one rule says about these resources, without its fix."""
    return [finding.says for finding in evaluate(resources, [rule])]
