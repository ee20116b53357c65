"""What every namespace of a stack must hold."""

from collections.abc import Callable

from guardrails.kubernetes.inventory import Stack
from guardrails.kubernetes.name_index import NAMESPACE
from guardrails.kubernetes.selectors import Match, unless_one_fits
from guardrails.model.findings import Faults
from guardrails.model.resources import Object


def lacking(stack: Stack, kind: str, serves: Callable[[Object], Match], wrong: str) -> Faults:
    """A fault for each namespace of the stack in which no object of a kind, such as `core/ResourceQuota`, serves."""
    for namespace in stack.of(NAMESPACE):
        if not isinstance(namespace.at("metadata", "name").plain, str):
            yield namespace.undecided("metadata", "name")
            continue
        found = (home & serves(each) for each, home in stack.residents.living_in(namespace, kind))
        yield from unless_one_fits(found, namespace.fails(wrong))
