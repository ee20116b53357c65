"""What costs money or holds data says whose it is, where it belongs, how secret it is and who pays.

Fields: `tags`, or `tagsAll` where the provider has added its own, hold `product`, `owner`, `environment`, `data-class`
and `cost-centre`. Reference: FSBP's rules about tags, one a service.
"""

from guardrails.aws.relations import BUCKETS, CLUSTER, DATABASES
from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

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
        "aws:backup/vault:Vault",
        "aws:cloudfront/distribution:Distribution",
        "aws:cloudtrail/trail:Trail",
        "aws:ec2/vpc:Vpc",
        "aws:ecr/repository:Repository",
        "aws:lb/loadBalancer:LoadBalancer",
        "aws:secretsmanager/secret:Secret",
        "aws:wafv2/webAcl:WebAcl",
    }
)
TAGS = ("product", "owner", "environment", "data-class", "cost-centre")


def check(obj: Object) -> Violations:
    """Name each tag that is missing."""
    for tag in TAGS:
        there = [obj.read(field, tag) for field in ("tagsAll", "tags")]
        if not any(isinstance(value, Unknown) or (isinstance(value, str) and value.strip()) for value in there):
            yield obj.fails(f"has no tag {tag}", "tags")


SOUND: dict[str, Plain] = {
    "product": "optibid",
    "owner": "platform-engineering",
    "environment": "prod",
    "data-class": "internal",
    "cost-centre": "platform",
}
NONE = tuple(f"Cluster shop has no tag {tag}" for tag in TAGS)

RULE = Rule(
    id="resource-tags",
    title="Resources say whose they are",
    why="What nobody owns is paid for and patched by nobody, and is found last when it breaks.",
    fix="Pass tags with product, owner, environment, data-class and cost-centre.",
    severity=Severity.LOW,
    covers=("go-live-readiness:158", "go-live-readiness:124"),
    kinds=KINDS,
    check=EachObject(check),
    allows={
        "tagged": aws_resource(CLUSTER, tags=SOUND),
        "tagged by the provider": aws_resource(CLUSTER, tagsAll=SOUND),
    },
    refuses={
        "unset": bad_example(aws_resource(CLUSTER), *NONE),
        "null": bad_example(aws_resource(CLUSTER, tags=None), *NONE),
        "one missing": bad_example(
            aws_resource(CLUSTER, tags={key: value for key, value in SOUND.items() if key != "cost-centre"}),
            "Cluster shop has no tag cost-centre",
        ),
        "empty": bad_example(aws_resource(CLUSTER, tags={**SOUND, "owner": " "}), "Cluster shop has no tag owner"),
        **in_kinds(bad_example(aws_resource(CLUSTER), *NONE), KINDS),
    },
)
