"""Who may use a cluster is said by access entries alone.

Field: `accessConfig.authenticationMode` is `API`. Unset means the `aws-auth` ConfigMap, which any pod with the right to
write it turns into the cluster's administrator.
"""

from guardrails.aws.relations import CLUSTER
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

FIELD = ("accessConfig", "authenticationMode")
PROBLEM = "still lets the aws-auth ConfigMap say who may use it"


def check(cluster: Object) -> Violations:
    """Ask for the one mode without the ConfigMap."""
    if cluster.is_not(*FIELD, value="API"):
        yield cluster.fails(PROBLEM, *FIELD)


RULE = Rule(
    id="cluster-access-entries",
    title="Clusters know their users by access entries alone",
    why="A ConfigMap that grants access is changed by anybody who may write ConfigMaps, and one typo locks all out.",
    fix="Set accessConfig.authenticationMode to API and declare an AccessEntry for each role.",
    severity=Severity.HIGH,
    covers=("production:6", "go-live-readiness:102"),
    kinds=frozenset({CLUSTER}),
    check=EachObject(check),
    allows={
        "entries": aws_resource(CLUSTER, accessConfig={"authenticationMode": "API"}),
        "entries, and rights for the maker": aws_resource(
            CLUSTER, accessConfig={"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True}
        ),
    },
    refuses={
        "unset": bad_example(aws_resource(CLUSTER), f"Cluster shop {PROBLEM}"),
        "null": bad_example(
            aws_resource(CLUSTER, accessConfig={"authenticationMode": None}), f"Cluster shop {PROBLEM}"
        ),
        "both": bad_example(
            aws_resource(CLUSTER, accessConfig={"authenticationMode": "API_AND_CONFIG_MAP"}), f"Cluster shop {PROBLEM}"
        ),
        "the ConfigMap": bad_example(
            aws_resource(CLUSTER, accessConfig={"authenticationMode": "CONFIG_MAP"}), f"Cluster shop {PROBLEM}"
        ),
    },
)
