"""Kafka's brokers ask who is there.

Fields of `clientAuthentication`: `unauthenticated` is not true, and `sasl.iam`, `sasl.scram` or
`tls.certificateAuthorityArns` is on; of serverless clusters `sasl.iam.enabled`, the one way there
is. Reference: FSBP MSK.6.
"""

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

BROKER = "aws:msk/cluster:Cluster"
SERVERLESS = "aws:msk/serverlessCluster:ServerlessCluster"
AUTHENTICATION = "clientAuthentication"
PROBLEM = "lets in whoever reaches it"


def check(cluster: Object) -> Violations:
    """Refuse strangers, then ask for one way to sign in."""
    asked = cluster.at(AUTHENTICATION)
    if cluster.id == SERVERLESS:
        if asked.is_not("sasl", "iam", "enabled", value=True):
            yield cluster.fails(PROBLEM, AUTHENTICATION)
        return
    if asked.differs_from("unauthenticated", than=(False,)):
        yield cluster.fails(PROBLEM, AUTHENTICATION, "unauthenticated")
        return
    ways = [asked.at("sasl", "iam"), asked.at("sasl", "scram")]
    authorities = asked.at("tls", "certificateAuthorityArns")
    whole = authorities.plain is Unknown.LATER and authorities.path.endswith("certificateAuthorityArns")
    each = authorities.elements()
    named = any(one.plain is Unknown.LATER or (one.plain and isinstance(one.plain, str)) for one in each)
    if whole or named or any(way.plain is True for way in ways):
        return
    unknown = [place for place in (*ways, authorities, *each) if isinstance(place.record_unknown(), Unknown)]
    if not unknown:
        yield cluster.fails(PROBLEM, AUTHENTICATION)


IAM: dict[str, Plain] = {"sasl": {"iam": True}}

RULE = Rule(
    id="broker-authenticated",
    title="Brokers ask who is there",
    why="Any pod or machine that reaches a broker could read every message and write false prices.",
    fix="Set clientAuthentication.sasl.iam to true and unauthenticated to false.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:102", "optibid:31"),
    kinds=frozenset({BROKER, SERVERLESS}),
    check=EachObject(check),
    known_after_deploy=("clientAuthentication.tls.certificateAuthorityArns",),
    allows={
        "IAM": aws_resource(BROKER, clientAuthentication=IAM),
        "said in full": aws_resource(BROKER, clientAuthentication={**IAM, "unauthenticated": False}),
        "serverless": aws_resource(SERVERLESS, clientAuthentication={"sasl": {"iam": {"enabled": True}}}),
        "certificates": aws_resource(
            BROKER, clientAuthentication={"tls": {"certificateAuthorityArns": [Unknown.LATER]}}
        ),
    },
    refuses={
        "unset": bad_example(aws_resource(BROKER), f"Cluster shop {PROBLEM}"),
        "null": bad_example(aws_resource(BROKER, clientAuthentication=None), f"Cluster shop {PROBLEM}"),
        "no authority": bad_example(
            aws_resource(BROKER, clientAuthentication={"tls": {"certificateAuthorityArns": [""]}}),
            f"Cluster shop {PROBLEM}",
        ),
        "serverless": bad_example(
            aws_resource(SERVERLESS, clientAuthentication={"sasl": {"iam": {"enabled": False}}}),
            f"ServerlessCluster shop {PROBLEM}",
        ),
        "strangers too": bad_example(
            aws_resource(BROKER, clientAuthentication={**IAM, "unauthenticated": True}), f"Cluster shop {PROBLEM}"
        ),
    },
)
