"""A cache asks who is there.

Fields: `userGroupIds` names a group, or there is an `authToken` (or a write-only one); of serverless caches
`userGroupId`, which memcached has not; of MemoryDB `aclName`, which is not open-access; and no user who may do anything
has `noPasswordRequired` or an `authenticationMode.type` without one. Reference: FSBP ElastiCache.6.
"""

from guardrails.aws.relations import is_given, names_some
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
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
PROBLEM = "lets in whoever reaches it"


def check(cache: Object) -> Violations:
    """Look for users, then for a token, which may well be a secret."""
    if cache.id == USER:
        if _signs_in_freely(cache) and _may_something(cache):
            yield cache.fails(PROBLEM, "authenticationMode")
    elif cache.id == MEMORY:
        if not is_given(cache, "aclName") or cache.peek("aclName") == OPEN:
            yield cache.fails(PROBLEM, "aclName")
    elif cache.id == SERVERLESS:
        if cache.is_not("engine", value="memcached") and not is_given(cache, "userGroupId"):
            yield cache.fails(PROBLEM, "userGroupId")
    elif not _has_token(cache) and not names_some(cache, "userGroupIds"):
        yield cache.fails(PROBLEM, "userGroupIds")


def _signs_in_freely(user: Object) -> bool:
    free = user.differs_from("noPasswordRequired", than=(False,))
    return user.differs_from("authenticationMode", "type", than=("iam", "password")) or free


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
    known_after_deploy=("userGroupIds", "authToken", "authTokenWo", "userGroupId", "aclName"),
    allows={
        "users": aws_resource(CACHE, userGroupIds=["shop"]),
        "users of a serverless cache": aws_resource(SERVERLESS, engine="valkey", userGroupId="shop"),
        "memcached": aws_resource(SERVERLESS, engine="memcached"),
        "an ACL": aws_resource(MEMORY, aclName="shop"),
        "a user": aws_resource(USER, authenticationMode={"type": "iam"}),
        "a user who may do nothing": aws_resource(USER, noPasswordRequired=True, accessString="off ~keys* -@all"),
        "a token": aws_resource(CACHE, authToken=Unknown.SECRET),
    },
    refuses={
        "neither": bad_example(aws_resource(CACHE), f"ReplicationGroup shop {PROBLEM}"),
        "a serverless cache": bad_example(aws_resource(SERVERLESS, engine="redis"), f"ServerlessCache shop {PROBLEM}"),
        "an open ACL": bad_example(aws_resource(MEMORY, aclName=OPEN), f"Cluster shop {PROBLEM}"),
        "no ACL": bad_example(aws_resource(MEMORY), f"Cluster shop {PROBLEM}"),
        "a user without a password": bad_example(
            aws_resource(USER, noPasswordRequired=True, accessString="on ~* +@all"), f"User shop {PROBLEM}"
        ),
        "a user who needs none": bad_example(
            aws_resource(USER, authenticationMode={"type": "no-password-required"}, accessString="on ~* +@all"),
            f"User shop {PROBLEM}",
        ),
        "no user": bad_example(aws_resource(CACHE, userGroupIds=[]), f"ReplicationGroup shop {PROBLEM}"),
    },
)
