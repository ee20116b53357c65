"""A cache asks who is there.

Fields: `userGroupIds` names a group, or there is an `authToken` (or a write-only one); of serverless caches
`userGroupId`, which memcached has not; of MemoryDB `aclName`, which is not open-access; and no user who may do anything
has `noPasswordRequired` or an `authenticationMode.type` without one. Reference: FSBP ElastiCache.6.
"""

from guardrails.aws.relations import is_given, names_some
from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
SERVERLESS = "aws:elasticache/serverlessCache:ServerlessCache"
MEMORY = "aws:memorydb/cluster:Cluster"
USER = "aws:elasticache/user:User"
TOKENS = ("authToken", "authTokenWo")
OPEN = "open-access"
"""The ACL that asks nobody."""
WRONG = "lets in whoever reaches it"


def check(cache: Object) -> Faults:
    """Look for users, then for a token, which may well be a secret."""
    if cache.id == USER:
        if _signs_in_freely(cache) and _may_something(cache):
            yield cache.fails(WRONG, "authenticationMode")
    elif cache.id == MEMORY:
        if not is_given(cache, "aclName") or cache.peek("aclName") == OPEN:
            yield cache.fails(WRONG, "aclName")
    elif cache.id == SERVERLESS:
        if cache.lacks("engine", value="memcached") and not is_given(cache, "userGroupId"):
            yield cache.fails(WRONG, "userGroupId")
    elif not _has_token(cache) and not names_some(cache, "userGroupIds"):
        yield cache.fails(WRONG, "userGroupIds")


def _signs_in_freely(user: Object) -> bool:
    free = user.other("noPasswordRequired", than=(False,))
    return user.other("authenticationMode", "type", than=("iam", "password")) or free


def _may_something(user: Object) -> bool:
    granted = user.read("accessString")
    return not isinstance(granted, Unknown) and not str(granted).startswith("off")


def _has_token(cache: Object) -> bool:
    tokens = [cache.at(field) for field in TOKENS]
    known = any(isinstance(token.plain, str) and token.plain for token in tokens)
    return known or any(isinstance(token.plain, Unknown) and token.path.endswith(TOKENS) for token in tokens)


RULE = Rule(
    id="cache-authenticated",
    title="Caches ask who is there",
    why="Any pod or machine that reaches the cache could read every session and empty it.",
    fix="Name a user group in userGroupIds whose users sign in with IAM.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:102", "optibid:30"),
    kinds=frozenset({CACHE, SERVERLESS, MEMORY, USER}),
    check=EachObject(check),
    awaits=("userGroupIds", "authToken", "authTokenWo", "userGroupId", "aclName"),
    allows={
        "users": made(CACHE, userGroupIds=["shop"]),
        "users of a serverless cache": made(SERVERLESS, engine="valkey", userGroupId="shop"),
        "memcached": made(SERVERLESS, engine="memcached"),
        "an ACL": made(MEMORY, aclName="shop"),
        "a user": made(USER, authenticationMode={"type": "iam"}),
        "a user who may do nothing": made(USER, noPasswordRequired=True, accessString="off ~keys* -@all"),
        "a token": made(CACHE, authToken=Unknown.SECRET),
    },
    refuses={
        "neither": refusal(made(CACHE), f"ReplicationGroup shop {WRONG}"),
        "a serverless cache": refusal(made(SERVERLESS, engine="redis"), f"ServerlessCache shop {WRONG}"),
        "an open ACL": refusal(made(MEMORY, aclName=OPEN), f"Cluster shop {WRONG}"),
        "no ACL": refusal(made(MEMORY), f"Cluster shop {WRONG}"),
        "a user without a password": refusal(
            made(USER, noPasswordRequired=True, accessString="on ~* +@all"), f"User shop {WRONG}"
        ),
        "a user who needs none": refusal(
            made(USER, authenticationMode={"type": "no-password-required"}, accessString="on ~* +@all"),
            f"User shop {WRONG}",
        ),
        "no user": refusal(made(CACHE, userGroupIds=[]), f"ReplicationGroup shop {WRONG}"),
    },
)
