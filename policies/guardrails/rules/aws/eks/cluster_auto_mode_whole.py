"""A cluster is in EKS Auto Mode as a whole, or not at all.

Fields: `computeConfig.enabled`, `kubernetesNetworkConfig.elasticLoadBalancing.enabled` and
`storageConfig.blockStorage.enabled` are all on or all off, as the API asks only when it is called. With them on,
`bootstrapSelfManagedAddons` is off, and node pools have a `nodeRoleArn`. Reference: the EKS guide on Auto Mode.
"""

from guardrails.aws.relations import CLUSTER, is_given
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

COMPUTE = ("computeConfig", "enabled")
SWITCHES = (
    COMPUTE,
    ("kubernetesNetworkConfig", "elasticLoadBalancing", "enabled"),
    ("storageConfig", "blockStorage", "enabled"),
)
POOLS, ROLE = ("computeConfig", "nodePools"), ("computeConfig", "nodeRoleArn")
ADDONS = "bootstrapSelfManagedAddons"
PROBLEM = "is in Auto Mode by half"


def check(cluster: Object) -> Violations:
    """Compare the switches, then ask for what goes with them."""
    said = [cluster.read(*switch) for switch in SWITCHES]
    if any(isinstance(each, Unknown) for each in said) or all(each in (None, False) for each in said):
        return
    for switch, each in zip(SWITCHES, said, strict=True):
        if each is not True:
            yield cluster.fails(PROBLEM, *switch)
    if cluster.is_not(ADDONS, value=False):
        yield cluster.fails(PROBLEM, ADDONS)
    if list(cluster.items(*POOLS)) and not is_given(cluster, *ROLE):
        yield cluster.fails(PROBLEM, *ROLE)


ON: Plain = {"enabled": True}
ROLED: Plain = {"enabled": True, "nodePools": ["system"], "nodeRoleArn": "arn:aws:iam::111122223333:role/nodes"}


def _automatic(**changes: Plain) -> tuple[Resource, ...]:
    sound: dict[str, Plain] = {
        "computeConfig": ROLED,
        "kubernetesNetworkConfig": {"elasticLoadBalancing": ON},
        "storageConfig": {"blockStorage": ON},
        "bootstrapSelfManagedAddons": False,
    }
    return aws_resource(CLUSTER, **{**sound, **changes})


RULE = Rule(
    id="cluster-auto-mode-whole",
    title="Clusters are in Auto Mode as a whole or not at all",
    why="AWS refuses the half of it in the middle of a deployment, after the preview has shown that all is well.",
    fix="Switch computeConfig, elasticLoadBalancing and blockStorage alike, and bootstrapSelfManagedAddons off.",
    severity=Severity.MEDIUM,
    covers=("production:6",),
    kinds=frozenset({CLUSTER}),
    check=EachObject(check),
    known_after_deploy=(".".join(ROLE),),
    allows={
        "node groups": aws_resource(CLUSTER),
        "said in full": aws_resource(CLUSTER, computeConfig={"enabled": False}),
        "Auto Mode": _automatic(),
        "Auto Mode with pools of the cluster": _automatic(computeConfig=ON),
    },
    refuses={
        "nodes alone": bad_example(
            aws_resource(CLUSTER, computeConfig=ON, bootstrapSelfManagedAddons=False), *[f"Cluster shop {PROBLEM}"] * 2
        ),
        "no volumes": bad_example(_automatic(storageConfig=None), f"Cluster shop {PROBLEM}"),
        "no load balancers": bad_example(_automatic(kubernetesNetworkConfig=None), f"Cluster shop {PROBLEM}"),
        "volumes alone": bad_example(_automatic(computeConfig=None), f"Cluster shop {PROBLEM}"),
        "add-ons of its own": bad_example(_automatic(bootstrapSelfManagedAddons=None), f"Cluster shop {PROBLEM}"),
        "pools without a role": bad_example(
            _automatic(computeConfig={"enabled": True, "nodePools": ["system"]}), f"Cluster shop {PROBLEM}"
        ),
    },
)
