"""Roles can't be used to gain rights that they don't hold.

`escalate` and `bind` on roles lift the API server's guard against giving away more than one has; `impersonate`, and
since 1.36 its forms such as `impersonate:user-info`, makes one somebody else. None of them may stand among the `verbs`
of a rule, with or without `resourceNames`. Nor may a rule allow what comes to the same: to make tokens for service
accounts, to approve or sign certificates, to change the webhooks and policies of admission that see, change and refuse
every request, to change namespaces, whose labels say what their pods may do, or to make persistent volumes, which may
be paths of a node. The wildcard verb is the matter of `no-rbac-wildcard`.
"""

from guardrails.examples.kubernetes import bad_example
from guardrails.examples.rbac import a_role
from guardrails.kubernetes.rbac import EVERYTHING, ROLES, grants, refused
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

VERBS = ("bind", "escalate", "impersonate")
_WRITING = {"create", "patch", "update", EVERYTHING}
_CERTIFICATES = {"certificates.k8s.io", EVERYTHING}
_ADMISSION = {"admissionregistration.k8s.io", EVERYTHING}
_CHECKS = {
    *("mutatingwebhookconfigurations", "validatingwebhookconfigurations"),
    *("mutatingadmissionpolicies", "mutatingadmissionpolicybindings"),
    *("validatingadmissionpolicies", "validatingadmissionpolicybindings"),
}
POWERS = (
    (
        "make tokens for service accounts",
        {"", EVERYTHING},
        {"serviceaccounts/token", "*/token"},
        {"create", EVERYTHING},
    ),
    (
        "approve certificates",
        _CERTIFICATES,
        {"certificatesigningrequests/approval", "*/approval"},
        {"patch", "update", EVERYTHING},
    ),
    ("approve certificates", _CERTIFICATES, {"signers"}, {"approve", EVERYTHING}),
    ("sign certificates", _CERTIFICATES, {"signers"}, {"sign", EVERYTHING}),
    ("change what admission checks", _ADMISSION, _CHECKS, {*_WRITING, "delete", "deletecollection"}),
    ("lift the Pod Security level of namespaces", {"", EVERYTHING}, {"namespaces"}, {"patch", "update", EVERYTHING}),
    ("make volumes of a node's files", {"", EVERYTHING}, {"persistentvolumes"}, {"create", EVERYTHING}),
)
"""What is allowed in other words, with its API groups, resources and verbs."""
_FIELDS = ("apiGroups", "resources", "verbs")
WANTED = tuple((power, dict(zip(_FIELDS, map(frozenset, words), strict=True))) for power, *words in POWERS)
"""The powers, and the words of a rule that gives each."""


def check(role: Object) -> Violations:
    """Name each verb that lifts the guard, and each power that comes to the same."""
    for rule in role.items("rules"):
        for verb in rule.items("verbs"):
            named = verb.read()
            if isinstance(named, str) and named.partition(":")[0] in VERBS:
                yield verb.fails(f"may {named}")
        for power, wanted in WANTED:
            yield from refused(grants(rule, wanted), rule, f"may {power}")


def _on_roles(*verbs: str, **changes: Plain) -> dict[str, Plain]:
    return {
        "apiGroups": ["rbac.authorization.k8s.io"],
        "resources": ["clusterroles", "roles"],
        "verbs": list(verbs),
        **changes,
    }


def _in(group: str, resource: str, verb: str) -> Resource:
    return a_role({"apiGroups": [group], "resources": [resource], "verbs": [verb]}, kind="ClusterRole")


RULE = Rule(
    id="no-privilege-granting",
    title="Roles cannot escalate, bind or impersonate",
    why="With one of these rights the holder of a small role becomes the holder of any role.",
    fix="Remove this verb or resource from the role; its subject should hold itself the rights that it needs.",
    severity=Severity.CRITICAL,
    covers=("go-live-readiness:102", "go-live-readiness:16"),
    kinds=ROLES,
    check=EachObject(check),
    allows={
        "reading roles": (a_role(_on_roles("get", "list", "watch")),),
        "no verbs": (a_role(_on_roles()),),
        "reading webhooks": (_in("admissionregistration.k8s.io", "validatingwebhookconfigurations", "list"),),
        "asking for a certificate": (_in("certificates.k8s.io", "certificatesigningrequests", "create"),),
        "making namespaces": (_in("", "namespaces", "create"),),
        "claiming a volume": (_in("", "persistentvolumeclaims", "create"),),
        "service accounts themselves": (_in("", "serviceaccounts", "create"),),
    },
    refuses={
        "bind": bad_example((a_role(_on_roles("get", "bind")),), "Role shop/reader may bind"),
        "escalate": bad_example(
            (a_role(_on_roles("escalate"), kind="ClusterRole"),), "ClusterRole reader may escalate"
        ),
        "impersonate": bad_example(
            (a_role({"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]}),),
            "Role shop/reader may impersonate",
        ),
        "a form of impersonation": bad_example(
            (
                a_role(
                    {"apiGroups": ["authentication.k8s.io"], "resources": ["users"], "verbs": ["impersonate:user-info"]}
                ),
            ),
            "Role shop/reader may impersonate:user-info",
        ),
        "tokens": bad_example(
            (a_role({"apiGroups": [""], "resources": ["serviceaccounts/token"], "verbs": ["create"]}),),
            "Role shop/reader may make tokens for service accounts",
        ),
        "approval": bad_example(
            (_in("certificates.k8s.io", "certificatesigningrequests/approval", "update"),),
            "ClusterRole reader may approve certificates",
        ),
        "approval for a signer": bad_example(
            (_in("certificates.k8s.io", "signers", "approve"),), "ClusterRole reader may approve certificates"
        ),
        "a signature": bad_example(
            (_in("certificates.k8s.io", "signers", "sign"),), "ClusterRole reader may sign certificates"
        ),
        "webhooks": bad_example(
            (_in("admissionregistration.k8s.io", "mutatingwebhookconfigurations", "patch"),),
            "ClusterRole reader may change what admission checks",
        ),
        "switching a webhook off": bad_example(
            (_in("admissionregistration.k8s.io", "validatingwebhookconfigurations", "delete"),),
            "ClusterRole reader may change what admission checks",
        ),
        "policies of admission": bad_example(
            (_in("admissionregistration.k8s.io", "validatingadmissionpolicybindings", "update"),),
            "ClusterRole reader may change what admission checks",
        ),
        "namespaces": bad_example(
            (_in("", "namespaces", "patch"),), "ClusterRole reader may lift the Pod Security level of namespaces"
        ),
        "volumes": bad_example(
            (_in("", "persistentvolumes", "create"),), "ClusterRole reader may make volumes of a node's files"
        ),
        "narrowed by name": bad_example(
            (a_role(_on_roles("bind", resourceNames=["admin"])),), "Role shop/reader may bind"
        ),
    },
)
