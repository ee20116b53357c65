"""Every word of the vocabulary accepts what it names, and answers the rest with a valid example."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from settings import amazon
from settings import vocabulary as words

LABEL = "expected a DNS label (lower-case letters, digits, hyphens, at most 63), for example 'marketplace'"
DOMAIN = "expected a domain name, for example '254carbon.ai'"
HOST = (
    "expected a host name, without port or scheme, for example 'postgresql.market-intelligence-infra.svc.cluster.local'"
)
IMAGE = "expected an image reference, for example '254carbon/marketplace:v1.0.0' or '...@sha256:<64 hex digits>'"
CIDR = "expected a network in CIDR notation, with no host bits set, for example '10.20.0.0/16'"
DURATION = "expected a duration above zero, for example '30m', '1h' or '90s'"
CPU = "expected an amount of CPU above zero, quoted, for example '250m' or '1.5'"
MEMORY = "expected an amount of memory above zero, for example '512Mi' or '2Gi'"
ADDRESS = (
    "expected an address of http or https, without a slash at the end, for example "
    "'http://prometheus.monitoring.svc.cluster.local:9090'"
)
PORT = "expected a port from 1 to 65535, without quotes, for example 8015"
PERCENT = "expected a whole percentage from 1 to 100, without quotes, for example 10"
COUNT = "expected a number of copies from 1 to 1000, without quotes, for example 3"
REGION = "expected an AWS region, for example 'us-east-1'"
ACCOUNT = "expected an AWS account id, quoted, for example '111122223333'"
ZONE = "expected an availability zone, for example 'us-east-1a'"
ADDON = "expected the version of an EKS add-on, for example 'v1.20.4-eksbuild.2'"
DISK = "expected a disk size in GiB from 20 to 16384, without quotes, for example 100"
LOCK = "expected a number of days from 730 to 3650, without quotes, for example 731"
REQUESTS = "expected a number of requests from 10 to 2000000000, without quotes, for example 2000"
CACHES = "expected a number of cache nodes from 2 to 6, without quotes, for example 3"
KMS_KEY = (
    "expected the ARN of a KMS key, for example "
    "'arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9'"
)
BUCKET = "expected the name of an S3 bucket, for example 'golive-state'"
PREFIX_LIST = "expected the id of a prefix list, for example 'pl-3b927c52'"
JOB = "expected the name of a CI job, without *, for example 'repo:254carbon/platform:environment:prod'"
URL_PATH = "expected a path that begins with /, for example '/healthz/ready'"
DATABASE = "expected an RDS instance class, for example 'db.m7g.large'"
CACHE = "expected an ElastiCache node type, for example 'cache.m7g.large'"
BROKER = "expected an MSK broker type, for example 'kafka.m7g.large'"
POSTGRESQL = "expected a PostgreSQL version, quoted, for example '17'"
VALKEY = "expected a Valkey version, quoted, for example '8.0'"
KAFKA = "expected a Kafka version as MSK spells it, for example '3.9.x'"
ROTATION = "expected a number of days from 1 to 90, without quotes, for example 30"
INSTANCE = "expected an EC2 instance type, for example 'm7i.xlarge'"
VERSION = "expected a Kubernetes minor version, quoted, for example '1.34'"
ROLE = "expected the ARN of an IAM role, for example 'arn:aws:iam::111122223333:role/deploy'"

ACCEPTED: list[tuple[Any, tuple[object, ...]]] = [
    (words.DnsLabel, ("a", "marketplace", "0-9", "a" * 63)),
    (words.DomainName, ("254carbon.ai", "staging.254carbon.ai", "a.b")),
    (words.HostName, ("redis", "kafka.example.internal", "a.b.svc.cluster.local")),
    (
        words.ImageReference,
        (
            "254carbon/marketplace:v1.0.0",
            "registry.example:5000/a/b_c:1",
            "localhost/a",
            "a@sha256:" + "0" * 64,
            "a/b:latest",
            "a:v1@sha256:" + "f" * 64,
        ),
    ),
    (words.Cidr, ("10.20.0.0/16", "0.0.0.0/0", "2001:db8::/32", "10.0.0.1/32")),
    (words.Duration, ("30m", "1h", "90s", "1h30m", "2h0m1s")),
    (words.CpuQuantity, ("250m", "1", "1.5", "0.001")),
    (words.MemoryQuantity, ("512Mi", "2Gi", "1Ki", "1Ti")),
    (words.HttpAddress, ("http://127.0.0.1:9090", "https://runbooks.internal/golive", "http://prometheus")),
    (words.Port, (1, 8015, 65535)),
    (words.Percent, (1, 100)),
    (words.Count, (1, 1000)),
    (words.AwsRegion, ("us-east-1", "ap-southeast-2", "us-gov-west-1")),
    (amazon.AwsAccount, ("111122223333", "000000000001")),
    (amazon.AwsZone, ("us-east-1a", "us-gov-west-1b")),
    (amazon.AddonVersion, ("v1.20.4-eksbuild.2", "v1.34.0-eksbuild.10")),
    (amazon.DiskSize, (20, 100, 16384)),
    (amazon.LockDays, (730, 3650)),
    (amazon.RotationDays, (1, 90)),
    (amazon.Requests, (10, 2000)),
    (amazon.CacheNodes, (2, 6)),
    (amazon.DatabaseZones, (1, 2)),
    (amazon.KmsKeyArn, ("arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9",)),
    (amazon.BucketName, ("golive-state", "a.b")),
    (amazon.PrefixListId, ("pl-3b927c52", "pl-0a1b2c3d4e5f60718")),
    (amazon.JobName, ("repo:254carbon/platform:environment:prod",)),
    (amazon.UrlPath, ("/", "/healthz/ready")),
    (amazon.DatabaseClass, ("db.m7g.large", "db.t4g.medium")),
    (amazon.CacheNodeType, ("cache.m7g.large",)),
    (amazon.BrokerType, ("kafka.m7g.large", "express.m7g.large")),
    (amazon.PostgresqlVersion, ("17", "17.6")),
    (amazon.ValkeyVersion, ("8.0",)),
    (amazon.KafkaVersion, ("3.9.x", "3.8.1", "4.0.x.kraft")),
    (words.InstanceType, ("m7i.xlarge", "u-6tb1.metal")),
    (words.KubernetesVersion, ("1.34", "1.30")),
    (words.IamRoleArn, ("arn:aws:iam::111122223333:role/deploy", "arn:aws-us-gov:iam::111122223333:role/a/b")),
]

FINGERPRINT = "expected a fingerprint of settings, for example 'sha256:<64 hex digits>'"
NOTICE = "expected a line of at most 100 characters, for example 'Back at 14:00 UTC.'"
REASON = "expected a reason, in one line of words, for example 'errors above 1 percent'"
REFUSED: list[tuple[Any, str, tuple[object, ...]]] = [
    (words.DnsLabel, LABEL, ("", "A", "a_b", "-a", "a-", "a" * 64, "a.b", "a\n", "é", 1, None, True, ["a"])),
    (words.DomainName, DOMAIN, ("carbon", "a..b", "a.b.", ".a.b", "A.b", "a b.c", "a." + "b" * 64, 254)),
    (words.HostName, HOST, ("", "a:80", "http://a", "10.0.0.1", "a/b", "Kafka", "a" * 254, None)),
    (words.ImageReference, IMAGE, ("", "A/b", "a:", "a@sha256:00", "a b", "a:b:c", "/a", "a\n", "x" * 600, 1.0)),
    (words.Cidr, CIDR, ("nonsense", "10.20.0.1/16", "10.20.0.0", "10.20.0.0/33", "10.0.0.0/255.0.0.0", "/8", 10)),
    (words.Fingerprint, FINGERPRINT, ("", "0" * 64, "sha256:", "sha256:" + "g" * 64, "sha256:" + "0" * 63, 12)),
    (words.Reason, REASON, ("", "  ", "two\nlines", "\x1b[0m", "x" * 600, 3, None)),
    (words.Notice, NOTICE, ("", "  ", "two\nlines", "x" * 101, 3, None)),
    (words.Duration, DURATION, ("", "30", "0s", "1m1h", "1d", "-1m", "1.5h", "٣m", 30, None)),
    (words.CpuQuantity, CPU, ("0", "0m", "1.2345", "1.5m", "-1", "1e3", 1, 0.5, "")),
    (words.MemoryQuantity, MEMORY, ("512M", "512m", "512", "0Mi", "1.5Gi", "-1Mi", 512, "")),
    (
        words.HttpAddress,
        ADDRESS,
        ("", "prometheus:9090", "http://", "http://a/", "ftp://a", "http://u:p@a", "http://a b", 1),
    ),
    (words.Port, PORT, (0, 65536, 99999, -1, "80", 80.0, True, None)),
    (words.Percent, PERCENT, (0, 101, "10", 10.5, "10%", True)),
    (words.Count, COUNT, (0, 1001, "3", False)),
    (words.AwsRegion, REGION, ("us-east", "US-EAST-1", "useast1", 1)),
    (amazon.AwsAccount, ACCOUNT, (111122223333, "1111", "11112222333a", None)),
    (amazon.AwsZone, ZONE, ("us-east-1", "use1-az1", 1)),
    (amazon.AddonVersion, ADDON, ("latest", "v1.20.4", "1.20.4-eksbuild.2", None)),
    (amazon.DiskSize, DISK, (19, 16385, "100", True)),
    (amazon.LockDays, LOCK, (729, 3651, "731")),
    (amazon.RotationDays, ROTATION, (0, 91, "30")),
    (amazon.Requests, REQUESTS, (9, "2000", None)),
    (amazon.CacheNodes, CACHES, (1, 7, "3")),
    (amazon.DatabaseZones, "expected a number of zones from 1 to 2, without quotes, for example 2", (0, 3, "2", True)),
    (amazon.KmsKeyArn, KMS_KEY, ("alias/a", "arn:aws:kms:us-east-1:111122223333:alias/a", None)),
    (amazon.BucketName, BUCKET, ("Golive", "a", "-a-", "a" * 64, 1)),
    (amazon.PrefixListId, PREFIX_LIST, ("pl-", "com.amazonaws.global", None)),
    (amazon.JobName, JOB, ("repo:254carbon/*", "a b", "a\x00b", "${aws:username}", "", 1)),
    (amazon.UrlPath, URL_PATH, ("healthz", "/a b", "", 1)),
    (amazon.DatabaseClass, DATABASE, ("m7g.large", "db.m7g", None)),
    (amazon.CacheNodeType, CACHE, ("m7g.large", "cache.m7g", None)),
    (amazon.BrokerType, BROKER, ("m7g.large", "kafka.m7g", None)),
    (amazon.PostgresqlVersion, POSTGRESQL, (17, "9", "17.6.1")),
    (amazon.ValkeyVersion, VALKEY, (8.0, "8", "8.0.1")),
    (amazon.KafkaVersion, KAFKA, (3.9, "3.9", "latest")),
    (words.InstanceType, INSTANCE, ("m7i", "M7i.large", "m7i.", 7)),
    (words.KubernetesVersion, VERSION, (1.34, "1.3", "2.10", "v1.34", "1.34.1")),
    (words.IamRoleArn, ROLE, ("arn:aws:iam::1:role/a", "arn:aws:iam::111122223333:user/a", "deploy", "")),
]


@pytest.mark.parametrize(
    ("kind", "value"),
    [pytest.param(kind, value, id=f"{value!r:.60}") for kind, values in ACCEPTED for value in values],
)
def test_accepts(kind: Any, value: object) -> None:  # noqa: ANN401 -- an annotated type has no type of its own
    assert TypeAdapter(kind).validate_python(value) == value


@pytest.mark.parametrize(
    ("kind", "says", "value"),
    [pytest.param(kind, says, value, id=f"{value!r:.60}") for kind, says, values in REFUSED for value in values],
)
def test_refuses(kind: Any, says: str, value: object) -> None:  # noqa: ANN401 -- an annotated type has no type of its own
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    assert [error["msg"] for error in caught.value.errors()] == [f"Value error, {says}"]


def test_every_word_is_tested() -> None:
    defined = {
        name: value
        for module in (words, amazon)
        for name, value in vars(module).items()
        if isinstance(value, type(words.Port)) and name != "Annotated"
    }
    tested = {name: value for name, value in defined.items() for kind, *_ in REFUSED if value is kind}
    assert tested == defined


@pytest.mark.parametrize(("text", "seconds"), [("30m", 1800), ("1h", 3600), ("90s", 90), ("1h30m", 5400)])
def test_durations_in_seconds(text: str, seconds: int) -> None:
    assert words.duration_seconds(text) == seconds


@pytest.mark.parametrize(
    ("text", "canonical"),
    [("30m", "30m0s"), ("1h", "1h0m0s"), ("90s", "1m30s"), ("45s", "45s"), ("90m", "1h30m0s"), ("1h30m", "1h30m0s")],
)
def test_durations_as_go_writes_them(text: str, canonical: str) -> None:
    assert words.canonical_duration(text) == canonical


@pytest.mark.parametrize(("text", "millicores"), [("250m", 250), ("1.5", 1500), ("0.001", 1), ("2", 2000)])
def test_cpu_in_millicores(text: str, millicores: int) -> None:
    assert words.cpu_millicores(text) == millicores


@pytest.mark.parametrize(("text", "size"), [("1Ki", 1024), ("512Mi", 536870912), ("1Gi", 1073741824), ("1Ti", 2**40)])
def test_memory_in_bytes(text: str, size: int) -> None:
    assert words.memory_bytes(text) == size


@pytest.mark.parametrize(
    ("image", "host", "path"),
    [
        ("254carbon/marketplace:v1.0.0", "", "254carbon/marketplace"),
        ("registry.example:5000/a/b_c:1", "registry.example", "a/b_c"),
        ("localhost/a", "localhost", "a"),
        ("a/b:v1@sha256:" + "f" * 64, "", "a/b"),
        ("a", "", "a"),
    ],
)
def test_images_in_parts(image: str, host: str, path: str) -> None:
    assert (words.registry_host(image), words.repository(image)) == (host, path)


def test_words_describe_themselves_in_json_schema() -> None:
    assert TypeAdapter(words.KubernetesVersion).json_schema() == {
        "type": "string",
        "description": "a Kubernetes minor version, quoted",
        "examples": ["'1.34'"],
    }
    assert TypeAdapter(words.Percent).json_schema() == {
        "type": "integer",
        "minimum": 1,
        "maximum": 100,
        "description": "a whole percentage",
        "examples": [10],
    }
