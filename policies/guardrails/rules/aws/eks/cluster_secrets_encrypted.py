"""A cluster encrypts its Secrets with a key of ours.

Field: `encryptionConfig.resources` names `secrets`. The key itself is required by the API, so it is not asked for.
"""

from guardrails.aws.relations import CLUSTER, texts
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

FIELD = ("encryptionConfig", "resources")
PROBLEM = "does not encrypt its Secrets with a key of ours"


def check(cluster: Object) -> Violations:
    """Look for secrets among what is encrypted."""
    place = cluster.at(*FIELD)
    maybe = any(isinstance(item.plain, Unknown) for item in place.elements())
    if "secrets" not in texts(place) and not maybe:
        yield cluster.fails(PROBLEM, *FIELD)


def _config(*resources: Plain) -> Plain:
    return {"provider": {"keyArn": "arn:aws:kms:us-east-1:111122223333:key/shop"}, "resources": list(resources)}


RULE = Rule(
    id="cluster-secrets-encrypted",
    title="Clusters encrypt Secrets with a customer's key",
    why="Whoever gets at a copy of the cluster's store would read every Secret with nobody's key to ask for.",
    fix="Set encryptionConfig with a KMS key and resources [secrets].",
    severity=Severity.HIGH,
    covers=("go-live-readiness:94", "production:6"),
    kinds=frozenset({CLUSTER}),
    check=EachObject(check),
    allows={
        "secrets": aws_resource(CLUSTER, encryptionConfig=_config("secrets")),
        "secrets among others": aws_resource(CLUSTER, encryptionConfig=_config("configmaps", "secrets")),
    },
    refuses={
        "unset": bad_example(aws_resource(CLUSTER), f"Cluster shop {PROBLEM}"),
        "null": bad_example(aws_resource(CLUSTER, encryptionConfig=None), f"Cluster shop {PROBLEM}"),
        "nothing": bad_example(aws_resource(CLUSTER, encryptionConfig=_config()), f"Cluster shop {PROBLEM}"),
        "something else": bad_example(
            aws_resource(CLUSTER, encryptionConfig=_config("pods")), f"Cluster shop {PROBLEM}"
        ),
    },
)
