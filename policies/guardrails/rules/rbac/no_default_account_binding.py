"""The default service account of a namespace gets no role.

Field: `subjects` of a `RoleBinding` or `ClusterRoleBinding`: no `ServiceAccount` named `default`, and no `User` with
the user name of such an account. Every pod that names no account runs as that one.
"""

import re

from guardrails.examples.kubernetes import bad_example
from guardrails.examples.rbac import a_binding
from guardrails.kubernetes.rbac import BINDINGS
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

USER_NAME = re.compile("system:serviceaccount:[^:]+:default")
PROBLEM = "binds the default service account"


def check(binding: Object) -> Violations:
    """Name each binding to an account that pods have without asking."""
    for subject in binding.items("subjects"):
        name, kind = subject.read("name"), subject.read("kind")
        account = kind == "ServiceAccount" and name == "default"
        if account or (kind == "User" and isinstance(name, str) and USER_NAME.fullmatch(name)):
            yield subject.fails(PROBLEM, "name")


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
        "by its user name": bad_example(
            (a_binding({"kind": "User", "name": "system:serviceaccount:shop:default"}),),
            f"RoleBinding shop/reader {PROBLEM}",
        ),
        "default": bad_example(
            (a_binding({"kind": "ServiceAccount", "name": "default", "namespace": "shop"}),),
            f"RoleBinding shop/reader {PROBLEM}",
        ),
        "in the whole cluster": bad_example(
            (a_binding({"kind": "ServiceAccount", "name": "default"}, kind="ClusterRoleBinding"),),
            f"ClusterRoleBinding reader {PROBLEM}",
        ),
    },
)
