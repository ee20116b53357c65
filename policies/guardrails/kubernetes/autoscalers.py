"""How many pods a workload is sure to have: what it says, or what its autoscaler keeps."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from guardrails.kubernetes.selectors import same_namespace
from guardrails.model.answer import Answer, doubtful
from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.model.values import Unknown

SCALER = "autoscaling/HorizontalPodAutoscaler"
TARGET = ("spec", "scaleTargetRef")
HOME = ("metadata", "namespace")


class Scalers:
    """All autoscalers of a stack, by what they scale."""

    def __init__(self, stack: Iterable[Object]) -> None:
        self._by_target: defaultdict[tuple[str, str], defaultdict[str, list[Object]]]
        self._by_target = defaultdict(lambda: defaultdict(list))
        self._open: list[Object] = []
        for obj in stack:
            if obj.id == SCALER and not obj.partial:
                kind, name, home = obj.raw(*TARGET, "kind"), obj.raw(*TARGET, "name"), obj.raw(*HOME)
                if isinstance(kind, Unknown) or isinstance(name, Unknown) or not isinstance(home, str | None):
                    self._open.append(obj)
                elif isinstance(kind, str) and isinstance(name, str):
                    self._by_target[kind, name][home or "default"].append(obj)

    def smallest(self, workload: Object) -> tuple[int, list[Node]]:
        """The least number of pods, and the places that keep it from being certain. Unset means 1."""
        doubts: list[Node] = []
        for scaler, match in self.of(workload):
            if match.certain:
                return _count(scaler.at("spec", "minReplicas"))
            doubts += match.doubts
        count, unknown = _count(workload.at("spec", "replicas"))
        return count, [*doubts, *unknown]

    def of(self, workload: Object) -> Iterator[tuple[Object, Answer]]:
        """The autoscalers that may scale a workload."""
        kind = workload.kind.name if workload.kind else ""
        name, home = workload.at("metadata", "name"), workload.raw(*HOME)
        near: Iterable[Object] = ()
        if isinstance(name.plain, str):
            homes: Mapping[str, list[Object]] = self._by_target.get((kind, name.plain), {})
            there = [home or "default"] if isinstance(home, str | None) else list(homes)
            near = [obj for each in there for obj in homes.get(each, ())]
        elif isinstance(name.plain, Unknown):
            targets = (homes for target, homes in self._by_target.items() if target[0] == kind)
            near = [obj for homes in targets for all_ in homes.values() for obj in all_]
        for scaler in (*near, *self._open):
            places = [scaler.at(*TARGET, "kind"), scaler.at(*TARGET, "name"), name]
            open_ = [place for place in places if isinstance(place.plain, Unknown)]
            match = same_namespace(scaler, workload) & doubtful(*open_)
            if match.possible and all(
                _agree(place, own) for place, own in zip(places, (kind, name.plain), strict=False)
            ):
                yield scaler, match


def _agree(place: Node, own: object) -> bool:
    return isinstance(place.plain, Unknown) or isinstance(own, Unknown) or place.plain == own


def _count(place: Node) -> tuple[int, list[Node]]:
    if place.plain is None:
        return 1, []
    if isinstance(place.plain, int) and not isinstance(place.plain, bool):
        return place.plain, []
    return 0, [place]
