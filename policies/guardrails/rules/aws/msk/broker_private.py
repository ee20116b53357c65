"""Brokers have no public address.

Field: `brokerNodeGroupInfo.connectivityInfo.publicAccess.type` of Kafka, `publiclyAccessible` of Amazon MQ; unset is
sound. Reference: FSBP MSK.4, Checkov CKV_AWS_69.
"""

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

CLUSTER = "aws:msk/cluster:Cluster"
FIELD = ("brokerNodeGroupInfo", "connectivityInfo", "publicAccess", "type")
QUEUES = "aws:mq/broker:Broker"
PROBLEM = "has brokers with public addresses"


def check(obj: Object) -> Violations:
    """Ask each kind for its field."""
    if obj.id == QUEUES and obj.differs_from("publiclyAccessible", than=(False,)):
        yield obj.fails(PROBLEM, "publiclyAccessible")
    elif obj.id != QUEUES and obj.differs_from(*FIELD, than=("DISABLED",)):
        yield obj.fails(PROBLEM, *FIELD)


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
        "set": aws_resource(CLUSTER, brokerNodeGroupInfo={"connectivityInfo": {"publicAccess": {"type": "DISABLED"}}}),
        "unset": aws_resource(CLUSTER),
        "a queue broker": aws_resource(QUEUES, publiclyAccessible=False),
    },
    refuses={
        "a queue broker": bad_example(aws_resource(QUEUES, publiclyAccessible=True), f"Broker shop {PROBLEM}"),
        "off": bad_example(
            aws_resource(
                CLUSTER, brokerNodeGroupInfo={"connectivityInfo": {"publicAccess": {"type": "SERVICE_PROVIDED_EIPS"}}}
            ),
            f"Cluster shop {PROBLEM}",
        ),
        "a word": bad_example(
            aws_resource(CLUSTER, brokerNodeGroupInfo={"connectivityInfo": {"publicAccess": {"type": "perhaps"}}}),
            f"Cluster shop {PROBLEM}",
        ),
    },
)
