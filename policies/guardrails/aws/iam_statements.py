"""What the statements of IAM policies say: to whom, what, on what, and under which conditions.

A policy is JSON text or an object. What AWS would refuse, and what is spelt as the policy grammar does not spell it, is
unknown here, and so refused: nobody can say how it would be read.
"""

from collections.abc import Collection, Iterator

from guardrails.aws.relations import texts
from guardrails.model.cidr import is_world
from guardrails.model.embedded_json import document
from guardrails.model.node import Node
from guardrails.model.values import Unknown

ELEMENTS = frozenset(
    {
        *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource"),
        "Condition",
    }
)
"""All that a statement can say."""
DOCUMENT = frozenset({"Version", "Id", "Statement"})
"""All that a policy can say."""
PRINCIPALS = ("AWS", "Federated", "Service", "CanonicalUser")
"""The kinds of principal that a policy can name."""

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

ARNS = frozenset({"aws:principalarn", "aws:sourcearn", "s3:dataaccesspointarn"})
"""Those of them that hold ARNs."""
IDLE = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:principaltype",
        "aws:referer",
        "aws:securetransport",
        "aws:tokenissuetime",
        "aws:useragent",
    }
)
"""Conditions that say how or when something is asked, and narrow nothing of what is allowed."""
STEMS = {"aws:principalorgpaths": "/", "aws:userid": ":"}
"""Conditions whose values name somebody by what stands before this; the rest may be open."""
ACCOUNT, RESOURCE = 4, 5
"""Which of an ARN's parts names the account, and which is all the rest."""
STARS = frozenset("*?")


def statements(policy: Node, effect: str = "Allow") -> Iterator[Node]:
    """The statements of a policy with this effect; the policy is JSON text or an object."""
    whole = document(policy)
    _only(whole, DOCUMENT)
    every = whole.at("Statement")
    for statement in [every] if isinstance(every.plain, dict) else every.items():
        _only(statement, ELEMENTS)
        # Without an effect the policy is refused by AWS, so nothing is said here of what else is wrong with it.
        if statement.read("Effect") == effect:
            yield statement


def is_for_anybody(statement: Node) -> bool:
    """Its principal is every account, service or provider there is, or all but some."""
    principal = statement.at("Principal")
    if not isinstance(principal.plain, str):
        _only(principal, PRINCIPALS)
    named = [principal] if isinstance(principal.plain, str) else [principal.at(kind) for kind in PRINCIPALS]
    # No principal may hold a star in part, so whatever holds one is everybody.
    return any(STARS & set(text) for each in named for text in texts(each)) or is_for_all_but_some(statement)


def is_for_all_but_some(statement: Node) -> bool:
    """It names whom it is not about."""
    return statement.at("NotPrincipal").record_unknown() is not None


def narrows(statement: Node) -> bool:
    """One of its conditions says of what, for whom or from where. What is unknown is noted."""
    conditions = statement.at("Condition")
    if isinstance(conditions.record_unknown(), Unknown):
        return True
    for operator, keys in conditions.members():
        if _holds_by_default(operator.lower()):
            continue
        said = [value for key, value in keys.members() if key.lower() not in IDLE]
        if isinstance(keys.plain, Unknown) or any(map(_says_something, said)):
            return True
    return False


def is_bounded(statement: Node) -> bool:
    """One of its conditions says who asks or from where, by names and not by a star. What is unknown is noted."""
    conditions = statement.at("Condition")
    if isinstance(conditions.record_unknown(), Unknown):
        return True
    binding = [keys for operator, keys in conditions.members() if operator.lower() in BINDING]
    bounds = [(key.lower(), value) for keys in binding for key, value in keys.members() if key.lower() in BOUNDS]
    return any(isinstance(keys.plain, Unknown) for keys in binding) or any(_names_some(*each) for each in bounds)


def _only(place: Node, names: Collection[str]) -> None:
    """Note a place that says something of another name."""
    if isinstance(place.plain, dict) and not place.plain.keys() <= set(names):
        place.child(Unknown.UNREADABLE, place.path).record_unknown()


def _holds_by_default(operator: str) -> bool:
    return "not" in operator or operator == "null" or operator.startswith("forallvalues:") or "ifexists" in operator


def _says_something(value: Node) -> bool:
    known = texts(value)
    return value.plain not in (None, [], "") and not any(set(each) <= STARS for each in known)


def _names_some(key: str, value: Node) -> bool:
    """Each of its values is somebody, or nobody can know."""
    known = texts(value)
    unknown = [each for each in (value, *value.elements()) if isinstance(each.plain, Unknown)]
    return bool(known or unknown) and all(_is_somebody(key, each) for each in known)


def _is_somebody(key: str, text: str) -> bool:
    if key in ARNS:
        parts = text.split(":", RESOURCE)
        if len(parts) <= RESOURCE:
            return False
        # Buckets have no account in their ARNs; there the name has to begin with something.
        named = parts[ACCOUNT] or parts[RESOURCE][:1]
        return bool(named) and not STARS & set(named)
    stem = text.partition(STEMS[key])[0] if key in STEMS else text
    return bool(stem.strip()) and not STARS & set(stem) and not is_world(text)
