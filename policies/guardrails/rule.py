"""A rule: one question, with its reason, its cure and its proof, in one frozen record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.model.resources import ANY, Object, Resource


class Severity(StrEnum):
    """How much harm a breach does; CrossGuard's own scale."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True)
class EachPod:
    """Ask of every pod that a resource would run, in the rule's kinds and in kinds of foreign controllers."""

    check: Callable[[Pod], Violations]


@dataclass(frozen=True)
class EachObject:
    """Ask of every object of the rule's kinds."""

    check: Callable[[Object], Violations]


@dataclass(frozen=True)
class WholeStack:
    """Ask once, of all objects of the stack together. `kinds` says which ones it looks at."""

    check: Callable[[Inventory], Violations]


Check: TypeAlias = EachPod | EachObject | WholeStack


@dataclass(frozen=True, kw_only=True)
class BadExample:
    """Resources that the rule must refuse, and the words it must refuse them with, one for each fault."""

    resources: tuple[Resource, ...]
    says: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Rule:
    """Everything known about one rule, so that nothing about it lives elsewhere. A rule equals itself only.

    The check is a pure generator over views of plain data. It yields one fault for each thing that is wrong and
    nothing when all is well. It need not think of unknown values: the views note each one that it reads, see
    `guardrails.model.node`.
    """

    id: str
    """Lower-case words with hyphens; the file's name, with underscores."""
    title: str
    """What is true of a stack that keeps the rule; no full stop."""
    why: str
    """The harm that it prevents."""
    fix: str
    """What to do about a breach; the last sentence of every message."""
    severity: Severity
    covers: tuple[str, ...]
    """The checklist lines that it answers, as `document:line`."""
    kinds: frozenset[str]
    """The kinds it looks at, as `group/Kind`, whatever the version; as type tokens, or `package:*` for all of one."""
    check: Check
    allows: Mapping[str, tuple[Resource, ...]]
    """Named examples without a fault."""
    refuses: Mapping[str, BadExample]
    """Named examples with every fault spelt out."""
    known_after_deploy: tuple[str, ...] = ()
    """Fields, with dots and without positions, whose value only AWS can make, such as the ARN of a key of the same
    program. There, and nowhere else, a value that is known only after deployment counts as given."""

    @property
    def is_about_stack(self) -> bool:
        """It needs all resources at once."""
        return isinstance(self.check, WholeStack)

    @property
    def is_about_account(self) -> bool:
        """It looks at what other packages than Kubernetes make, which belongs to no cluster."""
        return any(":" in kind for kind in self.kinds)


@lru_cache(maxsize=1024)
def applicable(rules: tuple[Rule, ...], id_: str, *, has_pods: bool) -> tuple[Rule, ...]:
    """The rules that an object of this kind must answer, alone or with others; every one if it could be of any kind."""
    foreign = has_pods and id_ not in WORKLOADS
    # A type token is no Kubernetes kind, and may belong to a package of which a rule asks everything.
    kinds = {id_, f"{id_.partition(':')[0]}:{ANY}"} if ":" in id_ else {id_, ANY}
    return tuple(
        rule for rule in rules if kinds & rule.kinds or id_ == ANY or (foreign and isinstance(rule.check, EachPod))
    )
