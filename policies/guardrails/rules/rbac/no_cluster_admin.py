"""Nobody is bound to the built-in ClusterRoles that hold everything or nearly so.

Field: `roleRef` of a `ClusterRoleBinding` or a `RoleBinding`. `cluster-admin` gives everything, in a `RoleBinding`
everything in its namespace, the bindings and the secrets included. `admin` and `edit` read every secret, reach into
every pod and act as every service account, as other rules let no role of the stack. A `Role` that only bears such a
name is another role.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.examples.rbac import a_binding
from guardrails.kubernetes.rbac import BINDINGS
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

STRONGEST = ("cluster-admin", "admin", "edit")


def check(binding: Object) -> Violations:
    """Name each binding of one of the strongest roles."""
    name = binding.read("roleRef", "name")
    if name in STRONGEST and binding.is_not("roleRef", "kind", value="Role"):
        yield binding.fails(f"binds {name}", "roleRef", "name")


DEPLOYER: Plain = {"kind": "ServiceAccount", "name": "deployer", "namespace": "shop"}


def _to_role(name: str) -> Resource:
    reference: Plain = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name}
    return declared(
        "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "reader", roleRef=reference, subjects=[DEPLOYER]
    )


RULE = Rule(
    id="no-cluster-admin",
    title="Nobody is bound to cluster-admin, admin or edit",
    why="Whoever takes over one holder of such a role owns the whole platform, or all that a namespace holds.",
    fix="Bind a role that lists what the subject needs, or remove the binding.",
    severity=Severity.CRITICAL,
    covers=("go-live-readiness:102", "go-live-readiness:16", "production:6"),
    kinds=BINDINGS,
    check=EachObject(check),
    allows={
        "a role of its own": (a_binding(DEPLOYER),),
        "the built-in viewer": (a_binding(DEPLOYER, role="view"),),
        "a longer name": (a_binding(DEPLOYER, role="cluster-admin-readonly"),),
        "a Role of that name": (_to_role("cluster-admin"),),
    },
    refuses={
        "in the whole cluster": bad_example(
            (a_binding(DEPLOYER, role="cluster-admin", kind="ClusterRoleBinding"),),
            "ClusterRoleBinding reader binds cluster-admin",
        ),
        "in one namespace": bad_example(
            (a_binding(DEPLOYER, role="cluster-admin"),), "RoleBinding shop/reader binds cluster-admin"
        ),
        "an administrator of one namespace": bad_example(
            (a_binding(DEPLOYER, role="admin"),), "RoleBinding shop/reader binds admin"
        ),
        "an editor of every namespace": bad_example(
            (a_binding(DEPLOYER, role="edit", kind="ClusterRoleBinding"),), "ClusterRoleBinding reader binds edit"
        ),
        "before it has subjects": bad_example(
            (a_binding(None, role="cluster-admin"),), "RoleBinding shop/reader binds cluster-admin"
        ),
    },
)
