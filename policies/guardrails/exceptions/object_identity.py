"""Which object a finding is about, as waivers and reports name it: kind, namespace, name."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from guardrails.kubernetes.pods import WORKLOADS, pods
from guardrails.model.resources import ANY, Object, Resource, objects
from guardrails.model.values import Unknown
from guardrails.rule import Rule, applicable

_ITEMS = re.compile(r"items\[\d+\](?:\.items\[\d+\])*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity:
    """What an object is called."""

    kind: str
    """`Deployment`, or the last part of another package's type token, such as `Bucket`."""
    namespace: str | None
    """None for an object that says none."""
    name: str
    """Its own name, else the prefix of a generated one, else its name in the program."""
    certain: bool = True
    """Everything that decides what it is called can be read."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """One object of a resource."""

    obj: Object
    identity: Identity
    has_pods: bool
    """It is of a foreign kind and runs pods."""


def opened(resource: Resource) -> dict[str, Opened]:
    """The objects of a resource by their paths: one with the path "", or the items of a list.

    None where the resource can't be opened: the court has refused it then.
    """
    try:
        return {obj.path: _opened(obj, resource) for obj in objects(resource, {})}
    except Exception:  # noqa: BLE001 - see above
        return {}


def item_of(path: str, its: dict[str, Opened]) -> str | None:
    """The path of the object that holds a place; None if it is none's alone."""
    match = _ITEMS.match(path)
    item = match[0] if match else ""
    while item and item not in its:
        item = item.rpartition(".")[0]
    return item if item in its else None


def passes(
    rules: Sequence[Rule], its: dict[str, Opened], broken: Iterable[tuple[str, str | None]]
) -> Iterator[tuple[Rule, str]]:
    """Each rule that was asked of an object, by its path, and found nothing there.

    `broken` holds rule ids and the paths of the objects that they found wrong; None stands for all of them.
    """
    problem = set(broken)
    for item, one in its.items():
        for rule in applicable(tuple(rules), one.obj.id, has_pods=one.has_pods):
            if (rule.id, item) not in problem and (rule.id, None) not in problem:
                yield rule, item


def _opened(obj: Object, resource: Resource) -> Opened:
    has_pods = obj.id not in WORKLOADS and any(True for _ in pods(obj))
    return Opened(obj=obj, identity=_identity(obj, resource), has_pods=has_pods)


def _identity(obj: Object, resource: Resource) -> Identity:
    names = [obj.raw("metadata", key) for key in ("name", "generateName")]
    name = next((text for text in names if isinstance(text, str) and text), "")
    kind = obj.kind.name if obj.kind is not None else obj.id.rpartition(":")[2]
    certain = not isinstance(obj.raw("metadata", "namespace"), Unknown) and obj.id != ANY
    return Identity(
        kind=kind or "item", namespace=obj.namespace, name=name or resource.name, certain=certain and bool(kind)
    )
