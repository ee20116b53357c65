"""The words that stack files and components are written in.

Every type is a plain ``str`` or ``int`` with one check. What the check refuses, it answers with a valid example: the
person who reads the answer is looking at a stack file and not at this module. A value of the wrong kind gets the
same answer as a wrong value: YAML turns ``1.34`` into a number, and the cure is in the words either way.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
_IMAGE_PATH = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_IMAGE = re.compile(
    rf"(?:(?P<host>localhost|[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+|[a-zA-Z0-9-]+(?=:\d))(?::\d+)?/)?"
    rf"{_IMAGE_PATH}(?:/{_IMAGE_PATH})*(?P<tag>:[\w][\w.-]{{0,127}})?(?P<digest>@sha256:[0-9a-f]{{64}})?",
    re.ASCII,
)
_DURATION = re.compile(r"(?:\d+h)?(?:\d+m)?(?:\d+s)?", re.ASCII)
_DURATION_PART = re.compile(r"(\d+)([hms])", re.ASCII)
_SECONDS = {"h": 3600, "m": 60, "s": 1}
_CPU = re.compile(r"(?:\d+m|\d+(?:\.\d{1,3})?)", re.ASCII)
_MEMORY = re.compile(r"\d+(?:Ki|Mi|Gi|Ti)", re.ASCII)
_BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
_LONGEST_NAME = 253
_LONGEST_NOTICE = 100
_LONGEST = 512


@dataclass(frozen=True)
class Word:
    """The check of one type of text: ``noun`` says what was expected, ``example`` shows one."""

    noun: str
    example: str
    matches: Callable[[str], object]

    def check(self, value: object) -> object:
        """Return the value unchanged, or raise ``ValueError`` with the noun and the example."""
        if isinstance(value, str) and len(value) <= _LONGEST and self.matches(value):
            return value
        raise ValueError(f"expected {self.noun}, for example {self.example}")

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401 -- pydantic's own signature
        return core_schema.no_info_before_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "description": self.noun, "examples": [self.example]}


@dataclass(frozen=True)
class Whole:
    """The check of one type of whole number, both bounds included; ``true`` is not one and neither is ``"80"``."""

    noun: str
    example: int
    least: int
    most: int

    def check(self, value: object) -> object:
        """Return the value unchanged, or raise ``ValueError`` with the bounds and the example."""
        if isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most:
            return value
        bounds = f"{self.noun} from {self.least} to {self.most}, without quotes"
        raise ValueError(f"expected {bounds}, for example {self.example}")

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401 -- pydantic's own signature
        return core_schema.no_info_before_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        bounds = {"minimum": self.least, "maximum": self.most}
        return {**handler(schema), **bounds, "description": self.noun, "examples": [self.example]}


def pattern(expression: str) -> Callable[[str], object]:
    """Match whole texts by a regular expression, in ASCII."""
    return re.compile(expression, re.ASCII).fullmatch


def _is_domain(value: str) -> bool:
    return len(value) <= _LONGEST_NAME and re.fullmatch(rf"{_LABEL}(\.{_LABEL})+", value) is not None


def _is_host(value: str) -> bool:
    labels = re.fullmatch(rf"{_LABEL}(\.{_LABEL})*", value) is not None
    return len(value) <= _LONGEST_NAME and labels and not value.rpartition(".")[2].isdigit()


def _is_cidr(value: str) -> bool:
    address, slash, length = value.partition("/")
    if not slash or not length.isdigit():
        return False
    try:
        ipaddress.ip_network(f"{address}/{length}", strict=True)
    except ValueError:
        return False
    return True


def _is_line(value: str) -> bool:
    return value.isprintable() and bool(value.strip())


def is_duration(value: str) -> bool:
    """Whether a text is a ``Duration``."""
    return _DURATION.fullmatch(value) is not None and duration_seconds(value) > 0


def _is_cpu(value: str) -> bool:
    return _CPU.fullmatch(value) is not None and cpu_millicores(value) > 0


def _is_memory(value: str) -> bool:
    return _MEMORY.fullmatch(value) is not None and memory_bytes(value) > 0


def duration_seconds(value: str) -> int:
    """Seconds in a ``Duration``: ``1h30m`` is 5400."""
    return sum(int(count) * _SECONDS[unit] for count, unit in _DURATION_PART.findall(value))


def canonical_duration(value: str) -> str:
    """Write a ``Duration`` as Go does: ``1h`` is ``1h0m0s``, ``90s`` is ``1m30s``."""
    minutes, seconds = divmod(duration_seconds(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes}m{seconds}s" if hours else f"{minutes}m{seconds}s" if minutes else f"{seconds}s"


def cpu_millicores(value: str) -> int:
    """Thousandths of a core in a ``CpuQuantity``: ``250m`` is 250, ``1.5`` is 1500."""
    return int(value[:-1]) if value.endswith("m") else int(Decimal(value) * 1000)


def memory_bytes(value: str) -> int:
    """Bytes in a ``MemoryQuantity``: ``1Gi`` is 1073741824."""
    return int(value[:-2]) * _BINARY[value[-2:]]


def registry_host(image: str) -> str:
    """The registry that an ``ImageReference`` names; empty when it leaves the choice open."""
    found = _IMAGE.fullmatch(image)
    return (found["host"] or "") if found else ""


def repository(image: str) -> str:
    """The path of an ``ImageReference``, without registry, tag and digest: ``254carbon/marketplace``."""
    path = image.partition("@")[0]
    if registry_host(image):
        path = path.partition("/")[2]
    return path.rpartition(":")[0] or path


def same_image(one: str, other: str) -> bool:
    """Whether two ``ImageReference`` name one image, whichever registry they name.

    Digests decide where both have one, and tags where they don't.
    """
    if repository(one) != repository(other):
        return False
    (tag, digest), (other_tag, other_digest) = _version(one), _version(other)
    if digest and other_digest:
        return digest == other_digest
    return tag == other_tag


def _version(image: str) -> tuple[str, str]:
    found = _IMAGE.fullmatch(image)
    return ((found["tag"] or ""), (found["digest"] or "")) if found else (image, "")


DnsLabel = Annotated[
    str, Word("a DNS label (lower-case letters, digits, hyphens, at most 63)", "'marketplace'", pattern(_LABEL))
]
"""One segment of a host name, which Kubernetes also asks of most object names (RFC 1123)."""

DomainName = Annotated[str, Word("a domain name", "'254carbon.ai'", _is_domain)]
"""A fully qualified host name without the final dot (RFC 1123)."""

HostName = Annotated[
    str,
    Word("a host name, without port or scheme", "'postgresql.market-intelligence-infra.svc.cluster.local'", _is_host),
]
"""The name by which a server is reached: one label or several (RFC 1123). An address is not one."""

ImageReference = Annotated[
    str,
    Word("an image reference", "'254carbon/marketplace:v1.0.0' or '...@sha256:<64 hex digits>'", _IMAGE.fullmatch),
]
"""``[registry[:port]/]path[:tag][@digest]`` as the OCI distribution specification spells it.

Whether a tag may be ``latest`` or absent is the guardrails' business, not the spelling's.
"""

Cidr = Annotated[str, Word("a network in CIDR notation, with no host bits set", "'10.20.0.0/16'", _is_cidr)]
"""An IPv4 or IPv6 network (RFC 4632)."""

Duration = Annotated[str, Word("a duration above zero", "'30m', '1h' or '90s'", is_duration)]
"""Hours, minutes and seconds in that order, as Prometheus and Kubernetes write them."""

CpuQuantity = Annotated[str, Word("an amount of CPU above zero, quoted", "'250m' or '1.5'", _is_cpu)]
"""Cores, or thousandths of a core with the suffix ``m``."""

MemoryQuantity = Annotated[str, Word("an amount of memory above zero", "'512Mi' or '2Gi'", _is_memory)]
"""Bytes in binary units; decimal units are left out because ``512m`` and ``512M`` differ by a factor of a billion."""

Fingerprint = Annotated[
    str, Word("a fingerprint of settings", "'sha256:<64 hex digits>'", pattern(r"sha256:[0-9a-f]{64}"))
]
"""The digest of settings, by which equal ones are known."""

Reason = Annotated[str, Word("a reason, in one line of words", "'errors above 1 percent'", _is_line)]
"""One line for a person to read."""

Notice = Annotated[
    str,
    Word(
        "a line of at most 100 characters",
        "'Back at 14:00 UTC.'",
        lambda value: _is_line(value) and len(value) <= _LONGEST_NOTICE,
    ),
]
"""What users read on a page."""

HttpAddress = Annotated[
    str,
    Word(
        "an address of http or https, without a slash at the end",
        "'http://prometheus.monitoring.svc.cluster.local:9090'",
        pattern(r"https?://[a-zA-Z0-9][a-zA-Z0-9.-]*(:\d{1,5})?(/[a-zA-Z0-9._-]+)*"),
    ),
]
"""Where something answers over HTTP; no user and no password fits in."""

Port = Annotated[int, Whole("a port", 8015, 1, 65535)]
"""A TCP or UDP port."""

Percent = Annotated[int, Whole("a whole percentage", 10, 1, 100)]
"""A whole percentage of traffic; zero is said by leaving the step out."""

Count = Annotated[int, Whole("a number of copies", 3, 1, 1000)]
"""How many of something run at once; none at all is said by leaving it out."""

AwsRegion = Annotated[str, Word("an AWS region", "'us-east-1'", pattern(r"[a-z]{2}(-[a-z]+)+-\d"))]
"""The region's code name."""

InstanceType = Annotated[str, Word("an EC2 instance type", "'m7i.xlarge'", pattern(r"[a-z][a-z0-9-]*\.[a-z0-9-]+"))]
"""The name of an EC2 instance type."""

KubernetesVersion = Annotated[str, Word("a Kubernetes minor version, quoted", "'1.34'", pattern(r"1\.\d{2}"))]
"""The minor version that a managed control plane runs."""

IamRoleArn = Annotated[
    str,
    Word(
        "the ARN of an IAM role",
        "'arn:aws:iam::111122223333:role/deploy'",
        pattern(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+"),
    ),
]
"""The name of a role as AWS policies write it."""
