"""A cluster encrypts its Secrets with a key of ours.

Field: `encryptionConfig.resources` names `secrets`. The key itself is required by the API, so it is not asked for.
"""

from guardrails.aws.relations import CLUSTER, texts
from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

FIELD = ("encryptionConfig", "resources")
WRONG = "does not encrypt its Secrets with a key of ours"


def check(cluster: Object) -> Faults:
    """Look for secrets among what is encrypted."""
    place = cluster.at(*FIELD)
    maybe = any(isinstance(item.plain, Unknown) for item in place.elements())
    if "secrets" not in texts(place) and not maybe:
        yield cluster.fails(WRONG, *FIELD)


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
        "secrets": made(CLUSTER, encryptionConfig=_config("secrets")),
        "secrets among others": made(CLUSTER, encryptionConfig=_config("configmaps", "secrets")),
    },
    refuses={
        "unset": refusal(made(CLUSTER), f"Cluster shop {WRONG}"),
        "null": refusal(made(CLUSTER, encryptionConfig=None), f"Cluster shop {WRONG}"),
        "nothing": refusal(made(CLUSTER, encryptionConfig=_config()), f"Cluster shop {WRONG}"),
        "something else": refusal(made(CLUSTER, encryptionConfig=_config("pods")), f"Cluster shop {WRONG}"),
    },
)
