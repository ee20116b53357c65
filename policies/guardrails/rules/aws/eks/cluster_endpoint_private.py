"""A cluster's API is reached from within its network, and from outside by named networks at most.

Fields of `vpcConfig`: `endpointPrivateAccess` (unset means off), `endpointPublicAccess` (unset means on), and
`publicAccessCidrs` (unset or empty means the whole world).
"""

from guardrails.aws.relations import CLUSTER
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.cidr import is_world
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

VPC = "vpcConfig"
PRIVATE = "has no private endpoint"
PUBLIC = "lets the whole world reach its API"


def check(cluster: Object) -> Violations:
    """Ask for the private endpoint, and for bounds on the public one."""
    if cluster.is_not(VPC, "endpointPrivateAccess", value=True):
        yield cluster.fails(PRIVATE, VPC, "endpointPrivateAccess")
    if not cluster.is_not(VPC, "endpointPublicAccess", value=False):
        return
    known = list(cluster.items(VPC, "publicAccessCidrs"))
    unknown = isinstance(cluster.peek(VPC, "publicAccessCidrs"), Unknown) or len(known) < len(
        cluster.at(VPC, "publicAccessCidrs").elements()
    )
    if any(is_world(item.plain) for item in known) or not (known or unknown):
        yield cluster.fails(PUBLIC, VPC, "publicAccessCidrs")


RULE = Rule(
    id="cluster-endpoint-private",
    title="Cluster APIs are closed to the world",
    why="An API that anybody can reach is one stolen credential, or one flaw, away from being anybody's.",
    fix="Set vpcConfig.endpointPrivateAccess to true and endpointPublicAccess to false, or name publicAccessCidrs.",
    severity=Severity.CRITICAL,
    covers=("production:6", "production:17", "go-live-readiness:97"),
    kinds=frozenset({CLUSTER}),
    check=EachObject(check),
    allows={
        "private only": aws_resource(CLUSTER, vpcConfig={"endpointPrivateAccess": True, "endpointPublicAccess": False}),
        "named networks": aws_resource(
            CLUSTER,
            vpcConfig={
                "endpointPrivateAccess": True,
                "endpointPublicAccess": True,
                "publicAccessCidrs": ["203.0.113.0/24"],
            },
        ),
    },
    refuses={
        "unset": bad_example(aws_resource(CLUSTER, vpcConfig={}), f"Cluster shop {PRIVATE}", f"Cluster shop {PUBLIC}"),
        "null": bad_example(aws_resource(CLUSTER, vpcConfig=None), f"Cluster shop {PRIVATE}", f"Cluster shop {PUBLIC}"),
        "public by default": bad_example(
            aws_resource(CLUSTER, vpcConfig={"endpointPrivateAccess": True}), f"Cluster shop {PUBLIC}"
        ),
        "no networks": bad_example(
            aws_resource(CLUSTER, vpcConfig={"endpointPrivateAccess": True, "publicAccessCidrs": []}),
            f"Cluster shop {PUBLIC}",
        ),
        "everybody by IPv6": bad_example(
            aws_resource(
                CLUSTER, vpcConfig={"endpointPrivateAccess": True, "publicAccessCidrs": ["203.0.113.0/24", "::/0"]}
            ),
            f"Cluster shop {PUBLIC}",
        ),
        "not private": bad_example(
            aws_resource(CLUSTER, vpcConfig={"endpointPrivateAccess": False, "endpointPublicAccess": False}),
            f"Cluster shop {PRIVATE}",
        ),
    },
)
