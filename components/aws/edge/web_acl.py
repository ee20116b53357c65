"""A web application firewall: who may come, how often, and what no request may contain."""

import ipaddress
from typing import Annotated, Any, Literal, Self

import pulumi
import pulumi_aws as aws
from pydantic import Field, field_validator, model_validator

from components.args import Args, Wire
from settings.vocabulary import AwsRegion, Cidr, DnsLabel, DomainName

EDGE_REGION = "us-east-1"
"""Where everything that CloudFront uses has to be."""

MANAGED_GROUPS = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
)
"""AWS's own rule groups, 1125 of the 1500 capacity units that a web ACL has at the basic price."""

WINDOW_SECONDS = 300
"""Over how long requests are counted."""

LOG_DAYS = 365
"""How long requests are kept."""

HIDDEN_HEADERS = ("authorization", "cookie")
"""What the log must not repeat."""


class AllowList(Args):
    """The networks from which a product can be reached; every other one is refused."""

    product: DnsLabel
    hosts: Annotated[tuple[DomainName, ...], Field(min_length=1)]
    cidrs: Annotated[tuple[Cidr, ...], Field(min_length=1)]

    @field_validator("cidrs")
    @classmethod
    def _not_everybody(cls, cidrs: tuple[str, ...]) -> tuple[str, ...]:
        if any(ipaddress.ip_network(cidr).prefixlen == 0 for cidr in cidrs):
            raise ValueError("expected networks of some; a list of everybody is said by leaving the list out")
        return cidrs


class RateLimit(Args):
    """How many requests one address may send to a product within five minutes."""

    product: DnsLabel
    hosts: Annotated[tuple[DomainName, ...], Field(min_length=1)]
    requests: Annotated[int, Field(ge=10, le=2_000_000_000)]
    """Per address and five minutes; the bounds are WAF's."""


class WebAclArgs(Args):
    """What is let through."""

    name: DnsLabel
    scope: Literal["CLOUDFRONT", "REGIONAL"]
    region: AwsRegion
    """Where it stands; for CloudFront that is us-east-1."""
    allow_lists: tuple[AllowList, ...] = ()
    limits: tuple[RateLimit, ...] = ()
    log_key: Wire[str]
    """The ARN of a KMS key in the same region that CloudWatch Logs may use."""
    tags: dict[str, str]

    @model_validator(mode="after")
    def _in_its_place(self) -> Self:
        if self.scope == "CLOUDFRONT" and self.region != EDGE_REGION:
            raise ValueError(f"expected region {EDGE_REGION} for scope CLOUDFRONT; found {self.region}")
        return self


class WebAcl(pulumi.ComponentResource):
    """Owns the web ACL, the IP sets of its allow-lists, and its log.

    Answers go-live-readiness:97 and production:17 (allow-lists and WAF), new-services:38, new-services:212, optibid:38
    and optibid:58 (rate limits). Requests are judged in this order: allow-lists, limits, AWS's groups.
    """

    arn: pulumi.Output[str]
    """What a distribution names, or an association."""

    def __init__(self, name: str, args: WebAclArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:WebAcl", name, None, opts)
        rules: list[Any] = [
            *(_allow_rule(listed, self._ip_sets(name, args, listed)) for listed in args.allow_lists),
            *(_rate_rule(limit) for limit in args.limits),
            *(_managed_rule(group) for group in MANAGED_GROUPS),
        ]
        acl = aws.wafv2.WebAcl(
            f"{name}-acl",
            name=args.name,
            scope=args.scope,
            region=args.region,
            default_action={"allow": {}},
            rules=[rule | {"priority": priority} for priority, rule in enumerate(rules)],
            visibility_config=_visible(args.name),
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._log(name, args, acl)
        self.arn = acl.arn
        self.register_outputs({"arn": self.arn})

    def _ip_sets(self, name: str, args: WebAclArgs, listed: AllowList) -> list[aws.wafv2.IpSet]:
        """Make one set for each family of addresses that is there; WAF does not mix them."""
        families: dict[str, list[str]] = {}
        for cidr in listed.cidrs:
            families.setdefault(f"IPV{ipaddress.ip_network(cidr).version}", []).append(cidr)
        return [
            aws.wafv2.IpSet(
                f"{name}-{listed.product}-{family.lower()}",
                name=f"{args.name}-{listed.product}-{family.lower()}",
                description=f"Who may reach {listed.product}",
                scope=args.scope,
                region=args.region,
                ip_address_version=family,
                addresses=sorted(addresses),
                tags=args.tags,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for family, addresses in sorted(families.items())
        ]

    def _log(self, name: str, args: WebAclArgs, acl: aws.wafv2.WebAcl) -> None:
        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"aws-waf-logs-{args.name}",  # WAF takes no log group without this prefix
            retention_in_days=LOG_DAYS,
            kms_key_id=args.log_key,
            region=args.region,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.wafv2.WebAclLoggingConfiguration(
            f"{name}-logging",
            resource_arn=acl.arn,
            log_destination_configs=[logs.arn],
            redacted_fields=[{"single_header": {"name": header}} for header in HIDDEN_HEADERS],
            region=args.region,
            opts=pulumi.ResourceOptions(parent=self),
        )


def _allow_rule(listed: AllowList, sets: list[aws.wafv2.IpSet]) -> dict[str, Any]:
    """Refuse a product's requests that come from none of its networks."""
    inside = _any([{"ip_set_reference_statement": {"arn": each.arn}} for each in sets])
    outside = {"not_statement": {"statement": inside}}
    named = f"allow-list-{listed.product}"
    return {
        "name": named,
        "action": {"block": {}},
        "statement": {"and_statement": {"statements": [_for(listed.hosts), outside]}},
        "visibility_config": _visible(named),
    }


def _rate_rule(limit: RateLimit) -> dict[str, Any]:
    """Refuse an address while it asks too often."""
    named = f"rate-{limit.product}"
    counted = {
        "limit": limit.requests,
        "aggregate_key_type": "IP",
        "evaluation_window_sec": WINDOW_SECONDS,
        "scope_down_statement": _for(limit.hosts),
    }
    return {
        "name": named,
        "action": {"block": {}},
        "statement": {"rate_based_statement": counted},
        "visibility_config": _visible(named),
    }


def _managed_rule(group: str) -> dict[str, Any]:
    return {
        "name": group,
        "override_action": {"none": {}},
        "statement": {"managed_rule_group_statement": {"vendor_name": "AWS", "name": group}},
        "visibility_config": _visible(group),
    }


def _for(hosts: tuple[str, ...]) -> dict[str, Any]:
    """Match requests for one of these hosts, however they are spelt."""
    return _any(
        [
            {
                "byte_match_statement": {
                    "field_to_match": {"single_header": {"name": "host"}},
                    "positional_constraint": "STARTS_WITH",  # the header may end in a port
                    "search_string": host,
                    "text_transformations": [{"priority": 0, "type": "LOWERCASE"}],
                }
            }
            for host in hosts
        ]
    )


def _any(statements: list[dict[str, Any]]) -> dict[str, Any]:
    """WAF wants at least two statements in an or."""
    return statements[0] if len(statements) == 1 else {"or_statement": {"statements": statements}}


def _visible(metric: str) -> aws.wafv2.WebAclVisibilityConfigArgsDict:
    return {"cloudwatch_metrics_enabled": True, "metric_name": metric, "sampled_requests_enabled": True}
