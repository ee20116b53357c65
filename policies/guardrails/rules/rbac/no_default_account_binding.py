"""The default service account of a namespace gets no role.

Field: `subjects` of a `RoleBinding` or `ClusterRoleBinding`: no `ServiceAccount` named `default`. Every pod that names
no account runs as that one.
"""

from guardrails.examples import refusal
from guardrails.grants import BINDINGS, a_binding
from guardrails.resources import Object
from guardrails.rule import EachObject, Faults, Rule, Severity

WRONG = "binds the default service account"


def check(binding: Object) -> Faults:
    """Name each binding to an account that pods have without asking."""
    for subject in binding.items("subjects"):
        if subject.read("name") == "default" and subject.read("kind") == "ServiceAccount":
            yield subject.fails(WRONG, "name")


RULE = Rule(
    id="no-default-account-binding",
    title="The default service account has no role",
    why="Every pod that names no account would hold the role.",
    fix="Bind the service account of the service that needs the role; ServiceDeployment makes one for each.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:102",),
    kinds=BINDINGS,
    check=EachObject(check),
    allows={
        "an account of its own": (a_binding({"kind": "ServiceAccount", "name": "api", "namespace": "shop"}),),
        "a group of that name": (a_binding({"kind": "Group", "name": "default"}),),
    },
    refuses={
        "default": refusal(
            (a_binding({"kind": "ServiceAccount", "name": "default", "namespace": "shop"}),),
            f"RoleBinding shop/reader {WRONG}",
        ),
        "in the whole cluster": refusal(
            (a_binding({"kind": "ServiceAccount", "name": "default"}, kind="ClusterRoleBinding"),),
            f"ClusterRoleBinding reader {WRONG}",
        ),
    },
)
