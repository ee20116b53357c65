"""A cache asks who is there.

Fields: `userGroupIds` names a group, or there is an `authToken` (or a write-only one). Reference: FSBP ElastiCache.6.
"""

from guardrails.amazon import made
from guardrails.examples import refusal
from guardrails.plain import Unknown
from guardrails.resources import Object
from guardrails.rule import EachObject, Faults, Rule, Severity

CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
TOKENS = ("authToken", "authTokenWo")
WRONG = "lets in whoever reaches it"


def check(cache: Object) -> Faults:
    """Look for users, then for a token, which may well be a secret."""
    groups = cache.at("userGroupIds")
    whole = groups.plain is Unknown.LATER and groups.path.endswith("userGroupIds")
    named = whole or any(isinstance(each.plain, str | Unknown) and each.plain != "" for each in groups.elements())
    tokens = [cache.at(field) for field in TOKENS]
    known = any(isinstance(token.plain, str) and token.plain for token in tokens)
    hidden = any(isinstance(token.plain, Unknown) and token.path.endswith(TOKENS) for token in tokens)
    if named or known or hidden:
        return
    groups.noted()
    if not isinstance(groups.plain, Unknown):
        yield cache.fails(WRONG, "userGroupIds")


RULE = Rule(
    id="cache-authenticated",
    title="Caches ask who is there",
    why="Any pod or machine that reaches the cache could read every session and empty it.",
    fix="Name a user group in userGroupIds whose users sign in with IAM.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:102", "optibid:30"),
    kinds=frozenset({CACHE}),
    check=EachObject(check),
    awaits=("userGroupIds", "authToken", "authTokenWo"),
    allows={
        "users": made(CACHE, userGroupIds=["shop"]),
        "a token": made(CACHE, authToken=Unknown.SECRET),
    },
    refuses={
        "neither": refusal(made(CACHE), f"ReplicationGroup shop {WRONG}"),
        "no user": refusal(made(CACHE, userGroupIds=[]), f"ReplicationGroup shop {WRONG}"),
    },
)
