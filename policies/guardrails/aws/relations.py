"""What several rules about AWS ask: which addresses are the whole world, and who belongs to whom.

AWS resources keep their settings at the top, in camelCase, under type tokens such as `aws:s3/bucket:Bucket`.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from guardrails.model.findings import Violation
from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.model.values import Plain, Unknown

CLUSTER = "aws:eks/cluster:Cluster"
BUCKETS = frozenset({"aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"})
INSTANCE = "aws:rds/instance:Instance"
DATABASES = frozenset({INSTANCE, "aws:rds/cluster:Cluster", "aws:docdb/cluster:Cluster", "aws:neptune/cluster:Cluster"})

UNIQUE = frozenset({"bucket", "s3BucketName"})
"""Fields that hold names which are unique in the world."""

Sound: TypeAlias = Callable[[Object], tuple[bool, list[Node]]]
"""Whether a partner could be what is asked for, and the places that decide it."""


def texts(node: Node) -> list[str]:
    """The strings of a list, or the one string in its place. What is unknown is noted."""
    if isinstance(node.plain, str):
        return [node.plain]
    return [item.plain for item in node.items() if isinstance(item.plain, str)]


def require_companion(
    asker: Object, name: str, problem: str, partners: Sequence[tuple[Object, str]], sound: Sound, *, sole: bool = True
) -> Iterator[Violation]:
    """A fault unless one of the partners belongs to the asker and is sound.

    `name` is the asker's field that its partners repeat, each in the field that stands beside it. A partner that says
    that it lies in another region is none; where one says its region and the other doesn't, nobody knows, but for
    buckets, whose names are the world's. A `sole` partner has no second: another that is not sound undoes it.
    """
    doubts: list[Node] = []
    spoilers: list[Node] = []
    kept = False
    for partner, link in partners:
        ends = [asker.at(name), partner.at(link)]
        if not _could_be_same(*ends) or are_apart(asker, partner):
            continue
        fits, places = sound(partner)
        perhaps = [*_unknown(ends), *([] if link in UNIQUE else _silent(asker, partner))]
        if not fits and sole and not perhaps:
            yield asker.fails(problem)
            return
        if fits:
            kept = kept or not (perhaps or _unknown(places))
            doubts += [*perhaps, *_unknown(places)]
        spoilers += _unknown(places) if fits else perhaps
    if kept:
        yield from (place.undecided() for place in spoilers if sole)
    elif doubts:
        yield from (place.undecided() for place in doubts)
    else:
        yield asker.fails(problem)


def _unknown(places: Sequence[Node]) -> list[Node]:
    return [place for place in places if isinstance(place.plain, Unknown)]


def _silent(one: Object, other: Object) -> list[Node]:
    """The region that is not said, where the other one is, or that nobody can read."""
    regions = [one.at("region"), other.at("region")]
    unknown = [each for each in regions if isinstance(each.plain, Unknown)]
    absent = [each for each in regions if each.plain is None]
    return unknown or (absent if len(absent) == 1 else [])


def require_dependent(
    askers: Sequence[Object], followers: Sequence[Object], field: str, problem: str
) -> Iterator[Violation]:
    """A fault for each asker without a follower, a resource that names it in this field.

    What is named is an id or an ARN that only AWS makes. The engine says from which resource such a value comes, and
    that resource it follows. Where it doesn't say, followers are counted: one for each value that is known, one for
    each that is not, and none where nothing is named. A rule that asks this lists the field under `awaits`.
    """
    by_urn = {asker.urn for asker in askers}
    served: set[str] = set()
    loose: dict[str, Object] = {}
    for follower in followers:
        needs = follower.dependencies.get(field, frozenset())
        named = needs & by_urn
        if len(named) == 1:
            served |= named
        elif (named or not needs) and is_given(follower, field):
            said = follower.peek(field)
            loose[said if isinstance(said, str) else follower.urn] = follower
    unattended = [asker for asker in askers if asker.urn not in served]
    if len(unattended) > len(loose):
        yield from (asker.fails(problem) for asker in unattended)


def are_apart(one: Object, other: Object) -> bool:
    """Both say their region, and it is not the same: names are unique in a region, and no further."""
    regions = (one.peek("region"), other.peek("region"))
    return all(isinstance(region, str) for region in regions) and regions[0] != regions[1]


def _could_be_same(name: Node, link: Node) -> bool:
    if isinstance(name.plain, Unknown) or isinstance(link.plain, Unknown):
        return True
    return isinstance(link.plain, str) and bool(link.plain) and link.plain == name.plain


def is_exempt(obj: Object, field: str, than: tuple[str, ...] = ("",)) -> bool:
    """The field is set to something else than these, or nobody can know, which is noted. Ask it before a fault only."""
    return obj.differs_from(field, than=than) or isinstance(obj.peek(field), Unknown)


def is_given(obj: Node, *keys: str) -> bool:
    """A text stands there, or will: what AWS makes, such as an ARN, is known only after deployment.

    A rule that asks this lists the field under `awaits`. What is unknown for another reason is noted.
    """
    place = obj.at(*keys)
    whole = ".".join((obj.path, *keys) if obj.path else keys)
    if place.plain is Unknown.LATER and place.path == whole:
        return True
    value = place.record_unknown()
    return isinstance(value, Unknown) or (isinstance(value, str) and bool(value.strip()))


def names_some(obj: Node, *keys: str) -> bool:
    """A list there names something, or will, as above; what is unknown for another reason is noted."""
    place = obj.at(*keys)
    if place.plain is Unknown.LATER and place.path.endswith(keys[-1]):
        return True
    named = [each for each in place.elements() if each.plain is Unknown.LATER or each.record_unknown()]
    return isinstance(place.record_unknown(), Unknown) or bool(named)


def is_own_key(obj: Node, *keys: str) -> bool:
    """A KMS key is named there, as above, and it is none of those that AWS keeps for itself."""
    return is_given(obj, *keys) and "alias/aws/" not in str(obj.peek(*keys))


def could_be(node: Node, *wanted: Plain) -> bool:
    """It is one of these, type and all, or may turn out to be."""
    return isinstance(node.plain, Unknown) or any(
        type(node.plain) is type(value) and node.plain == value for value in wanted
    )
