"""A cluster's control plane writes all five of its logs.

Field: `enabledClusterLogTypes`; unset means none.
"""

from guardrails.aws.relations import CLUSTER, texts
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

FIELD = "enabledClusterLogTypes"
TYPES: tuple[Plain, ...] = ("api", "audit", "authenticator", "controllerManager", "scheduler")


def check(cluster: Object) -> Violations:
    """Name the logs that are off."""
    on = texts(cluster.at(FIELD))
    missing = [str(type_) for type_ in TYPES if type_ not in on]
    unknown = [item for item in cluster.at(FIELD).elements() if isinstance(item.plain, Unknown)]
    if len(missing) > len(unknown):
        yield cluster.fails(f"does not write all logs: {', '.join(missing)} missing", FIELD)


RULE = Rule(
    id="cluster-logs",
    title="Clusters write every control plane log",
    why="Without the audit log nobody can tell who read a secret or changed a role.",
    fix="Set enabledClusterLogTypes to api, audit, authenticator, controllerManager and scheduler.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:104", "new-services:211", "optibid:64"),
    kinds=frozenset({CLUSTER}),
    check=EachObject(check),
    allows={
        "all five": aws_resource(CLUSTER, enabledClusterLogTypes=list(TYPES)),
        "in another order": aws_resource(CLUSTER, enabledClusterLogTypes=list(reversed(TYPES))),
    },
    refuses={
        "one missing": bad_example(
            aws_resource(CLUSTER, enabledClusterLogTypes=[type_ for type_ in TYPES if type_ != "audit"]),
            "Cluster shop does not write all logs: audit missing",
        ),
        "unset": bad_example(
            aws_resource(CLUSTER),
            "Cluster shop does not write all logs: api, audit, authenticator, controllerManager, scheduler missing",
        ),
        "null": bad_example(
            aws_resource(CLUSTER, enabledClusterLogTypes=None),
            "Cluster shop does not write all logs: api, audit, authenticator, controllerManager, scheduler missing",
        ),
        "empty": bad_example(
            aws_resource(CLUSTER, enabledClusterLogTypes=[]),
            "Cluster shop does not write all logs: api, audit, authenticator, controllerManager, scheduler missing",
        ),
    },
)
