"""Bindings name their holders, and nobody's group is bound.

Field: `subjects` of a `RoleBinding` or `ClusterRoleBinding`. Refused are the user `system:anonymous` and the groups
`system:unauthenticated`, `system:authenticated`, `system:masters` and `system:serviceaccounts`, alone or with a
namespace. The API server itself binds some of them to the roles of `OWN`; such a binding is left alone.
"""

from guardrails.examples.kubernetes import bad_example
from guardrails.examples.rbac import a_binding
from guardrails.kubernetes.rbac import BINDINGS
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

ANYBODY = ("system:anonymous", "system:authenticated", "system:masters", "system:unauthenticated")
ACCOUNTS = "system:serviceaccounts"
OWN = ("system:basic-user", "system:discovery", "system:public-info-viewer", "system:service-account-issuer-discovery")


def check(binding: Object) -> Violations:
    """Name each binding to a crowd."""
    for subject in binding.items("subjects"):
        name = subject.read("name")
        if not isinstance(name, str) or not (name in ANYBODY or f"{name}:".startswith(f"{ACCOUNTS}:")):
            continue
        role = binding.read("roleRef", "name")
        if not isinstance(role, Unknown) and role not in OWN:
            yield subject.fails(f"binds {name}", "name")


def _group(name: str, kind: str = "Group") -> dict[str, Plain]:
    return {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name}


RULE = Rule(
    id="no-system-subject",
    title="Roles are bound to named identities",
    why="Such a binding gives a role to everybody, or to every pod, and nobody can be asked what it is for.",
    fix="Bind the role to the service account or the group that needs it.",
    severity=Severity.CRITICAL,
    covers=("go-live-readiness:102", "go-live-readiness:16"),
    kinds=BINDINGS,
    check=EachObject(check),
    allows={
        "a service account": (a_binding({"kind": "ServiceAccount", "name": "api", "namespace": "shop"}),),
        "a team": (a_binding(_group("platform-engineering")),),
        "the API server's own": (
            a_binding(_group("system:authenticated"), role="system:discovery", kind="ClusterRoleBinding"),
        ),
        "another system name": (a_binding(_group("system:kube-scheduler", "User")),),
    },
    refuses={
        "anonymous": bad_example(
            (a_binding(_group("system:anonymous", "User")),), "RoleBinding shop/reader binds system:anonymous"
        ),
        "unauthenticated": bad_example(
            (a_binding(_group("system:unauthenticated")),), "RoleBinding shop/reader binds system:unauthenticated"
        ),
        "authenticated": bad_example(
            (a_binding(_group("system:authenticated"), kind="ClusterRoleBinding"),),
            "ClusterRoleBinding reader binds system:authenticated",
        ),
        "masters": bad_example((a_binding(_group("system:masters")),), "RoleBinding shop/reader binds system:masters"),
        "every service account": bad_example(
            (a_binding(_group("system:serviceaccounts:shop")),),
            "RoleBinding shop/reader binds system:serviceaccounts:shop",
        ),
    },
)
