"""Roles name what they allow.

Fields of each rule of a `Role` or `ClusterRole`: `verbs`, `resources`, `apiGroups` and `nonResourceURLs` must not hold
"*". `*/scale` is no wildcard of resources but names one subresource, and `/healthz/*` one path; both are allowed.
"""

from guardrails.examples import refusal
from guardrails.grants import EVERYTHING, ROLES, a_role
from guardrails.resources import Object
from guardrails.rule import EachObject, Faults, Rule, Severity

FIELDS = {
    "verbs": "every verb",
    "resources": "every resource",
    "apiGroups": "every API group",
    "nonResourceURLs": "every URL",
}


def check(role: Object) -> Faults:
    """Name each wildcard."""
    for rule in role.items("rules"):
        for field, meaning in FIELDS.items():
            for entry in rule.items(field):
                if entry.read() == EVERYTHING:
                    yield entry.fails(f"allows {meaning}")


RULE = Rule(
    id="no-rbac-wildcard",
    title="Roles name their verbs, resources and API groups",
    why="A wildcard also allows what nobody has thought of yet, such as the next custom resource.",
    fix="List in the role's rules the verbs, resources and API groups that its subject uses.",
    severity=Severity.CRITICAL,
    covers=("go-live-readiness:102", "go-live-readiness:16"),
    kinds=ROLES,
    check=EachObject(check),
    allows={
        "named": (a_role({"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list"]}),),
        "a subresource of all": (a_role({"apiGroups": ["apps"], "resources": ["*/scale"], "verbs": ["get"]}),),
        "paths below one": (a_role({"nonResourceURLs": ["/healthz/*"], "verbs": ["get"]}, kind="ClusterRole"),),
        "no rules": (a_role(),),
    },
    refuses={
        "verbs": refusal(
            (a_role({"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]}),), "Role shop/reader allows every verb"
        ),
        "resources beside others": refusal(
            (a_role({"apiGroups": [""], "resources": ["pods", "*"], "verbs": ["get"]}),),
            "Role shop/reader allows every resource",
        ),
        "API groups": refusal(
            (a_role({"apiGroups": ["*"], "resources": ["pods"], "verbs": ["get"]}, kind="ClusterRole"),),
            "ClusterRole reader allows every API group",
        ),
        "URLs": refusal(
            (a_role({"nonResourceURLs": ["*"], "verbs": ["get"]}, kind="ClusterRole"),),
            "ClusterRole reader allows every URL",
        ),
        "a later rule": refusal(
            (a_role({"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}, {"verbs": ["*"]}),),
            "Role shop/reader allows every verb",
        ),
    },
)
