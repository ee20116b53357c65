"""Kafka's brokers have no public address.

Field: `brokerNodeGroupInfo.connectivityInfo.publicAccess.type`; unset is sound. Reference: FSBP MSK.4.
"""

from guardrails.amazon import made
from guardrails.examples import refusal
from guardrails.resources import Object
from guardrails.rule import EachObject, Faults, Rule, Severity

CLUSTER = "aws:msk/cluster:Cluster"
FIELD = ("brokerNodeGroupInfo", "connectivityInfo", "publicAccess", "type")
WRONG = "has brokers with public addresses"


def check(found: Object) -> Faults:
    """Ask for the one field."""
    if found.other(*FIELD, than=("DISABLED",)):
        yield found.fails(WRONG, *FIELD)


RULE = Rule(
    id="broker-private",
    title="Brokers have no public address",
    why="A broker on the internet is tried around the clock, and holds what every product says to the others.",
    fix="Set brokerNodeGroupInfo.connectivityInfo.publicAccess.type to DISABLED, or leave it out.",
    severity=Severity.CRITICAL,
    covers=("optibid:73", "go-live-readiness:97"),
    kinds=frozenset({CLUSTER}),
    check=EachObject(check),
    allows={
        "set": made(CLUSTER, brokerNodeGroupInfo={"connectivityInfo": {"publicAccess": {"type": "DISABLED"}}}),
        "unset": made(CLUSTER),
    },
    refuses={
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
