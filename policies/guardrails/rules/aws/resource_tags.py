"""What costs money or holds data says whose it is and where it belongs.

Fields: `tags`, or `tagsAll` where the provider has added its own, hold `owner` and `environment`.
"""

from guardrails.amazon import BUCKETS, CLUSTER, DATABASES, made
from guardrails.examples import refusal
from guardrails.plain import Plain, Unknown
from guardrails.resources import Object
from guardrails.rule import EachObject, Faults, Rule, Severity

KINDS = (
    BUCKETS
    | DATABASES
    | {
        CLUSTER,
        "aws:eks/nodeGroup:NodeGroup",
        "aws:kms/key:Key",
        "aws:cloudwatch/logGroup:LogGroup",
        "aws:ebs/volume:Volume",
        "aws:efs/fileSystem:FileSystem",
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:msk/cluster:Cluster",
    }
)
TAGS = ("owner", "environment")


def check(found: Object) -> Faults:
    """Name each tag that is missing."""
    for tag in TAGS:
        there = [found.read(field, tag) for field in ("tagsAll", "tags")]
        if not any(isinstance(value, Unknown) or (isinstance(value, str) and value.strip()) for value in there):
            yield found.fails(f"has no tag {tag}", "tags")


SOUND: dict[str, Plain] = {"owner": "platform-engineering", "environment": "prod"}

RULE = Rule(
    id="resource-tags",
    title="Resources say whose they are",
    why="What nobody owns is paid for and patched by nobody, and is found last when it breaks.",
    fix="Pass tags with owner and environment, as the stack file names them.",
    severity=Severity.LOW,
    covers=("go-live-readiness:158", "go-live-readiness:124"),
    kinds=KINDS,
    check=EachObject(check),
    allows={
        "tagged": made(CLUSTER, tags=SOUND),
        "tagged by the provider": made(CLUSTER, tagsAll=SOUND),
    },
    refuses={
        "unset": refusal(made(CLUSTER), "Cluster shop has no tag owner", "Cluster shop has no tag environment"),
        "null": refusal(
            made(CLUSTER, tags=None), "Cluster shop has no tag owner", "Cluster shop has no tag environment"
        ),
        "one missing": refusal(made(CLUSTER, tags={"owner": "shop"}), "Cluster shop has no tag environment"),
        "empty": refusal(made(CLUSTER, tags={**SOUND, "owner": " "}), "Cluster shop has no tag owner"),
    },
)
