"""Brokers have no public address.

Field: `brokerNodeGroupInfo.connectivityInfo.publicAccess.type` of Kafka, `publiclyAccessible` of Amazon MQ; unset is
sound. Reference: FSBP MSK.4, Checkov CKV_AWS_69.
"""

from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

CLUSTER = "aws:msk/cluster:Cluster"
FIELD = ("brokerNodeGroupInfo", "connectivityInfo", "publicAccess", "type")
QUEUES = "aws:mq/broker:Broker"
WRONG = "has brokers with public addresses"


def check(found: Object) -> Faults:
    """Ask each kind for its field."""
    if found.id == QUEUES and found.other("publiclyAccessible", than=(False,)):
        yield found.fails(WRONG, "publiclyAccessible")
    elif found.id != QUEUES and found.other(*FIELD, than=("DISABLED",)):
        yield found.fails(WRONG, *FIELD)


RULE = Rule(
    id="broker-private",
    title="Brokers have no public address",
    why="A broker on the internet is tried around the clock, and holds what every product says to the others.",
    fix="Leave publiclyAccessible and brokerNodeGroupInfo.connectivityInfo.publicAccess out.",
    severity=Severity.CRITICAL,
    covers=("optibid:73", "go-live-readiness:97"),
    kinds=frozenset({CLUSTER, QUEUES}),
    check=EachObject(check),
    allows={
        "set": made(CLUSTER, brokerNodeGroupInfo={"connectivityInfo": {"publicAccess": {"type": "DISABLED"}}}),
        "unset": made(CLUSTER),
        "a queue broker": made(QUEUES, publiclyAccessible=False),
    },
    refuses={
        "a queue broker": refusal(made(QUEUES, publiclyAccessible=True), f"Broker shop {WRONG}"),
        "off": refusal(
            made(
                CLUSTER, brokerNodeGroupInfo={"connectivityInfo": {"publicAccess": {"type": "SERVICE_PROVIDED_EIPS"}}}
            ),
            f"Cluster shop {WRONG}",
        ),
        "a word": refusal(
            made(CLUSTER, brokerNodeGroupInfo={"connectivityInfo": {"publicAccess": {"type": "perhaps"}}}),
            f"Cluster shop {WRONG}",
        ),
    },
)
