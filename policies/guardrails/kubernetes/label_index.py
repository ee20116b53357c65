"""Things that carry labels in a namespace, found by what they carry.

Looking each selector up in an index keeps rules about whole stacks linear in the number of objects.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Generic, TypeAlias, TypeVar

from guardrails.kubernetes.selectors import GIVEN
from guardrails.model.values import Plain, Unknown

T = TypeVar("T")
Key: TypeAlias = tuple[str, str, str | None]
"""Namespace, label and value; None for a value that is unknown."""


class LabelIndex(Generic[T]):
    """An index that leaves nothing out which could carry what is wanted."""

    def __init__(self) -> None:
        self._by_label: defaultdict[Key, list[T]] = defaultdict(list)
        self._by_namespace: defaultdict[str, list[T]] = defaultdict(list)
        self._open: list[T] = []

    def add(self, each: T, namespace: Plain, labels: Plain) -> None:
        """Take one in, with its namespace and its labels, either of which may be unknown."""
        if not isinstance(namespace, str | None) or not isinstance(labels, dict | None):
            self._open.append(each)
            return
        home = namespace or "default"
        self._by_namespace[home].append(each)
        for key, value in (labels or {}).items():
            if isinstance(value, str):
                self._by_label[home, key, value].append(each)
            elif isinstance(value, Unknown):
                self._by_label[home, key, None].append(each)

    def everywhere(self) -> Iterator[T]:
        """All of them."""
        yield from self._open
        for each in self._by_namespace.values():
            yield from each

    def near(self, namespace: Plain, labels: Plain) -> Iterator[T]:
        """Those in a namespace that may carry all of these labels, and maybe more."""
        if not isinstance(namespace, str | None):
            yield from self.everywhere()
            return
        yield from self._open
        home = namespace or "default"
        known = labels if isinstance(labels, dict) else {}
        pairs = [(home, key, value) for key, value in known.items() if isinstance(value, str) and key not in GIVEN]
        if not pairs:
            yield from self._by_namespace.get(home, ())
            return
        rarest = min(pairs, key=lambda pair: len(self._by_label.get(pair, ())))
        yield from self._by_label.get(rarest, ())
        yield from self._by_label.get((*rarest[:2], None), ())
