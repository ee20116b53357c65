"""Topics, queues and streams encrypt what they hold.

Fields: `kmsMasterKeyId` of SNS topics; `sqsManagedSseEnabled` of SQS queues, which is on where nothing is said, or
`kmsMasterKeyId`; `encryptionType` KMS of Kinesis streams; `serverSideEncryption.enabled` of Firehose streams, which
can't have it where a Kinesis stream is their source. Reference: FSBP SNS.1, SQS.1, Kinesis.1, DataFirehose.1.
"""

from guardrails.aws.relations import is_given
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Shape
from guardrails.model.resources import Object
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

TOPIC, QUEUE = "aws:sns/topic:Topic", "aws:sqs/queue:Queue"
STREAM = "aws:kinesis/stream:Stream"
DELIVERY = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"
KEY, MANAGED, SOURCE = "kmsMasterKeyId", "sqsManagedSseEnabled", "kinesisSourceConfiguration"
PROBLEM = "keeps messages in plain text"


def check(obj: Object) -> Violations:
    """Ask each kind in its own words."""
    if obj.id == TOPIC:
        if not is_given(obj, KEY):
            yield obj.fails(PROBLEM, KEY)
    elif obj.id == QUEUE:
        if obj.peek(MANAGED) not in (None, True) and not is_given(obj, KEY) and obj.differs_from(MANAGED, than=(True,)):
            yield obj.fails(PROBLEM, MANAGED)
    elif obj.id == STREAM:
        if obj.is_not("encryptionType", value="KMS"):
            yield obj.fails(PROBLEM, "encryptionType")
    elif obj.is_not("serverSideEncryption", "enabled", value=True) and not _is_fed(obj):
        yield obj.fails(PROBLEM, "serverSideEncryption", "enabled")


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
    known_after_deploy=(KEY,),
    allows={
        "a topic": aws_resource(TOPIC, kmsMasterKeyId=Unknown.LATER),
        "a queue by default": aws_resource(QUEUE),
        "a queue": aws_resource(QUEUE, sqsManagedSseEnabled=True),
        "a queue with a key": aws_resource(QUEUE, kmsMasterKeyId="alias/shop", sqsManagedSseEnabled=False),
        "a stream": aws_resource(STREAM, encryptionType="KMS"),
        "a delivery": aws_resource(DELIVERY, serverSideEncryption=ON),
        "a delivery from a stream": aws_resource(
            DELIVERY, kinesisSourceConfiguration={"kinesisStreamArn": Unknown.LATER}
        ),
    },
    refuses={
        "a topic": bad_example(aws_resource(TOPIC), f"Topic shop {PROBLEM}"),
        "a queue": bad_example(aws_resource(QUEUE, sqsManagedSseEnabled=False), f"Queue shop {PROBLEM}"),
        "a stream": bad_example(aws_resource(STREAM), f"Stream shop {PROBLEM}"),
        "a stream, said in full": bad_example(aws_resource(STREAM, encryptionType="NONE"), f"Stream shop {PROBLEM}"),
        "a delivery": bad_example(aws_resource(DELIVERY), f"FirehoseDeliveryStream shop {PROBLEM}"),
        "a delivery switched off": bad_example(
            aws_resource(DELIVERY, serverSideEncryption={"enabled": False}), f"FirehoseDeliveryStream shop {PROBLEM}"
        ),
    },
)
