"""Roles don't reach into running pods.

A rule of a `Role` or `ClusterRole` must not allow `create` or `get` on `pods/exec`, `pods/attach` or
`pods/portforward`, nor on `nodes/proxy`, which is the way around them. `get` counts: it opens the same stream over a
web socket.
"""

from guardrails.examples import refusal
from guardrails.grants import EVERYTHING, ROLES, a_role, grants, refused
from guardrails.resources import Object
from guardrails.rule import EachObject, Faults, Rule, Severity

REACHING = ("pods/exec", "pods/attach", "pods/portforward", "nodes/proxy")
GROUPS = frozenset({"", EVERYTHING})
VERBS = frozenset({"create", "get", EVERYTHING})


def check(role: Object) -> Faults:
    """Name each rule and each way into a pod."""
    for rule in role.items("rules"):
        for resource in REACHING:
            wanted = {
                "apiGroups": GROUPS,
                "resources": frozenset({resource, f"*/{resource.partition('/')[2]}"}),
                "verbs": VERBS,
            }
            yield from refused(grants(rule, wanted), rule, f"may use {resource}")


RULE = Rule(
    id="no-pod-exec",
    title="Roles do not reach into running pods",
    why="Whoever may exec into a pod holds its secrets and its identity, and leaves no trace in git.",
    fix="Remove exec, attach, portforward and nodes/proxy from the role; look at logs and metrics instead.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:102", "go-live-readiness:124"),
    kinds=ROLES,
    check=EachObject(check),
    allows={
        "reading pods and logs": (a_role({"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get"]}),),
        "a verb that opens nothing": (a_role({"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["list"]}),),
        "another group": (a_role({"apiGroups": ["metrics.k8s.io"], "resources": ["pods/exec"], "verbs": ["get"]}),),
    },
    refuses={
        "exec": refusal(
            (a_role({"apiGroups": [""], "resources": ["pods", "pods/exec"], "verbs": ["create"]}),),
            "Role shop/reader may use pods/exec",
        ),
        "get counts": refusal(
            (a_role({"apiGroups": [""], "resources": ["pods/attach"], "verbs": ["get"]}),),
            "Role shop/reader may use pods/attach",
        ),
        "every verb": refusal(
            (a_role({"apiGroups": ["*"], "resources": ["pods/portforward"], "verbs": ["*"]}, kind="ClusterRole"),),
            "ClusterRole reader may use pods/portforward",
        ),
        "through the node": refusal(
            (a_role({"apiGroups": [""], "resources": ["nodes/proxy"], "verbs": ["get"]}, kind="ClusterRole"),),
            "ClusterRole reader may use nodes/proxy",
        ),
        "any resource's exec": refusal(
            (a_role({"apiGroups": [""], "resources": ["*/exec"], "verbs": ["create"]}),),
            "Role shop/reader may use pods/exec",
        ),
    },
)
