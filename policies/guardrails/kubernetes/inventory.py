"""All objects of one cluster together, with the indexes that rules look things up in. Each is made once, when asked."""

from collections.abc import Iterable
from functools import cached_property

from guardrails.kubernetes.autoscalers import Scalers
from guardrails.kubernetes.monitors import Targets
from guardrails.kubernetes.name_index import NameIndex
from guardrails.kubernetes.operator_pods import Operators
from guardrails.kubernetes.pod_templates import Templates
from guardrails.kubernetes.route_backends import Backends
from guardrails.model.resources import Object


class Inventory(list[Object]):
    """The objects in their order. Nobody changes it once it is made."""

    def of(self, *kinds: str) -> Iterable[Object]:
        """The objects of these kinds, such as `core/Service`, in their order within each. Patches are left out."""
        return (obj for kind in kinds for obj in self._by_kind.get(kind, ()))

    @cached_property
    def templates(self) -> Templates:
        """The pods that it would run."""
        return Templates(self)

    @cached_property
    def name_index(self) -> NameIndex:
        """Its objects by name and namespace."""
        return NameIndex(self)

    @cached_property
    def operators(self) -> Operators:
        """What operators make pods and Services of."""
        return Operators(self)

    @cached_property
    def scalers(self) -> Scalers:
        """Its autoscalers."""
        return Scalers(self)

    @cached_property
    def backends(self) -> Backends:
        """The Services that routes may lead to."""
        return Backends(self.name_index, self.operators)

    @cached_property
    def targets(self) -> Targets:
        """What monitors may scrape."""
        return Targets(self.of("core/Service"), self.templates)

    @cached_property
    def _by_kind(self) -> dict[str, list[Object]]:
        by_kind: dict[str, list[Object]] = {}
        for each in self:
            if not each.partial:
                by_kind.setdefault(each.id, []).append(each)
        return by_kind
