"""Topics, queues and streams encrypt what they hold.

Fields: `kmsMasterKeyId` of SNS topics; `sqsManagedSseEnabled` of SQS queues, which is on where nothing is said, or
`kmsMasterKeyId`; `encryptionType` KMS of Kinesis streams; `serverSideEncryption.enabled` of Firehose streams, which
can't have it where a Kinesis stream is their source. Reference: FSBP SNS.1, SQS.1, Kinesis.1, DataFirehose.1.
"""

from guardrails.aws.relations import is_given
from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.node import Shape
from guardrails.model.resources import Object
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

TOPIC, QUEUE = "aws:sns/topic:Topic", "aws:sqs/queue:Queue"
STREAM = "aws:kinesis/stream:Stream"
DELIVERY = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"
KEY, MANAGED, SOURCE = "kmsMasterKeyId", "sqsManagedSseEnabled", "kinesisSourceConfiguration"
WRONG = "keeps messages in plain text"


def check(found: Object) -> Faults:
    """Ask each kind in its own words."""
    if found.id == TOPIC:
        if not is_given(found, KEY):
            yield found.fails(WRONG, KEY)
    elif found.id == QUEUE:
        if found.peek(MANAGED) not in (None, True) and not is_given(found, KEY) and found.other(MANAGED, than=(True,)):
            yield found.fails(WRONG, MANAGED)
    elif found.id == STREAM:
        if found.lacks("encryptionType", value="KMS"):
            yield found.fails(WRONG, "encryptionType")
    elif found.lacks("serverSideEncryption", "enabled", value=True) and not _is_fed(found):
        yield found.fails(WRONG, "serverSideEncryption", "enabled")


def _is_fed(delivery: Object) -> bool:
    """By a stream of Kinesis, which is asked itself."""
    return delivery.read(SOURCE) is Shape.MAPPING or isinstance(delivery.peek(SOURCE), Unknown)


ON: Plain = {"enabled": True}

RULE = Rule(
    id="messages-encrypted",
    title="Topics, queues and streams encrypt what they hold",
    why="Prices, orders and what services say to each other would lie readable wherever the messages wait.",
    fix="Set kmsMasterKeyId, encryptionType KMS or serverSideEncryption.enabled, as the kind calls it.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:94",),
    kinds=frozenset({TOPIC, QUEUE, STREAM, DELIVERY}),
    check=EachObject(check),
    awaits=(KEY,),
    allows={
        "a topic": made(TOPIC, kmsMasterKeyId=Unknown.LATER),
        "a queue by default": made(QUEUE),
        "a queue": made(QUEUE, sqsManagedSseEnabled=True),
        "a queue with a key": made(QUEUE, kmsMasterKeyId="alias/shop", sqsManagedSseEnabled=False),
        "a stream": made(STREAM, encryptionType="KMS"),
        "a delivery": made(DELIVERY, serverSideEncryption=ON),
        "a delivery from a stream": made(DELIVERY, kinesisSourceConfiguration={"kinesisStreamArn": Unknown.LATER}),
    },
    refuses={
        "a topic": refusal(made(TOPIC), f"Topic shop {WRONG}"),
        "a queue": refusal(made(QUEUE, sqsManagedSseEnabled=False), f"Queue shop {WRONG}"),
        "a stream": refusal(made(STREAM), f"Stream shop {WRONG}"),
        "a stream, said in full": refusal(made(STREAM, encryptionType="NONE"), f"Stream shop {WRONG}"),
        "a delivery": refusal(made(DELIVERY), f"FirehoseDeliveryStream shop {WRONG}"),
        "a delivery switched off": refusal(
            made(DELIVERY, serverSideEncryption={"enabled": False}), f"FirehoseDeliveryStream shop {WRONG}"
        ),
    },
)
