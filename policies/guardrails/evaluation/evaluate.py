"""Where rules and resources meet. Nothing here knows how resources arrive or where findings go."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.pods import Pod, pods
from guardrails.model.findings import Finding, Violation, rule_error
from guardrails.model.node import Record
from guardrails.model.resources import Object, Resource, objects
from guardrails.rule import EachObject, EachPod, Rule, WholeStack, applicable
from guardrails.rules import RULES

T = TypeVar("T")


def evaluate(resources: Iterable[Resource], rules: Sequence[Rule] = RULES) -> list[Finding]:
    """Every fault of every resource, alone and together, in the order of resources and then of rules."""
    stack = list(resources)
    alone = [finding for resource in stack for finding in evaluate_resource(resource, rules)]
    return alone + evaluate_stack(stack, rules)


def evaluate_resource(resource: Resource, rules: Sequence[Rule]) -> list[Finding]:
    """What the rules about single resources find in this one."""
    record: Record = {}
    try:
        cases = [(obj, tuple(pods(obj))) for obj in objects(resource, record)]
    except Exception as error:  # noqa: BLE001 - whatever it was, a resource that can't be opened is refused
        alone = (rule for rule in rules if not rule.is_about_stack)
        return refuse_all(alone, resource.urn, f"{resource.type} {resource.name}", error)
    findings: list[Finding] = []
    for obj, its_pods in cases:
        for rule in applicable(tuple(rules), obj.id, has_pods=bool(its_pods)):
            findings += _findings(rule, record, obj, its_pods)
    return findings


def evaluate_stack(resources: Iterable[Resource], rules: Sequence[Rule]) -> list[Finding]:
    """What the rules about whole stacks find, in one cluster after the other, or in the account around them.

    A resource that can't be opened costs the stack each of these rules.
    """
    together = [rule for rule in rules if rule.is_about_stack]
    record: Record = {}
    try:
        clusters: defaultdict[str, Inventory] = defaultdict(Inventory)
        for resource in resources:
            clusters[resource.cluster].extend(objects(resource, record))
    except Exception as error:  # noqa: BLE001 - as above
        return refuse_all(together, "", "the stack", error)
    everything = Inventory(obj for stack in clusters.values() for obj in stack)
    findings: list[Finding] = []
    for rule in together:
        if isinstance(rule.check, WholeStack):
            for stack in [everything] if rule.is_about_account else clusters.values():
                findings += _collect(rule, record, "", "the stack", rule.check.check, stack)
    return findings


def refuse_all(rules: Iterable[Rule], urn: str, where: str, error: Exception) -> list[Finding]:
    """When a resource can't even be read, no rule has passed."""
    return [Finding.of(rule.id, rule.fix, rule_error(urn, where, rule.id, error)) for rule in rules]


def _findings(rule: Rule, record: Record, obj: Object, its_pods: tuple[Pod, ...]) -> list[Finding]:
    if isinstance(rule.check, EachPod):
        ask = rule.check.check
        return [each for pod in its_pods for each in _collect(rule, record, obj.urn, obj.where, ask, pod)]
    if isinstance(rule.check, EachObject):
        return _collect(rule, record, obj.urn, obj.where, rule.check.check, obj)
    return []


def _collect(
    rule: Rule, record: Record, urn: str, where: str, ask: Callable[[T], Iterator[Violation]], subject: T
) -> list[Finding]:
    """Let one rule speak, then add what it read and couldn't know. What it said before it crashed still counts."""
    record.clear()
    faults: list[Violation] = []
    try:
        faults.extend(ask(subject))
    except Exception as error:  # noqa: BLE001 - a rule that crashes refuses, whatever made it crash
        faults.append(rule_error(urn, where, rule.id, error))
    if not faults and not record:
        return []
    # A failure said of a value that can't be known is the careless rule's mistake: the honest answer takes its place.
    honest = [fault for fault in faults if (fault.urn, fault.where, fault.path) not in record] + list(record.values())
    return [Finding.of(rule.id, rule.fix, fault) for fault in dict.fromkeys(honest)]
