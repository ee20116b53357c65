"""Viewers reach a product by TLS 1.3, through a firewall, and by no other way."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from components.aws.edge.certificate import CertificateArgs
from components.aws.edge.distribution import reader
from components.aws.edge.dns import query_log_policy
from components.aws.edge.edge import Edge, EdgeArgs
from components.aws.edge.load_balancer import LoadBalancerArgs
from components.aws.edge.web_acl import WebAclArgs
from tests.support.aws_plan import DR_KEY, KEY, TAGS, plan_aws, refused
from tests.support.plan import UNKNOWN, Planned, named


def site(region: str, key: str) -> dict[str, Any]:
    return {
        "region": region,
        "vpc_id": "vpc-0a1b2c3d",
        "vpc_cidr": "10.20.0.0/16",
        "subnets": ["subnet-0a1b2c3d4e5f60718", "subnet-1b2c3d4e5f6071829"],
        "origin_prefix_list": "pl-3b927c52",
        "log_bucket": f"golive-prod-logs-{region}",
        "log_key": key,
    }


FILES = {"bucket": "golive-prod-web", "region": "us-east-1", "paths": ["/_next/static/*"]}
GOOD: dict[str, Any] = {
    "name": "golive-prod",
    "account": "111122223333",
    "zone": "254carbon.ai",
    "products": [
        {"name": "market-intelligence", "domain": "254carbon.ai", "requests": 1000},
        {
            "name": "optibid",
            "domain": "optibid.254carbon.ai",
            "static": FILES,
            "allow": ["2001:db8::/32", "203.0.113.0/24", "198.51.100.0/24"],
        },
        {"name": "signal-service", "domain": "signals.eu.254carbon.ai"},
    ],
    "primary": site("us-east-1", KEY),
    "standby": site("us-west-2", DR_KEY),
    "port": 8443,
    "health": "/healthz/ready",
    "log_key": KEY,
    "log_bucket_arn": "arn:aws:s3:::golive-prod-logs-us-east-1",
    "tags": TAGS,
}


@pytest.fixture(scope="module")
def planned() -> tuple[Planned, ...]:
    return plan_aws(lambda: Edge("edge", EdgeArgs.model_validate(GOOD)))


def kinds(planned: tuple[Planned, ...], kind: str) -> list[Planned]:
    return [each for each in planned if each.type.endswith(f":{kind}")]


def test_the_pack_finds_nothing_wrong(planned: tuple[Planned, ...]) -> None:
    assert refused(planned) == {}


def test_each_product_has_its_own_distribution_and_the_one_firewall(planned: tuple[Planned, ...]) -> None:
    aliases = [each.inputs["aliases"] for each in kinds(planned, "Distribution") if each.type.startswith("aws")]
    assert sorted(aliases) == [["254carbon.ai"], ["optibid.254carbon.ai"], ["signals.eu.254carbon.ai"]]
    for each in kinds(planned, "Distribution"):
        if each.type.startswith("aws"):
            assert each.inputs["webAclId"] is UNKNOWN
            assert named(planned, "edge-web-acl-acl").path in each.after


def test_viewers_speak_tls_1_3_and_are_sent_to_https(planned: tuple[Planned, ...]) -> None:
    distribution = named(planned, "edge-optibid-distribution").inputs
    assert distribution["viewerCertificate"] == {
        "acmCertificateArn": UNKNOWN,
        "minimumProtocolVersion": "TLSv1.3_2025",
        "sslSupportMethod": "sni-only",
    }
    behaviors = [distribution["defaultCacheBehavior"], *distribution["orderedCacheBehaviors"]]
    assert {each["viewerProtocolPolicy"] for each in behaviors} == {"redirect-to-https"}


def test_only_files_are_cached_and_only_cloudfront_reads_them(planned: tuple[Planned, ...]) -> None:
    distribution = named(planned, "edge-optibid-distribution").inputs
    application, files = distribution["origins"]
    assert application["domainName"] == "origin.254carbon.ai"
    assert application["customOriginConfig"]["originProtocolPolicy"] == "https-only"
    assert files == {
        "originId": "static",
        "domainName": "golive-prod-web.s3.us-east-1.amazonaws.com",
        "originAccessControlId": UNKNOWN,
    }
    (cached,) = distribution["orderedCacheBehaviors"]
    assert (cached["pathPattern"], cached["targetOriginId"]) == ("/_next/static/*", "static")
    assert cached["cachePolicyId"] != distribution["defaultCacheBehavior"]["cachePolicyId"]
    access = named(planned, "edge-optibid-origin-access").inputs
    assert (access["signingBehavior"], access["signingProtocol"]) == ("always", "sigv4")
    assert len(named(planned, "edge-market-intelligence-distribution").inputs["origins"]) == 1


def test_every_answer_carries_the_security_headers(planned: tuple[Planned, ...]) -> None:
    config = named(planned, "edge-optibid-headers").inputs["securityHeadersConfig"]
    assert all(each["override"] for each in config.values())
    assert config["frameOptions"]["frameOption"] == "DENY"
    assert config["strictTransportSecurity"]["accessControlMaxAgeSec"] >= 31_536_000
    assert "default-src 'self'" in config["contentSecurityPolicy"]["contentSecurityPolicy"]
    assert "frame-ancestors 'none'" in config["contentSecurityPolicy"]["contentSecurityPolicy"]


def test_the_firewall_asks_for_the_address_then_the_rate_then_the_contents(planned: tuple[Planned, ...]) -> None:
    acl = named(planned, "edge-web-acl-acl").inputs
    assert (acl["scope"], acl["region"], acl["defaultAction"]) == ("CLOUDFRONT", "us-east-1", {"allow": {}})
    assert [(rule["priority"], rule["name"]) for rule in acl["rules"]] == [
        (0, "allow-list-optibid"),
        (1, "rate-market-intelligence"),
        (2, "rate-optibid"),
        (3, "rate-signal-service"),
        (4, "AWSManagedRulesAmazonIpReputationList"),
        (5, "AWSManagedRulesCommonRuleSet"),
        (6, "AWSManagedRulesKnownBadInputsRuleSet"),
        (7, "AWSManagedRulesSQLiRuleSet"),
    ]
    assert acl["rules"][1]["statement"]["rateBasedStatement"]["limit"] == 1000


def test_an_allow_list_shuts_everybody_else_out(planned: tuple[Planned, ...]) -> None:
    rule = named(planned, "edge-web-acl-acl").inputs["rules"][0]
    assert rule["action"] == {"block": {}}
    host, outside = rule["statement"]["andStatement"]["statements"]
    # A port at the end of the header must not open the way round the list.
    assert (host["byteMatchStatement"]["searchString"], host["byteMatchStatement"]["positionalConstraint"]) == (
        "optibid.254carbon.ai",
        "STARTS_WITH",
    )
    assert len(outside["notStatement"]["statement"]["orStatement"]["statements"]) == 2
    sets = {each.inputs["ipAddressVersion"]: each.inputs["addresses"] for each in kinds(planned, "IpSet")}
    assert sets == {"IPV4": ["198.51.100.0/24", "203.0.113.0/24"], "IPV6": ["2001:db8::/32"]}


def test_what_the_firewall_saw_is_kept_without_credentials(planned: tuple[Planned, ...]) -> None:
    logging = named(planned, "edge-web-acl-logging").inputs
    assert [each["singleHeader"]["name"] for each in logging["redactedFields"]] == ["authorization", "cookie"]
    logs = named(planned, "edge-web-acl-logs").inputs
    assert (logs["name"], logs["retentionInDays"], logs["kmsKeyId"]) == ("aws-waf-logs-golive-prod-edge", 365, KEY)


@pytest.mark.parametrize("region", ["us-east-1", "us-west-2"])
def test_only_cloudfront_reaches_the_load_balancer_and_by_tls_1_3(planned: tuple[Planned, ...], region: str) -> None:
    ingress = [each.inputs for each in kinds(planned, "SecurityGroupIngressRule") if each.inputs["region"] == region]
    assert [(each["fromPort"], each["toPort"], each["prefixListId"]) for each in ingress] == [(443, 443, "pl-3b927c52")]
    listeners = [each.inputs for each in kinds(planned, "Listener") if each.inputs["region"] == region]
    assert [(each["port"], each["sslPolicy"]) for each in listeners] == [(443, "ELBSecurityPolicy-TLS13-1-3-2021-06")]
    balancer = named(planned, f"edge-{region}-balancer").inputs
    assert balancer["enableDeletionProtection"] is True
    assert balancer["dropInvalidHeaderFields"] is True
    assert balancer["accessLogs"]["enabled"] is True


def test_the_origin_moves_to_the_standby_while_the_primary_is_ill(planned: tuple[Planned, ...]) -> None:
    primary, standby = (named(planned, f"edge-origin-{place}-a").inputs for place in ("primary", "standby"))
    assert primary["name"] == standby["name"] == "origin.254carbon.ai"
    assert [each["failoverRoutingPolicies"] for each in (primary, standby)] == [
        [{"type": "PRIMARY"}],
        [{"type": "SECONDARY"}],
    ]
    check = named(planned, "edge-origin-primary-health").inputs
    assert (check["type"], check["cloudwatchAlarmRegion"]) == ("CLOUDWATCH_METRIC", "us-east-1")
    assert check["insufficientDataHealthStatus"] == "Unhealthy"
    assert named(planned, "edge-us-east-1-healthy").inputs["treatMissingData"] == "breaching"


def test_without_a_standby_the_origin_is_still_watched() -> None:
    alone = plan_aws(lambda: Edge("edge", EdgeArgs.model_validate({**GOOD, "standby": None})))
    assert [each.name for each in kinds(alone, "HealthCheck")] == ["edge-origin-primary-health"]
    assert not [each for each in alone if each.inputs.get("region") == "us-west-2"]


def test_certificates_cover_every_name_and_are_proven_once(planned: tuple[Planned, ...]) -> None:
    certificates = {each.inputs["region"]: each.inputs for each in kinds(planned, "Certificate") if each.inputs}
    assert sorted(certificates) == ["us-east-1", "us-west-2"]
    one = certificates["us-east-1"]
    assert {one["domainName"], *one["subjectAlternativeNames"]} == {
        "254carbon.ai",
        "*.254carbon.ai",
        "signals.eu.254carbon.ai",
        "*.signals.eu.254carbon.ai",
    }
    assert one["validationMethod"] == "DNS"
    proofs = [each for each in planned if each.name.endswith("-proof")]
    assert [each.name for each in proofs] == [
        "edge-certificate-254carbon.ai-proof",
        "edge-certificate-signals.eu.254carbon.ai-proof",
    ]


def test_only_amazon_issues_certificates_and_questions_are_logged(planned: tuple[Planned, ...]) -> None:
    assert '0 issue "amazon.com"' in named(planned, "edge-dns-caa").inputs["records"]
    log = named(planned, "edge-dns-query-log")
    assert named(planned, "edge-dns-queries-writer").path in log.after


def test_policies_name_who_and_what() -> None:
    (statement,) = json.loads(query_log_policy("111122223333", "/aws/route53/254carbon.ai"))["Statement"]
    assert statement["Resource"] == "arn:aws:logs:us-east-1:111122223333:log-group:/aws/route53/254carbon.ai:*"
    assert statement["Principal"] == {"Service": "route53.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}
    reading = reader("web", "arn:aws:cloudfront::111122223333:distribution/E1").document()
    assert (reading["Action"], reading["Resource"]) == ("s3:GetObject", "arn:aws:s3:::web/*")
    assert reading["Condition"]["StringEquals"]["aws:SourceArn"].endswith("distribution/E1")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"products": [{"name": "optibid", "domain": "optibid.example.com"}]},
            "expected domains in the zone 254carbon.ai; found optibid.example.com of optibid",
        ),
        (
            {"products": [{"name": "optibid", "domain": "notreally254carbon.ai"}]},
            "expected domains in the zone 254carbon.ai",
        ),
        ({"standby": site("us-east-1", KEY)}, "expected a standby in another region than the primary"),
        ({"products": []}, "at least 1 item"),
        ({"zones": "a"}, "Extra inputs are not permitted"),
    ],
)
def test_refuses(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        EdgeArgs.model_validate({**GOOD, **change})


def test_refuses_a_firewall_of_cloudfront_elsewhere_and_a_list_of_everybody() -> None:
    acl = {"name": "edge", "scope": "CLOUDFRONT", "region": "eu-west-1", "log_key": KEY, "tags": TAGS}
    with pytest.raises(ValidationError, match="expected region us-east-1 for scope CLOUDFRONT; found eu-west-1"):
        WebAclArgs.model_validate(acl)
    open_list = {"product": "optibid", "hosts": ["optibid.254carbon.ai"], "cidrs": ["0.0.0.0/0"]}
    with pytest.raises(ValidationError, match="expected networks of some"):
        WebAclArgs.model_validate({**acl, "region": "us-east-1", "allow_lists": [open_list]})


def test_refuses_a_name_that_elastic_load_balancing_refuses() -> None:
    long = {**site("us-east-1", KEY), "name": "a" * 33, "certificate": "arn", "web_acl": "arn", "port": 8443}
    del long["log_key"]
    with pytest.raises(ValidationError, match="at most 32 characters; found 33"):
        LoadBalancerArgs.model_validate({**long, "health": "/", "tags": TAGS})


def test_refuses_more_names_than_a_certificate_takes() -> None:
    many = [f"p{number}.254carbon.ai" for number in range(11)]
    with pytest.raises(ValidationError, match="at most 10 items"):
        CertificateArgs.model_validate({"domains": many, "zone_id": "Z1", "regions": ["us-east-1"], "tags": TAGS})
