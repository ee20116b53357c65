"""What several rules about AWS ask: which addresses are the whole world, what a policy says, and who belongs to whom.

AWS resources keep their settings at the top, in camelCase, under type tokens such as `aws:s3/bucket:Bucket`.
"""

import ipaddress
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from guardrails.examples import declared
from guardrails.node import Node
from guardrails.plain import Plain, Unknown, plain
from guardrails.resources import Object, Resource
from guardrails.verdict import Fault

CLUSTER = "aws:eks/cluster:Cluster"
BUCKETS = frozenset({"aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"})
INSTANCE = "aws:rds/instance:Instance"
DATABASES = frozenset({INSTANCE, "aws:rds/cluster:Cluster", "aws:docdb/cluster:Cluster", "aws:neptune/cluster:Cluster"})

PRINCIPALS = ("AWS", "Federated", "Service", "CanonicalUser")
"""The kinds of principal that a policy can name."""

Sound: TypeAlias = Callable[[Object], tuple[bool, list[Node]]]
"""Whether a partner could be what is asked for, and the places that decide it."""


def made(type_: str, called: str = "shop", /, **props: Plain) -> tuple[Resource, ...]:
    """One AWS resource, as an example."""
    bare = declared(type_, called, namespace=None)
    return (replace(bare, props={**(bare.props if isinstance(bare.props, dict) else {}), **props}),)


def is_world(value: Plain) -> bool:
    """A CIDR of every address there is, of either family."""
    try:
        return isinstance(value, str) and ipaddress.ip_network(value, strict=False).prefixlen == 0
    except ValueError:
        return False


def texts(node: Node) -> list[str]:
    """The strings of a list, or the one string in its place. What is unknown is noted."""
    if isinstance(node.plain, str):
        return [node.plain]
    return [item.plain for item in node.items() if isinstance(item.plain, str)]


def statements(policy: Node, effect: str = "Allow") -> Iterator[Node]:
    """The statements of a policy with this effect; the policy is JSON text or an object."""
    document = policy
    if isinstance(policy.plain, str):
        document = policy.child(_parsed(policy.plain), policy.path)
    every = document.at("Statement")
    for statement in [every] if isinstance(every.plain, dict) else every.items():
        # Without an effect the policy is refused by AWS, so nothing is said here of what else is wrong with it.
        if statement.read("Effect") == effect:
            yield statement


def is_for_anybody(statement: Node) -> bool:
    """Its principal is every account, service or provider there is, or all but some."""
    principal = statement.at("Principal")
    named = [principal] if isinstance(principal.plain, str) else [principal.at(kind) for kind in PRINCIPALS]
    return any("*" in texts(each) for each in named) or statement.at("NotPrincipal").noted() is not None


def has_conditions(statement: Node) -> bool:
    """It holds only under conditions, or nobody can know."""
    return statement.read("Condition") is not None and statement.at("Condition").plain != {}


def _parsed(text: str) -> Plain:
    try:
        return plain(json.loads(text))
    except (ValueError, RecursionError):
        return Unknown.UNREADABLE


def lacks_partner(
    asker: Object, name: str, wrong: str, partners: Sequence[tuple[Object, str]], sound: Sound
) -> Iterator[Fault]:
    """A fault unless one of the partners belongs to the asker and is sound.

    `name` is the asker's field that its partners repeat, each in the field that stands beside it. A partner that says
    that it lies in another region is none.
    """
    doubts: list[Node] = []
    for partner, link in partners:
        fits, places = sound(partner)
        ends = [asker.at(name), partner.at(link)]
        if not fits or not _could_be_same(*ends) or _apart(asker, partner):
            continue
        regions = [asker.at("region"), partner.at("region")]
        unknown = [place for place in (*ends, *places, *regions) if isinstance(place.plain, Unknown)]
        if not unknown:
            return
        doubts += unknown
    if doubts:
        yield from (place.undecided() for place in doubts)
    else:
        yield asker.fails(wrong)


def outnumbered(askers: Sequence[Object], partners: Sequence[Object], wrong: str) -> Iterator[Fault]:
    """A fault for each asker where partners are fewer.

    What joins the two is an id or an ARN that only AWS makes, so a preview can count them and no more.
    """
    if len(partners) < len(askers):
        yield from (asker.fails(wrong) for asker in askers)


def _apart(one: Object, other: Object) -> bool:
    """Both say their region, and it is not the same: names are unique in a region, and no further."""
    regions = (one.peek("region"), other.peek("region"))
    return all(isinstance(region, str) for region in regions) and regions[0] != regions[1]


def _could_be_same(name: Node, link: Node) -> bool:
    if isinstance(name.plain, Unknown) or isinstance(link.plain, Unknown):
        return True
    return isinstance(link.plain, str) and bool(link.plain) and link.plain == name.plain


def is_exempt(found: Object, field: str, than: tuple[str, ...] = ("",)) -> bool:
    """The field is set to something else than these, or nobody can know, which is noted. Ask it before a fault only."""
    return found.other(field, than=than) or isinstance(found.peek(field), Unknown)


def is_given(found: Node, *keys: str) -> bool:
    """A text stands there, or will: what AWS makes, such as an ARN, is known only after deployment.

    A rule that asks this lists the field under `awaits`. What is unknown for another reason is noted.
    """
    place = found.at(*keys)
    whole = ".".join((found.path, *keys) if found.path else keys)
    if place.plain is Unknown.LATER and place.path == whole:
        return True
    value = place.noted()
    return isinstance(value, Unknown) or (isinstance(value, str) and bool(value.strip()))


def is_own_key(found: Node, *keys: str) -> bool:
    """A KMS key is named there, as above, and it is none of those that AWS keeps for itself."""
    return is_given(found, *keys) and "alias/aws/" not in str(found.peek(*keys))


def could_be(node: Node, *wanted: Plain) -> bool:
    """It is one of these, type and all, or may turn out to be."""
    return isinstance(node.plain, Unknown) or any(
        type(node.plain) is type(value) and node.plain == value for value in wanted
    )
