"""What the rules of a `Role` or a `ClusterRole` allow, when parts of them may be unknown."""

from collections.abc import Mapping

from guardrails.model.answer import NO, YES, Answer, doubtful
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.values import Unknown

ROLES = frozenset({"rbac.authorization.k8s.io/ClusterRole", "rbac.authorization.k8s.io/Role"})
BINDINGS = frozenset({"rbac.authorization.k8s.io/ClusterRoleBinding", "rbac.authorization.k8s.io/RoleBinding"})
EVERYTHING = "*"


def grants(rule: Node, wanted: Mapping[str, frozenset[str]]) -> Answer:
    """A role's rule names one of the wanted words in each of these fields. `*` has to be among the wanted."""
    match = YES
    for field, words in wanted.items():
        named = rule.raw(field)
        if isinstance(named, list) and all(isinstance(entry, str) for entry in named):  # as nearly always
            if words.isdisjoint(named):
                return NO
            continue
        match = match & _names_one(rule.at(field), words)
        if not match.possible:
            break
    return match


def unnamed(rule: Node) -> Answer:
    """A role's rule is not narrowed down to the objects that it names."""
    names = rule.at("resourceNames")
    if isinstance(names.plain, list | None):
        return NO if names.plain else YES
    return doubtful(names)


def refused(match: Answer, rule: Node, problem: str) -> Violations:
    """A fault for what a rule grants, or what keeps us from knowing."""
    if match.certain:
        yield rule.fails(problem)
    else:
        yield from (doubt.undecided() for doubt in match.doubts)


def _names_one(place: Node, words: frozenset[str]) -> Answer:
    if place.plain is not None and not isinstance(place.plain, list):
        return doubtful(place)
    named = place.plain or []
    if any(isinstance(entry, str) and entry in words for entry in named):
        return YES
    doubts = tuple(entry for entry in place.elements() if isinstance(entry.plain, Unknown))
    return Answer(bool(doubts), doubts) if doubts else NO
