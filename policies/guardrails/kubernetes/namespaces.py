"""What every namespace of a stack must hold."""

from collections.abc import Callable

from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.name_index import NAMESPACE
from guardrails.model.answer import Answer, either
from guardrails.model.findings import Violations
from guardrails.model.resources import Object


def lacking(stack: Inventory, kind: str, serves: Callable[[Object], Answer], problem: str) -> Violations:
    """A fault for each namespace of the stack in which no object of a kind, such as `core/ResourceQuota`, serves."""
    for namespace in stack.of(NAMESPACE):
        if not isinstance(namespace.at("metadata", "name").plain, str):
            yield namespace.undecided("metadata", "name")
            continue
        matches = (home & serves(each) for each, home in stack.name_index.living_in(namespace, kind))
        yield from either(matches).unless(namespace.fails(problem))
