"""What several rules about AWS ask: which addresses are the whole world, what a policy says, and who belongs to whom.

AWS resources keep their settings at the top, in camelCase, under type tokens such as `aws:s3/bucket:Bucket`.
"""

import ipaddress
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from guardrails.examples import declared, refusal
from guardrails.node import Node
from guardrails.plain import Plain, Unknown, plain
from guardrails.resources import Object, Resource
from guardrails.rule import Refusal
from guardrails.verdict import Fault

CLUSTER = "aws:eks/cluster:Cluster"
BUCKETS = frozenset({"aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"})
INSTANCE = "aws:rds/instance:Instance"
DATABASES = frozenset({INSTANCE, "aws:rds/cluster:Cluster", "aws:docdb/cluster:Cluster", "aws:neptune/cluster:Cluster"})

PRINCIPALS = ("AWS", "Federated", "Service", "CanonicalUser")
"""The kinds of principal that a policy can name."""

WIDEST = {4: 8, 6: 12}
"""The shortest prefix that one owner holds, for each version of IP: what is wider belongs to many."""

BOUNDS = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
    }
)
"""Conditions that say who asks, or from where: what AWS itself counts when it calls a policy public or not."""
BINDING = frozenset(
    {
        "stringequals",
        "stringequalsignorecase",
        "stringlike",
        "arnequals",
        "arnlike",
        "ipaddress",
        "foranyvalue:stringequals",
        "foranyvalue:stringlike",
    }
)
"""The operators under which such a condition binds. With IfExists or ForAllValues it holds where nothing is said."""

Sound: TypeAlias = Callable[[Object], tuple[bool, list[Node]]]
"""Whether a partner could be what is asked for, and the places that decide it."""


def made(type_: str, called: str = "shop", /, **props: Plain) -> tuple[Resource, ...]:
    """One AWS resource, as an example."""
    bare = declared(type_, called, namespace=None)
    return (replace(bare, props={**(bare.props if isinstance(bare.props, dict) else {}), **props}),)


def in_kinds(example: Refusal, kinds: Iterable[str]) -> dict[str, Refusal]:
    """The same refusal of one resource in each of these kinds that is not its own, under the kind's name."""
    (resource,) = example.resources
    found: dict[str, Refusal] = {}
    for kind in sorted(set(kinds) - {resource.type}):
        old, new = (f"{each.rpartition(':')[2]} " for each in (resource.type, kind))
        other = replace(resource, type=kind, urn=resource.urn.replace(resource.type, kind))
        found[kind] = Refusal(resources=(other,), says=tuple(says.replace(old, new, 1) for says in example.says))
    return found


def is_world(value: Plain) -> bool:
    """A CIDR of public addresses that is wider than any one owner's: 0.0.0.0/0, and half of it; ::/0, and 2000::/3."""
    try:
        network = ipaddress.ip_network(value, strict=False) if isinstance(value, str) else None
    except ValueError:
        return False
    return network is not None and network.prefixlen < WIDEST[network.version] and not network.is_private


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


def is_bounded(statement: Node) -> bool:
    """One of its conditions says who asks or from where, by names and not by a star. What is unknown is noted."""
    conditions = statement.at("Condition")
    if isinstance(conditions.noted(), Unknown):
        return True
    binding = [keys for operator, keys in conditions.members() if operator.lower() in BINDING]
    bounds = [value for keys in binding for key, value in keys.members() if key.lower() in BOUNDS]
    return any(isinstance(keys.plain, Unknown) for keys in binding) or any(map(_names_some, bounds))


def _names_some(value: Node) -> bool:
    """Each of its values is somebody, or nobody can know."""
    known = texts(value)
    unknown = [each for each in (value, *value.elements()) if isinstance(each.plain, Unknown)]
    return bool(known or unknown) and not any(is_world(each) or set(each) <= set("*?:/ ") for each in known)


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
        if not fits or not _could_be_same(*ends) or are_apart(asker, partner):
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


def lacks_follower(askers: Sequence[Object], followers: Sequence[Object], field: str, wrong: str) -> Iterator[Fault]:
    """A fault for each asker without a follower, a resource that names it in this field.

    What is named is an id or an ARN that only AWS makes. The engine says from which resource such a value comes, and
    that resource it follows. Where it doesn't say, followers are counted: one for each value that is known, one for
    each that is not, and none where nothing is named. A rule that asks this lists the field under `awaits`.
    """
    by_urn = {asker.urn for asker in askers}
    served: set[str] = set()
    loose: dict[str, Object] = {}
    for follower in followers:
        needs = follower.needs.get(field, frozenset())
        named = needs & by_urn
        if len(named) == 1:
            served |= named
        elif (named or not needs) and is_given(follower, field):
            said = follower.peek(field)
            loose[said if isinstance(said, str) else follower.urn] = follower
    left = [asker for asker in askers if asker.urn not in served]
    if len(left) > len(loose):
        yield from (asker.fails(wrong) for asker in left)


def are_apart(one: Object, other: Object) -> bool:
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


def key_examples(
    kind: str, field: tuple[str, ...], wrong: str
) -> tuple[dict[str, tuple[Resource, ...]], dict[str, Refusal]]:
    """What a rule allows and refuses that asks one kind for a key of ours, in this field."""

    def keyed(key: Plain) -> tuple[Resource, ...]:
        value = key
        for name in reversed(field[1:]):
            value = {name: value}
        return made(kind, **{field[0]: value})

    says = f"{kind.rpartition(':')[2]} shop {wrong}"
    allows = {
        "a key": keyed("arn:aws:kms:us-east-1:111122223333:key/shop"),
        "one of the same program": keyed(Unknown.LATER),
    }
    refuses = {
        "unset": refusal(made(kind), says),
        "null": refusal(keyed(None), says),
        "empty": refusal(keyed(""), says),
        "AWS's own": refusal(keyed("alias/aws/service"), says),
    }
    return allows, refuses


def could_be(node: Node, *wanted: Plain) -> bool:
    """It is one of these, type and all, or may turn out to be."""
    return isinstance(node.plain, Unknown) or any(
        type(node.plain) is type(value) and node.plain == value for value in wanted
    )
