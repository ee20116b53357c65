"""No ACL gives a bucket or an object to strangers.

Fields: `acl` of buckets, bucket ACLs and objects is private, one that gives the bucket's owner rights, or one for AWS's
own log delivery; and the `uri` of each of `grants` (`accessControlPolicy.grants[].grantee` of a bucket ACL) is the
group of log delivery. Reference: FSBP S3.2, S3.3 and S3.12, Checkov CKV_AWS_20, CKV_AWS_57 and CKV_AWS_375.
"""

from collections.abc import Iterator

from guardrails.aws.relations import BUCKETS
from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

BUCKET_ACL = "aws:s3/bucketAcl:BucketAcl"
ACLS = frozenset({BUCKET_ACL, "aws:s3/bucketAclV2:BucketAclV2"})
OBJECTS = frozenset(
    {
        "aws:s3/bucketObject:BucketObject",
        "aws:s3/bucketObjectv2:BucketObjectv2",
        "aws:s3/objectCopy:ObjectCopy",
    }
)
SOUND = ("private", "bucket-owner-read", "bucket-owner-full-control", "aws-exec-read", "log-delivery-write", "")
LOG_DELIVERY = "http://acs.amazonaws.com/groups/s3/LogDelivery"
PROBLEM = "gives what it holds to strangers"


def check(obj: Object) -> Violations:
    """Ask for the canned ACL, then for each group that is given something."""
    if obj.differs_from("acl", than=SOUND):
        yield obj.fails(PROBLEM, "acl")
    for grantee in _grantees(obj):
        if grantee.differs_from("uri", than=(LOG_DELIVERY, "")):
            yield grantee.fails(PROBLEM, "uri")


def _grantees(obj: Object) -> Iterator[Node]:
    if obj.id in ACLS:
        yield from (grant.at("grantee") for grant in obj.items("accessControlPolicy", "grants"))
    else:
        yield from obj.items("grants")


def _granted(group: str) -> tuple[Resource, ...]:
    grantee: Plain = {"type": "Group", "uri": f"http://acs.amazonaws.com/groups/{group}"}
    return aws_resource(BUCKET_ACL, accessControlPolicy={"grants": [{"permission": "READ", "grantee": grantee}]})


READ = bad_example(aws_resource("aws:s3/bucket:Bucket", acl="public-read"), f"Bucket shop {PROBLEM}")

RULE = Rule(
    id="no-public-acl",
    title="No ACL gives a bucket to strangers",
    why="Bots list every public bucket there is, and what they find is copied before anybody notices.",
    fix="Leave acl and grants out, and name the roles that may read in the bucket's policy.",
    severity=Severity.CRITICAL,
    covers=("go-live-readiness:27", "optibid:34"),
    kinds=BUCKETS | ACLS | OBJECTS,
    check=EachObject(check),
    allows={
        "private": aws_resource(BUCKET_ACL, acl="private"),
        "AWS's logs": _granted("s3/LogDelivery"),
        "unset": aws_resource("aws:s3/bucket:Bucket"),
    },
    refuses={
        "everybody reads": READ,
        "everybody writes": bad_example(aws_resource(BUCKET_ACL, acl="public-read-write"), f"BucketAcl shop {PROBLEM}"),
        "any account reads": bad_example(
            aws_resource(BUCKET_ACL, acl="authenticated-read"), f"BucketAcl shop {PROBLEM}"
        ),
        "a grant to everybody": bad_example(_granted("global/AllUsers"), f"BucketAcl shop {PROBLEM}"),
        "a grant to any account": bad_example(_granted("global/AuthenticatedUsers"), f"BucketAcl shop {PROBLEM}"),
        "a grant in the bucket": bad_example(
            aws_resource("aws:s3/bucket:Bucket", grants=[{"uri": "http://acs.amazonaws.com/groups/global/AllUsers"}]),
            f"Bucket shop {PROBLEM}",
        ),
        **in_kinds(READ, BUCKETS | ACLS | OBJECTS),
    },
)
