"""Who may use a cluster is said by access entries alone.

Field: `accessConfig.authenticationMode` is `API`. Unset means the `aws-auth` ConfigMap, which any pod with the right to
write it turns into the cluster's administrator.
"""

from guardrails.aws.relations import CLUSTER
from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

FIELD = ("accessConfig", "authenticationMode")
WRONG = "still lets the aws-auth ConfigMap say who may use it"


def check(cluster: Object) -> Faults:
    """Ask for the one mode without the ConfigMap."""
    if cluster.lacks(*FIELD, value="API"):
        yield cluster.fails(WRONG, *FIELD)


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
        "entries": made(CLUSTER, accessConfig={"authenticationMode": "API"}),
        "entries, and rights for the maker": made(
            CLUSTER, accessConfig={"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True}
        ),
    },
    refuses={
        "unset": refusal(made(CLUSTER), f"Cluster shop {WRONG}"),
        "null": refusal(made(CLUSTER, accessConfig={"authenticationMode": None}), f"Cluster shop {WRONG}"),
        "both": refusal(
            made(CLUSTER, accessConfig={"authenticationMode": "API_AND_CONFIG_MAP"}), f"Cluster shop {WRONG}"
        ),
        "the ConfigMap": refusal(
            made(CLUSTER, accessConfig={"authenticationMode": "CONFIG_MAP"}), f"Cluster shop {WRONG}"
        ),
    },
)
