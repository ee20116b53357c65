"""A bucket answers no request that came in plain text.

Each bucket needs a `BucketPolicy` for its name with a statement that denies every action to everybody when
`aws:SecureTransport` is false. Reference: CIS AWS Foundations 2.1.1, FSBP S3.5.
"""

import json
import re
from collections.abc import Sequence

from guardrails.aws.iam_statements import is_for_all_but_some, is_for_anybody, statements
from guardrails.aws.relations import BUCKETS, lacks_partner, texts
from guardrails.examples.aws import in_kinds, made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

BUCKET = "aws:s3/bucket:Bucket"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
WRONG = "answers requests in plain text"
PLAIN_TEXT = ("Bool", "aws:securetransport")
_BUCKET = re.compile(r"\*|arn:aws[a-z-]*:s3:::[^/]+")
_OBJECTS = re.compile(r"\*|arn:aws[a-z-]*:s3:::[^/]+/\*")


def check(stack: Sequence[Object]) -> Faults:
    """Find each bucket's policy."""
    policies = [(found, "bucket") for found in stack if found.id == POLICY]
    for bucket in stack:
        if bucket.id in BUCKETS:
            yield from lacks_partner(bucket, "bucket", WRONG, policies, _sound)


def _sound(found: Object) -> tuple[bool, list[Node]]:
    policy = found.at("policy")
    if isinstance(policy.plain, Unknown):
        return True, [policy]
    record = policy.record.copy()
    denied = any(map(_denies_plain_text, statements(policy, "Deny")))
    doubts = [key for key in policy.record if key not in record]
    for key in doubts:  # read only to look for the statement; what is undecided is said of the policy as a whole
        del policy.record[key]
    unreadable = policy.child(Unknown.UNREADABLE, policy.path)
    return denied or bool(doubts), [] if denied or not doubts else [unreadable]


def _denies_plain_text(statement: Node) -> bool:
    """To everybody, for every action on the bucket and on every object, and under no further condition."""
    conditions = {
        (operator, key.lower()): value.noted()
        for operator, keys in statement.members("Condition")
        for key, value in keys.members()
    }
    if len(conditions) != 1 or conditions.get(PLAIN_TEXT) not in ("false", False):
        return False
    everything = {"*", "s3:*"} & set(texts(statement.at("Action")))
    resources = texts(statement.at("Resource"))
    whole = all(any(map(pattern.fullmatch, resources)) for pattern in (_BUCKET, _OBJECTS))
    return bool(everything) and whole and is_for_anybody(statement) and not is_for_all_but_some(statement)


def _policy(bucket: str = "shop", **changes: Plain) -> tuple[Resource, ...]:
    statement: dict[str, Plain] = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::shop", "arn:aws:s3:::shop/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        **changes,
    }
    return made(POLICY, "policy", bucket=bucket, policy=json.dumps({"Statement": [statement]}))


SHOP = made(BUCKET, bucket="shop")
FALSE: dict[str, Plain] = {"Bool": {"aws:SecureTransport": "false"}}
TRUE: Plain = {"Bool": {"aws:SecureTransport": "true"}}

RULE = Rule(
    id="bucket-tls-only",
    title="Buckets answer TLS only",
    why="A client with a wrong address sends its data, and its signature, readable across the network.",
    fix="Name the bucket, and add a BucketPolicy that denies s3:* to everybody where aws:SecureTransport is false.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:94", "optibid:54"),
    kinds=BUCKETS | {POLICY},
    check=WholeStack(check),
    allows={
        "denied": (*SHOP, *_policy()),
        "denied to every account": (*SHOP, *_policy(Principal={"AWS": "*"}, Action=["s3:*"])),
    },
    refuses={
        "no policy": refusal(SHOP, f"Bucket shop {WRONG}"),
        "another bucket's": refusal((*SHOP, *_policy("other")), f"Bucket shop {WRONG}"),
        "allowed instead": refusal((*SHOP, *_policy(Effect="Allow")), f"Bucket shop {WRONG}"),
        "the other way round": refusal((*SHOP, *_policy(Condition=TRUE)), f"Bucket shop {WRONG}"),
        "the bucket without its objects": refusal(
            (*SHOP, *_policy(Resource="arn:aws:s3:::shop")), f"Bucket shop {WRONG}"
        ),
        "the objects without their list": refusal(
            (*SHOP, *_policy(Resource="arn:aws:s3:::shop/*")), f"Bucket shop {WRONG}"
        ),
        "under a further condition": refusal(
            (*SHOP, *_policy(Condition={**FALSE, "StringEquals": {"aws:PrincipalAccount": "1"}})),
            f"Bucket shop {WRONG}",
        ),
        "reading only": refusal((*SHOP, *_policy(Action="s3:GetObject")), f"Bucket shop {WRONG}"),
        "for one role": refusal(
            (*SHOP, *_policy(Principal={"AWS": "arn:aws:iam::111122223333:role/shop"})), f"Bucket shop {WRONG}"
        ),
        "for all but one role": refusal(
            (*SHOP, *_policy(Principal=None, NotPrincipal={"AWS": "arn:aws:iam::111122223333:role/shop"})),
            f"Bucket shop {WRONG}",
        ),
        **in_kinds(refusal(SHOP, f"Bucket shop {WRONG}"), BUCKETS),
    },
)
