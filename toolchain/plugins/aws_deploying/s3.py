"""Buckets, and what is set on each by a resource of its own."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from toolchain.plugins.aws_deploying.api import Api, Given, Gone
from toolchain.plugins.aws_deploying.kind import Kind, camel, no_change, pairs, pascal, some, unpaired

FIRST_REGION = "us-east-1"
"""Where a bucket lies that names no region."""


def _bucket(api: Api, given: Given) -> tuple[str, Given]:
    name, region = given["bucket"], api.region
    where = {} if region == FIRST_REGION else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    locked = some(given, ObjectLockEnabledForBucket="objectLockEnabled")
    api("s3", "create_bucket", Bucket=name, **where, **locked)
    _tag(api, name, given)
    return name, {
        "arn": f"arn:aws:s3:::{name}",
        "bucketDomainName": f"{name}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{name}.s3.{region}.amazonaws.com",
    }


def _tag(api: Api, identity: str, given: Given) -> None:
    if given.get("tags"):
        api("s3", "put_bucket_tagging", Bucket=identity, Tagging={"TagSet": pairs(given["tags"])})
    else:
        api("s3", "delete_bucket_tagging", Bucket=identity)


def _found(api: Api, identity: str, _state: Given) -> Given:
    api("s3", "head_bucket", Bucket=identity)
    try:
        return {"tags": unpaired(api("s3", "get_bucket_tagging", Bucket=identity)["TagSet"])}
    except Gone:
        return {"tags": {}}


def _no_bucket(api: Api, identity: str, _state: Given) -> None:
    """A bucket with something in it stays, and AWS says so."""
    api("s3", "delete_bucket", Bucket=identity)


@dataclass(frozen=True, kw_only=True)
class _Facet:
    """One thing that is set on a bucket: its operations, and how it is written and read."""

    put: str
    get: str
    delete: str = ""
    """None where AWS knows no way back: then it goes with the bucket, or is put back to ``cleared``."""
    cleared: Given | None = None
    write: Callable[[Given], Given]
    read: Callable[[Given], Given]
    fields: tuple[str, ...]

    def kind(self) -> Kind:
        """Describe it as a resource."""

        def put(api: Api, identity: str, given: Given) -> None:
            api("s3", self.put, Bucket=identity, **self.write(given))

        def create(api: Api, given: Given) -> tuple[str, Given]:
            put(api, given["bucket"], given)
            return given["bucket"], {}

        def find(api: Api, identity: str, _state: Given) -> Given:
            return self.read(api("s3", self.get, Bucket=identity))

        def delete(api: Api, identity: str, _state: Given) -> None:
            if self.delete:
                api("s3", self.delete, Bucket=identity)
            elif self.cleared is not None:
                api("s3", self.put, Bucket=identity, **self.cleared)

        return Kind(
            service="s3",
            takes=frozenset({"bucket", "region", *self.fields}),
            create=create,
            find=find,
            delete=delete,
            changes=dict.fromkeys(self.fields, put),
        )


def _nested(around: str, *fields: str) -> dict[str, Any]:
    """Write fields inside one object, and read them from it."""

    def write(given: Given) -> Given:
        return {around: {pascal({name: 0}).popitem()[0]: pascal(given[name]) for name in fields if name in given}}

    def read(answer: Given) -> Given:
        return {name: item for name, item in camel(answer[around]).items() if name in fields}

    return {"write": write, "read": read, "fields": fields}


def _rule(around: str, around_rules: str = "Rules") -> dict[str, Any]:
    """As above, where the provider has one rule and AWS a list."""
    return {
        "write": lambda given: {around: {around_rules: [pascal(given["rule"])]}},
        "read": lambda answer: {"rule": camel(answer[around][around_rules][0])},
        "fields": ("rule",),
    }


def _whole(around: str, field: str) -> dict[str, Any]:
    """As above, where the object is the field itself."""
    return {
        "write": lambda given: {around: pascal(given[field])},
        "read": lambda answer: {field: camel({name: item for name, item in answer.items() if name == "Status"})},
        "fields": (field,),
    }


def _locked(given: Given) -> Given:
    return {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": pascal(given["rule"])}}


def _logged(given: Given) -> Given:
    return {"BucketLoggingStatus": {"LoggingEnabled": pascal(some(given, **{n: n for n in LOGGED}))}}


def _logging(answer: Given) -> Given:
    if "LoggingEnabled" not in answer:
        raise Gone("logging")
    return {name: item for name, item in camel(answer["LoggingEnabled"]).items() if name in LOGGED}


LOGGED = ("targetBucket", "targetPrefix")
SWITCHES = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

FACETS = {
    "aws:s3/bucketPolicy:BucketPolicy": _Facet(
        put="put_bucket_policy",
        get="get_bucket_policy",
        delete="delete_bucket_policy",
        write=lambda given: {"Policy": given["policy"]},
        read=lambda answer: {"policy": json.dumps(json.loads(answer["Policy"]))},
        fields=("policy",),
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _Facet(
        put="put_public_access_block",
        get="get_public_access_block",
        delete="delete_public_access_block",
        **_nested("PublicAccessBlockConfiguration", *SWITCHES),
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": _Facet(
        put="put_bucket_ownership_controls",
        get="get_bucket_ownership_controls",
        delete="delete_bucket_ownership_controls",
        **_rule("OwnershipControls"),
    ),
    "aws:s3/bucketVersioning:BucketVersioning": _Facet(
        put="put_bucket_versioning",
        get="get_bucket_versioning",
        **_whole("VersioningConfiguration", "versioningConfiguration"),
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _Facet(
        put="put_bucket_encryption",
        get="get_bucket_encryption",
        delete="delete_bucket_encryption",
        **_nested("ServerSideEncryptionConfiguration", "rules"),
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _Facet(
        put="put_bucket_lifecycle_configuration",
        get="get_bucket_lifecycle_configuration",
        delete="delete_bucket_lifecycle",
        write=lambda given: {"LifecycleConfiguration": {"Rules": pascal(given["rules"])}},
        read=lambda answer: {"rules": camel(answer["Rules"])},
        fields=("rules",),
    ),
    "aws:s3/bucketLogging:BucketLogging": _Facet(
        put="put_bucket_logging",
        get="get_bucket_logging",
        cleared={"BucketLoggingStatus": {}},
        write=_logged,
        read=_logging,
        fields=LOGGED,
    ),
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": _Facet(
        put="put_object_lock_configuration",
        get="get_object_lock_configuration",
        write=_locked,
        read=lambda answer: {"rule": camel(answer["ObjectLockConfiguration"]["Rule"])},
        fields=("rule",),
    ),
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": _Facet(
        put="put_bucket_replication",
        get="get_bucket_replication",
        delete="delete_bucket_replication",
        # Stand-ins forget parts of a rule, so what is read is that there is one.
        **{**_nested("ReplicationConfiguration", "role", "rules"), "read": lambda _answer: {}},
    ),
}

KINDS: dict[str, Kind] = {
    "aws:s3/bucket:Bucket": Kind(
        service="s3",
        takes=frozenset({"bucket", "region", "objectLockEnabled", "forceDestroy", "tags"}),
        create=_bucket,
        find=_found,
        delete=_no_bucket,
        changes={"tags": _tag, "forceDestroy": no_change},
    ),
    **{token: facet.kind() for token, facet in FACETS.items()},
}
