"""The objects of a stack, found by kind, name and namespace, when any of these may be unknown."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from guardrails.kubernetes.selectors import same_home, same_namespace
from guardrails.model.answer import NO, YES, Answer, doubtful
from guardrails.model.node import Node
from guardrails.model.resources import ANY, Kind, Object
from guardrails.model.values import Plain, Unknown

NAMESPACE = "core/Namespace"
HOME = ("metadata", "namespace")


class NameIndex:
    """All objects that a stack makes. Patches make none."""

    def __init__(self, stack: Iterable[Object]) -> None:
        self._by_name: defaultdict[tuple[str, str], defaultdict[str | None, list[Object]]]
        self._by_name = defaultdict(lambda: defaultdict(list))
        self._by_home: defaultdict[tuple[str, str], list[Object]] = defaultdict(list)
        self._nameless: list[Object] = []
        self._homeless: list[Object] = []
        self._homes: set[str] = set()
        for obj in stack:
            if not obj.partial and obj.kind is not None:
                self._add(obj, obj.kind)

    def called(self, asker: Object, api_version: Node, kind: Node, name: Node) -> Iterator[Answer]:
        """Which objects of the asker's namespace may be the one that a reference means. No `apiVersion` means any."""
        for obj in (*self._named(asker.at(*HOME), str(kind.plain), name.plain), *self._nameless):
            if obj.id == ANY:
                yield doubtful(obj)
            elif obj.kind is not None:
                yield same_namespace(asker, obj) & _is(obj.kind, api_version, kind) & _has(obj, name)

    def known_as(self, id_: str, name: Node, home: Node) -> Iterator[tuple[Object, Answer]]:
        """The objects of a kind, such as `core/Service`, that may bear a name in the namespace that `home` says."""
        for obj in (*self._named(home, id_.rpartition("/")[2], name.plain), *self._nameless):
            if obj.id in {id_, ANY}:
                match = doubtful(obj) if obj.id == ANY else same_home(home, obj) & _has(obj, name)
                if match.possible:
                    yield obj, match

    def are_in(self, home: Node) -> Answer:
        """The stack makes the namespace that `home` says, or something in it."""
        if not isinstance(home.plain, str | None):
            return doubtful(home)
        if (home.plain or "default") in self._homes:
            return YES
        homeless = [obj.at(*HOME) for obj in self._homeless]
        return Answer(possible=bool(homeless), doubts=tuple(homeless))

    def living_in(self, namespace: Object, kind: str) -> Iterator[tuple[Object, Answer]]:
        """The objects of a kind, such as `core/ResourceQuota`, that may live in a namespace of the stack."""
        name = namespace.at("metadata", "name").plain
        for obj in self._by_home.get((kind, name), ()) if isinstance(name, str) else ():
            yield obj, YES
        for obj in self._homeless:
            if obj.id in {kind, ANY}:
                yield obj, doubtful(obj.at("metadata", "namespace"))

    def _named(self, home: Node, kind: str, name: Plain) -> Iterator[Object]:
        """The objects of this name that can't be known to live in another namespace than the one that `home` says."""
        homes = self._by_name.get((kind, name)) if isinstance(name, str) else None
        own = home.plain
        if homes is not None:
            for each in [own or "default", None] if isinstance(own, str | None) else list(homes):
                yield from homes.get(each, ())

    def _add(self, obj: Object, kind: Kind) -> None:
        name, home = obj.raw("metadata", "name"), obj.raw("metadata", "namespace")
        if isinstance(name, str) and obj.id != ANY:
            self._by_name[kind.name, name][(home or "default") if isinstance(home, str | None) else None].append(obj)
        elif isinstance(name, Unknown) or obj.id == ANY:
            self._nameless.append(obj)
        if isinstance(home, str | None) and obj.id != ANY:
            self._by_home[obj.id, home or "default"].append(obj)
            self._homes.add(name if obj.id == NAMESPACE and isinstance(name, str) else home or "default")
        else:
            self._homeless.append(obj)


def _is(obj: Kind, api_version: Node, kind: Node) -> Answer:
    if obj.name != kind.plain:
        return NO
    if isinstance(api_version.plain, Unknown):
        return doubtful(api_version)
    return Answer(possible=api_version.plain is None or _group(api_version.plain) == obj.group)


def _group(api_version: Plain) -> str:
    return Kind.of(str(api_version), "").group


def _has(obj: Object, name: Node) -> Answer:
    own = obj.at("metadata", "name")
    open_ = [place for place in (own, name) if isinstance(place.plain, Unknown)]
    return doubtful(*open_) if open_ else Answer(possible=own.plain == name.plain)
