"""Each rule's own examples notice when the rule is broken: inverted, blind to a kind, or blind to some containers."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from guardrails import RULES, Verdict, evaluate
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.pods import LISTS, WORKLOADS, Container, Pod, Role
from guardrails.model.findings import Violation, Violations
from guardrails.rule import EachObject, EachPod, Rule, WholeStack


def survives(rule: Rule, mutant: Rule) -> bool:
    """The mutant gives the rule's own answer to every one of the rule's examples."""
    allowed = all(not evaluate(example, [mutant]) for example in rule.allows.values())
    return allowed and all(
        [finding.says for finding in evaluate(example.resources, [mutant])] == list(example.says)
        for example in rule.refuses.values()
    )


def inverted(rule: Rule) -> Rule:
    """Refuses what the rule allows, and allows what it refuses."""

    def turned(faults: Violations) -> Violations:
        if not list(faults):
            yield Violation(verdict=Verdict.FAIL, urn="", where="", path="", says="turned")

    check = rule.check
    if isinstance(check, EachPod):
        about_pod = check.check
        return replace(rule, check=EachPod(lambda pod: turned(about_pod(pod))))
    if isinstance(check, EachObject):
        about_object = check.check
        return replace(rule, check=EachObject(lambda found: turned(about_object(found))))
    about_stack = check.check
    return replace(rule, check=WholeStack(lambda stack: turned(about_stack(stack))))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_inverting_it_is_noticed(rule: Rule) -> None:
    assert not survives(rule, inverted(rule))


def without(check: WholeStack, kind: str) -> WholeStack:
    """A check of the whole stack that sees no object of a kind."""
    return WholeStack(lambda stack: check.check(Inventory(found for found in stack if found.id != kind)))


def blind_to(rule: Rule, kind: str) -> Rule:
    """The rule without one of its kinds."""
    check = without(rule.check, kind) if isinstance(rule.check, WholeStack) else rule.check
    return replace(rule, kinds=rule.kinds - {kind}, check=check)


WITH_OWN_KINDS = [rule for rule in RULES if rule.kinds != WORKLOADS]
"""The other rules see every kind of workload or none: `test_moving_the_pod_keeps_the_verdict` asks them about each."""
KINDS = [
    pytest.param(r, kind, id=f"{r.id}: {kind}")
    for r in WITH_OWN_KINDS
    for kind in sorted(r.kinds)
    # One workload stands for all of them: the traversal, which its own tests ask about each, knows no other difference.
    if not (kind in WORKLOADS and isinstance(r.check, EachPod | WholeStack))
]


@pytest.mark.parametrize(("rule", "kind"), KINDS)
def test_dropping_a_kind_is_noticed(rule: Rule, kind: str) -> None:
    assert not survives(rule, blind_to(rule, kind))


Listed = Callable[[Pod, Role], Iterator[Container]]


def sidecars_lost(listed: Listed) -> Listed:
    """Init containers without those that go on running."""

    def lost(pod: Pod, role: Role) -> Iterator[Container]:
        return (each for each in listed(pod, role) if not each.is_sidecar)

    return lost


def role_lost(role: Role) -> Callable[[Listed], Listed]:
    """No containers of one role."""

    def losing(listed: Listed) -> Listed:
        return lambda pod, asked: iter(()) if asked is role else listed(pod, asked)

    return losing


BLIND = {
    "main containers": ("containers", role_lost(Role.MAIN)),
    "init containers": ("initContainers", role_lost(Role.INIT)),
    "ephemeral containers": ("ephemeralContainers", role_lost(Role.EPHEMERAL)),
    "sidecars": ("initContainers", sidecars_lost),
}


def asked_of(rule: Rule) -> set[str]:
    """Which lists of containers the rule reads at all, found out by what it asks a pod for."""
    seen: set[str] = set()
    original = Pod.listed

    def spy(pod: Pod, role: Role) -> Iterator[Container]:
        seen.add(LISTS[role])
        return original(pod, role)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pod, "listed", spy)
        for example in (*rule.allows.values(), *(bad_example.resources for bad_example in rule.refuses.values())):
            evaluate(example, [rule])
    return seen


ABOUT_PODS = [rule for rule in RULES if isinstance(rule.check, EachPod)]


@pytest.mark.parametrize("blindness", BLIND)
@pytest.mark.parametrize("rule", ABOUT_PODS, ids=lambda rule: rule.id)
def test_overlooking_containers_is_noticed(rule: Rule, blindness: str, monkeypatch: pytest.MonkeyPatch) -> None:
    field, blind = BLIND[blindness]
    if field not in asked_of(rule):
        return  # it asks the pod alone, or the API gives such containers nothing that it asks for
    monkeypatch.setattr(Pod, "listed", blind(Pod.listed))
    assert not survives(rule, rule)
