"""Kafka's brokers ask who is there.

Fields of `clientAuthentication`: `unauthenticated` is not true, and `sasl.iam`, `sasl.scram` or
`tls.certificateAuthorityArns` is on; of serverless clusters `sasl.iam.enabled`, the one way there
is. Reference: FSBP MSK.6.
"""

from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

BROKER = "aws:msk/cluster:Cluster"
SERVERLESS = "aws:msk/serverlessCluster:ServerlessCluster"
AUTHENTICATION = "clientAuthentication"
WRONG = "lets in whoever reaches it"


def check(cluster: Object) -> Faults:
    """Refuse strangers, then ask for one way to sign in."""
    asked = cluster.at(AUTHENTICATION)
    if cluster.id == SERVERLESS:
        if asked.lacks("sasl", "iam", "enabled", value=True):
            yield cluster.fails(WRONG, AUTHENTICATION)
        return
    if asked.other("unauthenticated", than=(False,)):
        yield cluster.fails(WRONG, AUTHENTICATION, "unauthenticated")
        return
    ways = [asked.at("sasl", "iam"), asked.at("sasl", "scram")]
    authorities = asked.at("tls", "certificateAuthorityArns")
    whole = authorities.plain is Unknown.LATER and authorities.path.endswith("certificateAuthorityArns")
    each = authorities.elements()
    named = any(one.plain is Unknown.LATER or (one.plain and isinstance(one.plain, str)) for one in each)
    if whole or named or any(way.plain is True for way in ways):
        return
    unknown = [place for place in (*ways, authorities, *each) if isinstance(place.noted(), Unknown)]
    if not unknown:
        yield cluster.fails(WRONG, AUTHENTICATION)


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
    awaits=("clientAuthentication.tls.certificateAuthorityArns",),
    allows={
        "IAM": made(BROKER, clientAuthentication=IAM),
        "said in full": made(BROKER, clientAuthentication={**IAM, "unauthenticated": False}),
        "serverless": made(SERVERLESS, clientAuthentication={"sasl": {"iam": {"enabled": True}}}),
        "certificates": made(BROKER, clientAuthentication={"tls": {"certificateAuthorityArns": [Unknown.LATER]}}),
    },
    refuses={
        "unset": refusal(made(BROKER), f"Cluster shop {WRONG}"),
        "null": refusal(made(BROKER, clientAuthentication=None), f"Cluster shop {WRONG}"),
        "no authority": refusal(
            made(BROKER, clientAuthentication={"tls": {"certificateAuthorityArns": [""]}}), f"Cluster shop {WRONG}"
        ),
        "serverless": refusal(
            made(SERVERLESS, clientAuthentication={"sasl": {"iam": {"enabled": False}}}),
            f"ServerlessCluster shop {WRONG}",
        ),
        "strangers too": refusal(
            made(BROKER, clientAuthentication={**IAM, "unauthenticated": True}), f"Cluster shop {WRONG}"
        ),
    },
)
