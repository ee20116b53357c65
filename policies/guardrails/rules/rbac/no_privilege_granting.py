"""Roles can't be used to gain rights that they don't hold.

`escalate` and `bind` on roles lift the API server's guard against giving away more than one has; `impersonate` makes
one somebody else. None of them may stand among the `verbs` of a rule, with or without `resourceNames`. The wildcard
verb is the matter of `no-rbac-wildcard`.
"""

from guardrails.examples import refusal
from guardrails.grants import ROLES, a_role
from guardrails.plain import Plain
from guardrails.resources import Object
from guardrails.rule import EachObject, Faults, Rule, Severity

VERBS = ("bind", "escalate", "impersonate")


def check(role: Object) -> Faults:
    """Name each verb that lifts the guard."""
    for rule in role.items("rules"):
        for verb in rule.items("verbs"):
            if (named := verb.read()) in VERBS:
                yield verb.fails(f"may {named}")


def _on_roles(*verbs: str, **changes: Plain) -> dict[str, Plain]:
    return {
        "apiGroups": ["rbac.authorization.k8s.io"],
        "resources": ["clusterroles", "roles"],
        "verbs": list(verbs),
        **changes,
    }


RULE = Rule(
    id="no-privilege-granting",
    title="Roles cannot escalate, bind or impersonate",
    why="With one of these verbs the holder of a small role becomes the holder of any role.",
    fix="Remove escalate, bind and impersonate from the role's verbs.",
    severity=Severity.CRITICAL,
    covers=("go-live-readiness:102", "go-live-readiness:16"),
    kinds=ROLES,
    check=EachObject(check),
    allows={
        "reading roles": (a_role(_on_roles("get", "list", "watch")),),
        "no verbs": (a_role(_on_roles()),),
    },
    refuses={
        "bind": refusal((a_role(_on_roles("get", "bind")),), "Role shop/reader may bind"),
        "escalate": refusal((a_role(_on_roles("escalate"), kind="ClusterRole"),), "ClusterRole reader may escalate"),
        "impersonate": refusal(
            (a_role({"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]}),),
            "Role shop/reader may impersonate",
        ),
        "narrowed by name": refusal((a_role(_on_roles("bind", resourceNames=["admin"])),), "Role shop/reader may bind"),
    },
)
