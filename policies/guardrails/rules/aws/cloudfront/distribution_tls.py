"""A CloudFront distribution speaks TLS 1.2 or later, and no plain HTTP.

Fields: `viewerCertificate.minimumProtocolVersion` (unset means TLS 1.0, as does `cloudfrontDefaultCertificate`), and
`viewerProtocolPolicy` of `defaultCacheBehavior` and of each of `orderedCacheBehaviors`, which a distribution of many
tenants calls `cacheBehaviors`.
"""

import re
from collections.abc import Iterator

from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
KINDS = frozenset({DISTRIBUTION, "aws:cloudfront/multitenantDistribution:MultitenantDistribution"})
OLD = "accepts TLS older than 1.2"
PLAIN = "serves plain HTTP"
_MODERN = re.compile(r"TLSv1\.[23]_\d{4}")


def check(distribution: Object) -> Violations:
    """Ask for the oldest TLS, and for what becomes of plain HTTP."""
    certificate = distribution.at("viewerCertificate")
    oldest = certificate.read("minimumProtocolVersion")
    if not isinstance(oldest, Unknown) and not (isinstance(oldest, str) and _MODERN.fullmatch(oldest)):
        yield certificate.fails(OLD, "minimumProtocolVersion")
    elif certificate.differs_from("cloudfrontDefaultCertificate", than=(False,)):
        yield certificate.fails(OLD, "cloudfrontDefaultCertificate")
    for behavior in _behaviors(distribution):
        if behavior.read("viewerProtocolPolicy") not in {"redirect-to-https", "https-only"}:
            yield behavior.fails(PLAIN, "viewerProtocolPolicy")


def _behaviors(distribution: Object) -> Iterator[Node]:
    yield distribution.at("defaultCacheBehavior")
    yield from distribution.items("orderedCacheBehaviors")
    yield from distribution.items("cacheBehaviors")


CERTIFICATE: dict[str, Plain] = {"minimumProtocolVersion": "TLSv1.2_2021"}
SAFE: dict[str, Plain] = {"viewerProtocolPolicy": "redirect-to-https"}
OPEN: dict[str, Plain] = {"viewerProtocolPolicy": "allow-all"}

RULE = Rule(
    id="distribution-tls",
    title="Distributions speak modern TLS only",
    why="Old protocols can be downgraded and read, and plain HTTP can be read and changed by anybody on the way.",
    fix="Set minimumProtocolVersion TLSv1.2_2021 and your own certificate, and viewerProtocolPolicy redirect-to-https.",
    severity=Severity.HIGH,
    covers=("optibid:54", "production:7", "optibid:71"),
    kinds=KINDS,
    check=EachObject(check),
    allows={
        "a redirect": aws_resource(DISTRIBUTION, viewerCertificate=CERTIFICATE, defaultCacheBehavior=SAFE),
        "HTTPS only": aws_resource(
            DISTRIBUTION,
            viewerCertificate={"minimumProtocolVersion": "TLSv1.3_2025"},
            defaultCacheBehavior={"viewerProtocolPolicy": "https-only"},
            orderedCacheBehaviors=[SAFE],
        ),
    },
    refuses={
        "unset": bad_example(aws_resource(DISTRIBUTION), f"Distribution shop {OLD}", f"Distribution shop {PLAIN}"),
        "null": bad_example(
            aws_resource(DISTRIBUTION, viewerCertificate=None, defaultCacheBehavior=SAFE), f"Distribution shop {OLD}"
        ),
        "an old version": bad_example(
            aws_resource(
                DISTRIBUTION, viewerCertificate={"minimumProtocolVersion": "TLSv1.1_2016"}, defaultCacheBehavior=SAFE
            ),
            f"Distribution shop {OLD}",
        ),
        "the default certificate": bad_example(
            aws_resource(
                DISTRIBUTION,
                viewerCertificate={**CERTIFICATE, "cloudfrontDefaultCertificate": True},
                defaultCacheBehavior=SAFE,
            ),
            f"Distribution shop {OLD}",
        ),
        **in_kinds(
            bad_example(
                aws_resource(
                    DISTRIBUTION, viewerCertificate=CERTIFICATE, defaultCacheBehavior=SAFE, cacheBehaviors=[OPEN]
                ),
                f"Distribution shop {PLAIN}",
            ),
            KINDS,
        ),
        "plain HTTP by default": bad_example(
            aws_resource(DISTRIBUTION, viewerCertificate=CERTIFICATE, defaultCacheBehavior=OPEN),
            f"Distribution shop {PLAIN}",
        ),
        "plain HTTP on one path": bad_example(
            aws_resource(
                DISTRIBUTION, viewerCertificate=CERTIFICATE, defaultCacheBehavior=SAFE, orderedCacheBehaviors=[OPEN]
            ),
            f"Distribution shop {PLAIN}",
        ),
    },
)
