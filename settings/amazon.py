"""The words in which stack files speak of AWS, beside those that everybody uses."""

from typing import Annotated

from settings.vocabulary import Whole, Word, pattern

AwsAccount = Annotated[str, Word("an AWS account id, quoted", "'111122223333'", pattern(r"\d{12}"))]
"""The twelve digits of an AWS account; without quotes YAML would drop a leading zero."""

AwsZone = Annotated[str, Word("an availability zone", "'us-east-1a'", pattern(r"[a-z]{2}(-[a-z]+)+-\d[a-z]"))]
"""The name of an availability zone in this account."""

AddonVersion = Annotated[
    str,
    Word("the version of an EKS add-on", "'v1.20.4-eksbuild.2'", pattern(r"v\d+\.\d+\.\d+-eksbuild\.\d+")),
]
"""The version that EKS gives an add-on: upstream's, and the build of it."""

DiskSize = Annotated[int, Whole("a disk size in GiB", 100, 20, 16384)]
"""The size of a disk in GiB; EBS gp3 volumes go up to 16 TiB."""

LockDays = Annotated[int, Whole("a number of days", 731, 730, 3650)]
"""How long an audit trail is locked: two years at least, and not by a slip of the finger for ever."""

DatabaseZones = Annotated[int, Whole("a number of zones", 2, 1, 2)]
"""In how many zones a database stands; two keep a standby."""

RotationDays = Annotated[int, Whole("a number of days", 30, 1, 90)]
"""The days between two rotations of a secret."""

Requests = Annotated[int, Whole("a number of requests", 2000, 10, 2_000_000_000)]
"""What one address may ask within five minutes; AWS WAF counts from ten on."""

CacheNodes = Annotated[int, Whole("a number of cache nodes", 3, 2, 6)]
"""A primary and its replicas; with fewer than two, one failure empties the cache."""

KmsKeyArn = Annotated[
    str,
    Word(
        "the ARN of a KMS key",
        "'arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9'",
        pattern(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[0-9a-f-]{36}"),
    ),
]
"""The name of a key as AWS policies write it; not an alias, which may come to mean another key."""

BucketName = Annotated[
    str, Word("the name of an S3 bucket", "'golive-state'", pattern(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"))
]
"""The name of a bucket, which no other bucket in the world has."""

PrefixListId = Annotated[str, Word("the id of a prefix list", "'pl-3b927c52'", pattern(r"pl-[0-9a-f]{8,17}"))]
"""The id that AWS gave a list of networks."""

JobName = Annotated[
    str,
    Word("the name of a CI job, without *", "'repo:254carbon/platform:environment:prod'", pattern(r"[\w.:/@=+#%~,-]+")),
]
"""What the CI system's token says of a job in ``sub``, whole: a pattern or a variable would let other jobs in."""

UrlPath = Annotated[str, Word("a path that begins with /", "'/healthz/ready'", pattern(r"/\S*"))]
"""The path of an address."""

DatabaseClass = Annotated[str, Word("an RDS instance class", "'db.m7g.large'", pattern(r"db\.[a-z0-9-]+\.[a-z0-9]+"))]
"""The name of a kind of database machine."""

CacheNodeType = Annotated[
    str, Word("an ElastiCache node type", "'cache.m7g.large'", pattern(r"cache\.[a-z0-9-]+\.[a-z0-9]+"))
]
"""The name of a kind of cache machine."""

BrokerType = Annotated[
    str, Word("an MSK broker type", "'kafka.m7g.large'", pattern(r"(express|kafka)\.[a-z0-9-]+\.[a-z0-9]+"))
]
"""The name of a kind of Kafka machine."""

PostgresqlVersion = Annotated[str, Word("a PostgreSQL version, quoted", "'17'", pattern(r"\d{2}(\.\d+)?"))]
"""A major version, or a minor one; RDS adds minor ones by itself."""

ValkeyVersion = Annotated[str, Word("a Valkey version, quoted", "'8.0'", pattern(r"\d\.\d"))]
"""A version of the cache, which speaks Redis's protocol."""

KafkaVersion = Annotated[str, Word("a Kafka version as MSK spells it", "'3.9.x'", pattern(r"\d\.\d\.[\dx]+(\.kraft)?"))]
"""A version of Kafka."""
