"""A distribution speaks TLS to its origins.

Fields of each origin's `customOriginConfig`: `originProtocolPolicy` is https-only, and `originSslProtocols` name
nothing older than TLSv1.2. Reference: FSBP CloudFront.9 and CloudFront.10.
"""

from guardrails.aws.relations import texts
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
CONFIG = "customOriginConfig"
OLD = frozenset({"SSLv3", "TLSv1", "TLSv1.1"})
PROBLEM = "speaks to an origin in plain text or old TLS"


def check(distribution: Object) -> Violations:
    """Ask each origin that is no bucket."""
    for origin in distribution.items("origins"):
        config = origin.at(CONFIG)
        if config.record_unknown() is None:
            continue
        if config.is_not("originProtocolPolicy", value="https-only") or OLD & set(
            texts(config.at("originSslProtocols"))
        ):
            yield config.fails(PROBLEM)


def _origin(**config: Plain) -> tuple[Resource, ...]:
    return aws_resource(DISTRIBUTION, origins=[{"domainName": "origin.example.com", CONFIG: config}])


RULE = Rule(
    id="distribution-origin-tls",
    title="Distributions speak TLS to their origins",
    why="Behind the padlock that customers see, their data would cross the internet in plain text.",
    fix="Set originProtocolPolicy to https-only and originSslProtocols to [TLSv1.2].",
    severity=Severity.HIGH,
    covers=("go-live-readiness:94", "optibid:54"),
    kinds=frozenset({DISTRIBUTION}),
    check=EachObject(check),
    allows={
        "HTTPS": _origin(originProtocolPolicy="https-only", originSslProtocols=["TLSv1.2"]),
        "a bucket": aws_resource(DISTRIBUTION, origins=[{"domainName": "shop.s3.us-east-1.amazonaws.com"}]),
    },
    refuses={
        "plain HTTP": bad_example(_origin(originProtocolPolicy="http-only"), f"Distribution shop {PROBLEM}"),
        "as the viewer came": bad_example(_origin(originProtocolPolicy="match-viewer"), f"Distribution shop {PROBLEM}"),
        "unset": bad_example(_origin(), f"Distribution shop {PROBLEM}"),
        "old TLS": bad_example(
            _origin(originProtocolPolicy="https-only", originSslProtocols=["TLSv1", "TLSv1.2"]),
            f"Distribution shop {PROBLEM}",
        ),
    },
)
