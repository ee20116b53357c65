"""A policy of response headers says all that browsers need.

Fields of `securityHeadersConfig`: `contentSecurityPolicy`, `frameOptions` (or frame-ancestors in the former),
`contentTypeOptions`, and `strictTransportSecurity` for a year at least. Reference: OWASP Secure Headers.
"""

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

POLICY = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
CONFIG = "securityHeadersConfig"
YEAR = 31_536_000
CSP = (CONFIG, "contentSecurityPolicy", "contentSecurityPolicy")
FRAMES = (CONFIG, "frameOptions", "frameOption")
HSTS = (CONFIG, "strictTransportSecurity", "accessControlMaxAgeSec")
TYPES = (CONFIG, "contentTypeOptions", "override")
NO_CSP = "sets no Content-Security-Policy"
NO_FRAMES = "sets no X-Frame-Options"
NO_HSTS = "sets no Strict-Transport-Security for a year"
NO_TYPES = "sets no X-Content-Type-Options"


def check(policy: Object) -> Violations:
    """Ask for each header."""
    content = policy.read(*CSP)
    if not isinstance(content, Unknown) and not (isinstance(content, str) and content.strip()):
        yield policy.fails(NO_CSP, *CSP)
    frames = policy.read(*FRAMES)
    if not isinstance(frames, Unknown) and frames not in ("DENY", "SAMEORIGIN"):
        yield policy.fails(NO_FRAMES, *FRAMES)
    seconds = policy.read(*HSTS)
    if not isinstance(seconds, Unknown) and not (isinstance(seconds, int | float) and seconds >= YEAR):
        yield policy.fails(NO_HSTS, *HSTS)
    if policy.read(*TYPES) is None:
        yield policy.fails(NO_TYPES, *TYPES)


def _policy(**changes: Plain) -> tuple[Resource, ...]:
    sound: dict[str, Plain] = {
        "contentSecurityPolicy": {"contentSecurityPolicy": "default-src 'self'", "override": True},
        "contentTypeOptions": {"override": True},
        "frameOptions": {"frameOption": "DENY", "override": True},
        "strictTransportSecurity": {"accessControlMaxAgeSec": YEAR, "override": True},
    }
    return aws_resource(POLICY, securityHeadersConfig={**sound, **changes})


SHORT: dict[str, Plain] = {"accessControlMaxAgeSec": 300, "override": True}

RULE = Rule(
    id="security-headers-complete",
    title="Security headers are complete",
    why="Each header closes one way of attacking people in their browsers, and the one that is missing is used.",
    fix="Set contentSecurityPolicy, contentTypeOptions, frameOptions and strictTransportSecurity of 31536000 seconds.",
    severity=Severity.MEDIUM,
    covers=("optibid:60", "optibid:461"),
    kinds=frozenset({POLICY}),
    check=EachObject(check),
    allows={
        "complete": _policy(),
        "framed by itself": _policy(frameOptions={"frameOption": "SAMEORIGIN", "override": True}),
    },
    refuses={
        "none": bad_example(
            aws_resource(POLICY),
            *(f"ResponseHeadersPolicy shop {problem}" for problem in (NO_CSP, NO_FRAMES, NO_HSTS, NO_TYPES)),
        ),
        "no content policy": bad_example(_policy(contentSecurityPolicy=None), f"ResponseHeadersPolicy shop {NO_CSP}"),
        "HSTS for minutes": bad_example(
            _policy(strictTransportSecurity=SHORT), f"ResponseHeadersPolicy shop {NO_HSTS}"
        ),
    },
)
