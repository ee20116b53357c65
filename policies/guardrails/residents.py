"""The objects of a stack, found by kind, name and namespace, when any of these may be unknown."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from guardrails.node import Node
from guardrails.plain import Plain, Unknown
from guardrails.resources import ANY, Kind, Object
from guardrails.rule import Faults
from guardrails.selectors import NO, YES, Match, doubtful, same_namespace, unless_one_fits


class Residents:
    """All objects that a stack makes. Patches make none."""

    def __init__(self, stack: Iterable[Object]) -> None:
        self._by_name: defaultdict[tuple[str, str], defaultdict[str | None, list[Object]]]
        self._by_name = defaultdict(lambda: defaultdict(list))
        self._by_home: defaultdict[tuple[str, str], list[Object]] = defaultdict(list)
        self._nameless: list[Object] = []
        self._homeless: list[Object] = []
        for found in stack:
            if not found.partial and found.kind is not None:
                self._add(found, found.kind)

    def called(self, asker: Object, api_version: Node, kind: Node, name: Node) -> Iterator[Match]:
        """Which objects of the asker's namespace may be the one that a reference means. No `apiVersion` means any."""
        for found in (*self._named(asker, str(kind.plain), name.plain), *self._nameless):
            if found.id == ANY:
                yield doubtful(found)
            elif found.kind is not None:
                yield same_namespace(asker, found) & _is(found.kind, api_version, kind) & _has(found, name)

    def living_in(self, namespace: Object, kind: str) -> Iterator[tuple[Object, Match]]:
        """The objects of a kind, such as `core/ResourceQuota`, that may live in a namespace of the stack."""
        name = namespace.at("metadata", "name").plain
        for found in self._by_home.get((kind, name), ()) if isinstance(name, str) else ():
            yield found, YES
        for found in self._homeless:
            if found.id in {kind, ANY}:
                yield found, doubtful(found.at("metadata", "namespace"))

    def _named(self, asker: Object, kind: str, name: Plain) -> Iterator[Object]:
        """The objects of this name that can't be known to live in another namespace than the asker."""
        homes = self._by_name.get((kind, name)) if isinstance(name, str) else None
        own = asker.look("metadata", "namespace")
        if homes is not None:
            for home in [own or "default", None] if isinstance(own, str | None) else list(homes):
                yield from homes.get(home, ())

    def _add(self, found: Object, kind: Kind) -> None:
        name, home = found.look("metadata", "name"), found.look("metadata", "namespace")
        if isinstance(name, str) and found.id != ANY:
            self._by_name[kind.name, name][(home or "default") if isinstance(home, str | None) else None].append(found)
        elif isinstance(name, Unknown) or found.id == ANY:
            self._nameless.append(found)
        if isinstance(home, str | None) and found.id != ANY:
            self._by_home[found.id, home or "default"].append(found)
        else:
            self._homeless.append(found)


def lacking(stack: Sequence[Object], kind: str, serves: Callable[[Object], Match], wrong: str) -> Faults:
    """A fault for each namespace of the stack in which no object of a kind, such as `core/ResourceQuota`, serves."""
    residents = Residents(stack)
    for namespace in stack:
        if namespace.id != "core/Namespace" or namespace.partial:
            continue
        if not isinstance(namespace.at("metadata", "name").plain, str):
            yield namespace.undecided("metadata", "name")
            continue
        found = (home & serves(each) for each, home in residents.living_in(namespace, kind))
        yield from unless_one_fits(found, namespace.fails(wrong))


def _is(found: Kind, api_version: Node, kind: Node) -> Match:
    if found.name != kind.plain:
        return NO
    if isinstance(api_version.plain, Unknown):
        return doubtful(api_version)
    return Match(possible=api_version.plain is None or _group(api_version.plain) == found.group)


def _group(api_version: Plain) -> str:
    return Kind.of(str(api_version), "").group


def _has(found: Object, name: Node) -> Match:
    own = found.at("metadata", "name")
    open_ = [place for place in (own, name) if isinstance(place.plain, Unknown)]
    return doubtful(*open_) if open_ else Match(possible=own.plain == name.plain)
