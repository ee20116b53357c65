"""Roles don't reach into running pods.

A rule of a `Role` or `ClusterRole` must not allow `create` or `get` on `pods/exec`, `pods/attach` or
`pods/portforward`, nor on `nodes/proxy`, which is the way around them. `get` counts: it opens the same stream over a
web socket. `patch` and `update` on `pods/ephemeralcontainers` put a container of any image into a running pod. Any verb
on `pods/proxy` or `services/proxy` asks any port of a pod, past its network policies, unless `resourceNames` says
whose.
"""

from guardrails.examples.kubernetes import bad_example
from guardrails.examples.rbac import a_role
from guardrails.kubernetes.rbac import EVERYTHING, ROLES, grants, refused, unnamed
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

OPENING = frozenset({"create", "get", EVERYTHING})
ASKING = frozenset({"create", "delete", "get", "patch", "update", EVERYTHING})
REACHING = {
    "pods/exec": OPENING,
    "pods/attach": OPENING,
    "pods/portforward": OPENING,
    "nodes/proxy": OPENING,
    "pods/proxy": ASKING,
    "services/proxy": ASKING,
    "pods/ephemeralcontainers": frozenset({"patch", "update", EVERYTHING}),
}
"""Each way into a pod, and the verbs that open it."""
WANTED = {
    resource: {
        "apiGroups": frozenset({"", EVERYTHING}),
        "resources": frozenset({resource, f"*/{resource.partition('/')[2]}"}),
        "verbs": verbs,
    }
    for resource, verbs in REACHING.items()
}
"""The words of a rule that opens each way."""


def check(role: Object) -> Violations:
    """Name each rule and each way into a pod."""
    for rule in role.items("rules"):
        for resource, wanted in WANTED.items():
            match = grants(rule, wanted)
            if match.possible and wanted["verbs"] is ASKING:
                match = match & unnamed(rule)
            yield from refused(match, rule, f"may use {resource}")


RULE = Rule(
    id="no-pod-exec",
    title="Roles do not reach into running pods",
    why="Whoever may exec into a pod holds its secrets and its identity, and leaves no trace in git.",
    fix="Remove these resources from the role; look at logs and metrics instead.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:102", "go-live-readiness:124"),
    kinds=ROLES,
    check=EachObject(check),
    allows={
        "reading pods and logs": (a_role({"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get"]}),),
        "a verb that opens nothing": (a_role({"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["list"]}),),
        "the proxy of one service": (
            a_role(
                {"apiGroups": [""], "resources": ["services/proxy"], "resourceNames": ["metrics"], "verbs": ["get"]}
            ),
        ),
        "another group": (a_role({"apiGroups": ["metrics.k8s.io"], "resources": ["pods/exec"], "verbs": ["get"]}),),
    },
    refuses={
        "a container beside the others": bad_example(
            (a_role({"apiGroups": [""], "resources": ["pods/ephemeralcontainers"], "verbs": ["patch"]}),),
            "Role shop/reader may use pods/ephemeralcontainers",
        ),
        "exec": bad_example(
            (a_role({"apiGroups": [""], "resources": ["pods", "pods/exec"], "verbs": ["create"]}),),
            "Role shop/reader may use pods/exec",
        ),
        "get counts": bad_example(
            (a_role({"apiGroups": [""], "resources": ["pods/attach"], "verbs": ["get"]}),),
            "Role shop/reader may use pods/attach",
        ),
        "every verb": bad_example(
            (a_role({"apiGroups": ["*"], "resources": ["pods/portforward"], "verbs": ["*"]}, kind="ClusterRole"),),
            "ClusterRole reader may use pods/portforward",
        ),
        "through the node": bad_example(
            (a_role({"apiGroups": [""], "resources": ["nodes/proxy"], "verbs": ["get"]}, kind="ClusterRole"),),
            "ClusterRole reader may use nodes/proxy",
        ),
        "the proxy of every pod": bad_example(
            (a_role({"apiGroups": [""], "resources": ["pods/proxy"], "verbs": ["update"]}),),
            "Role shop/reader may use pods/proxy",
        ),
        "the proxy of every service": bad_example(
            (a_role({"apiGroups": [""], "resources": ["services/proxy"], "verbs": ["get"]}, kind="ClusterRole"),),
            "ClusterRole reader may use services/proxy",
        ),
        "any resource's exec": bad_example(
            (a_role({"apiGroups": [""], "resources": ["*/exec"], "verbs": ["create"]}),),
            "Role shop/reader may use pods/exec",
        ),
    },
)
