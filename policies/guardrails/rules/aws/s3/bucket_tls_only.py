"""A bucket answers no request that came in plain text.

Each bucket needs a `BucketPolicy` for its name with a statement that denies every action to everybody when
`aws:SecureTransport` is false. Reference: CIS AWS Foundations 2.1.1, FSBP S3.5.
"""

import json
import re
from collections.abc import Sequence

from guardrails.aws.iam_statements import is_for_all_but_some, is_for_anybody, statements
from guardrails.aws.relations import BUCKETS, require_companion, texts
from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

BUCKET = "aws:s3/bucket:Bucket"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
PROBLEM = "answers requests in plain text"
PLAIN_TEXT = ("Bool", "aws:securetransport")
_BUCKET = re.compile(r"\*|arn:aws[a-z-]*:s3:::[^/]+")
_OBJECTS = re.compile(r"\*|arn:aws[a-z-]*:s3:::[^/]+/\*")


def check(stack: Sequence[Object]) -> Violations:
    """Find each bucket's policy."""
    policies = [(obj, "bucket") for obj in stack if obj.id == POLICY]
    for bucket in stack:
        if bucket.id in BUCKETS:
            yield from require_companion(bucket, "bucket", PROBLEM, policies, _sound)


def _sound(obj: Object) -> tuple[bool, list[Node]]:
    policy = obj.at("policy")
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
        (operator, key.lower()): value.record_unknown()
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
    return aws_resource(POLICY, "policy", bucket=bucket, policy=json.dumps({"Statement": [statement]}))


SHOP = aws_resource(BUCKET, bucket="shop")
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
        "no policy": bad_example(SHOP, f"Bucket shop {PROBLEM}"),
        "another bucket's": bad_example((*SHOP, *_policy("other")), f"Bucket shop {PROBLEM}"),
        "allowed instead": bad_example((*SHOP, *_policy(Effect="Allow")), f"Bucket shop {PROBLEM}"),
        "the other way round": bad_example((*SHOP, *_policy(Condition=TRUE)), f"Bucket shop {PROBLEM}"),
        "the bucket without its objects": bad_example(
            (*SHOP, *_policy(Resource="arn:aws:s3:::shop")), f"Bucket shop {PROBLEM}"
        ),
        "the objects without their list": bad_example(
            (*SHOP, *_policy(Resource="arn:aws:s3:::shop/*")), f"Bucket shop {PROBLEM}"
        ),
        "under a further condition": bad_example(
            (*SHOP, *_policy(Condition={**FALSE, "StringEquals": {"aws:PrincipalAccount": "1"}})),
            f"Bucket shop {PROBLEM}",
        ),
        "reading only": bad_example((*SHOP, *_policy(Action="s3:GetObject")), f"Bucket shop {PROBLEM}"),
        "for one role": bad_example(
            (*SHOP, *_policy(Principal={"AWS": "arn:aws:iam::111122223333:role/shop"})), f"Bucket shop {PROBLEM}"
        ),
        "for all but one role": bad_example(
            (*SHOP, *_policy(Principal=None, NotPrincipal={"AWS": "arn:aws:iam::111122223333:role/shop"})),
            f"Bucket shop {PROBLEM}",
        ),
        **in_kinds(bad_example(SHOP, f"Bucket shop {PROBLEM}"), BUCKETS),
    },
)
