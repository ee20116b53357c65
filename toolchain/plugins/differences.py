"""What changes between two sets of inputs, and whether the change can be made in place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pulumi.runtime.proto import provider_pb2

from toolchain.plugins.paths import Path, agree, below, covers, show
from toolchain.plugins.values import Properties, Unknown, Value, plain

KIND = provider_pb2.PropertyDiff


@dataclass(frozen=True, kw_only=True)
class Change:
    """One property that was added, updated or deleted."""

    path: Path
    verb: str
    """``ADD``, ``UPDATE`` or ``DELETE``."""
    old: Value = None
    new: Value = None

    def meets(self, pattern: Path) -> bool:
        """Say whether the change touches ``pattern``: it is at, below, or around it."""
        if covers(pattern, self.path):
            return True
        if not agree(pattern, self.path):
            return False
        rest = pattern[len(self.path) :]
        return below(self.old, rest) != below(self.new, rest)


def changes(old: Properties, new: Properties) -> list[Change]:
    """List what differs, as deep as both sides have the same shape.

    Secrecy alone is no difference. An unknown value always is one, because it may turn out so. Lists are compared
    place by place. Keys that begin with two underscores belong to Pulumi and are left out.
    """
    return list(_objects((), _plain(old), _plain(new)))


def response(
    found: Iterable[Change], immutable: Iterable[Path], ignored: Iterable[Path], *, keeps_name: bool
) -> provider_pb2.DiffResponse:
    """Write the engine's answer.

    ``immutable`` names what can't change in place, ``ignored`` what the program asked to leave alone. ``keeps_name``
    says that old and new would have the same fixed name, so that the old one has to go before the new one comes.
    """
    ignored, immutable = tuple(ignored), tuple(immutable)
    left = [change for change in found if not any(covers(pattern, change.path) for pattern in ignored)]
    replaces = [show(change.path) for change in left if any(change.meets(pattern) for pattern in immutable)]
    answer = provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME if left else provider_pb2.DiffResponse.DIFF_NONE,
        diffs=list(dict.fromkeys(str(change.path[0]) for change in left)),
        replaces=replaces,
        deleteBeforeReplace=bool(replaces) and keeps_name,
        hasDetailedDiff=True,
    )
    for change in left:
        path = show(change.path)
        verb = f"{change.verb}_REPLACE" if path in replaces else change.verb
        answer.detailedDiff[path].CopyFrom(KIND(kind=KIND.Kind.Value(verb), inputDiff=True))
    return answer


def _plain(properties: Properties) -> Properties:
    known = plain(properties)
    return known if isinstance(known, dict) else {}


def _objects(path: Path, old: Properties, new: Properties) -> Iterator[Change]:
    for key in sorted({*old, *new}):
        if key.startswith("__"):
            continue
        before, after = old.get(key), new.get(key)
        if before is None and after is None:
            continue
        if before is None:
            yield Change(path=(*path, key), verb="ADD", new=after)
        elif after is None:
            yield Change(path=(*path, key), verb="DELETE", old=before)
        else:
            yield from _values((*path, key), before, after)


def _values(path: Path, old: Value, new: Value) -> Iterator[Change]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _objects(path, old, new)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(path, old, new)
    elif old != new or isinstance(old, bool) != isinstance(new, bool) or isinstance(new, Unknown):
        yield Change(path=path, verb="UPDATE", old=old, new=new)


def _lists(path: Path, old: list[Value], new: list[Value]) -> Iterator[Change]:
    for index in range(max(len(old), len(new))):
        here = (*path, index)
        if index >= len(old):
            yield Change(path=here, verb="ADD", new=new[index])
        elif index >= len(new):
            yield Change(path=here, verb="DELETE", old=old[index])
        else:
            yield from _values(here, old[index], new[index])
