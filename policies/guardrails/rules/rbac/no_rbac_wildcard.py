"""Roles name what they allow.

Fields of each rule of a `Role` or `ClusterRole`: `verbs`, `resources`, `apiGroups` and `nonResourceURLs` must not hold
"*", nor `resources` "*/*" and `nonResourceURLs` "/*". `*/scale` names one subresource, and `/healthz/*` one path; both
are allowed. `pods/*` is refused as well: it reads as a wildcard, and to Kubernetes it names nothing. A ClusterRole's
`aggregationRule` must not take in every role, as a selector of `clusterRoleSelectors` that narrows nothing down does;
an empty list selects none.
"""

from guardrails.examples.kubernetes import bad_example
from guardrails.examples.rbac import a_role, aggregating
from guardrails.kubernetes.rbac import EVERYTHING, ROLES, refused
from guardrails.kubernetes.selectors import selects_all
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

FIELDS = {
    "verbs": "every verb",
    "resources": "every resource",
    "apiGroups": "every API group",
    "nonResourceURLs": "every URL",
}

_ALONE = frozenset({EVERYTHING})
WILDCARDS = {"verbs": _ALONE, "resources": _ALONE | {"*/*"}, "apiGroups": _ALONE, "nonResourceURLs": _ALONE | {"/*"}}


def check(role: Object) -> Violations:
    """Name each wildcard."""
    for rule in role.items("rules"):
        for field, meaning in FIELDS.items():
            for entry in rule.items(field):
                named = entry.read()
                if named in WILDCARDS[field]:
                    yield entry.fails(f"allows {meaning}")
                elif field == "resources" and isinstance(named, str) and named.endswith("/*"):
                    yield entry.fails(f"names {named!r}, which Kubernetes does not know as a wildcard")
    for selector in role.items("aggregationRule", "clusterRoleSelectors"):
        yield from refused(selects_all(selector), selector, "takes in the rules of every ClusterRole")


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
        "roles of a label": (aggregating({"matchLabels": {"shop/aggregate-to-viewer": "true"}}),),
        "roles of none": (aggregating(),),
    },
    refuses={
        "verbs": bad_example(
            (a_role({"apiGroups": [""], "resources": ["pods"], "verbs": ["*"]}),), "Role shop/reader allows every verb"
        ),
        "resources beside others": bad_example(
            (a_role({"apiGroups": [""], "resources": ["pods", "*"], "verbs": ["get"]}),),
            "Role shop/reader allows every resource",
        ),
        "API groups": bad_example(
            (a_role({"apiGroups": ["*"], "resources": ["pods"], "verbs": ["get"]}, kind="ClusterRole"),),
            "ClusterRole reader allows every API group",
        ),
        "URLs": bad_example(
            (a_role({"nonResourceURLs": ["*"], "verbs": ["get"]}, kind="ClusterRole"),),
            "ClusterRole reader allows every URL",
        ),
        "every subresource": bad_example(
            (a_role({"apiGroups": [""], "resources": ["*/*"], "verbs": ["get"]}),),
            "Role shop/reader allows every resource",
        ),
        "subresources of one": bad_example(
            (a_role({"apiGroups": [""], "resources": ["pods/*"], "verbs": ["create"]}),),
            "Role shop/reader names 'pods/*', which Kubernetes does not know as a wildcard",
        ),
        "every path": bad_example(
            (a_role({"nonResourceURLs": ["/*"], "verbs": ["get"]}, kind="ClusterRole"),),
            "ClusterRole reader allows every URL",
        ),
        "every other role": bad_example((aggregating({}),), "ClusterRole all takes in the rules of every ClusterRole"),
        "every other role, said at length": bad_example(
            (aggregating({"matchLabels": {"a": "b"}}, {"matchLabels": {}}),),
            "ClusterRole all takes in the rules of every ClusterRole",
        ),
        "a later rule": bad_example(
            (a_role({"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}, {"verbs": ["*"]}),),
            "Role shop/reader allows every verb",
        ),
    },
)
