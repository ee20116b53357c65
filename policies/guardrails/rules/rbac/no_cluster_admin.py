"""Nobody is bound to the built-in ClusterRole `cluster-admin`.

Field: `roleRef` of a `ClusterRoleBinding` or a `RoleBinding`. In a `RoleBinding` the role still gives everything in its
namespace, the bindings and the secrets included. A `Role` that only bears the name is another role.
"""

from guardrails.examples import declared, refusal
from guardrails.grants import BINDINGS, a_binding
from guardrails.plain import Plain
from guardrails.resources import Object, Resource
from guardrails.rule import EachObject, Faults, Rule, Severity

WRONG = "binds cluster-admin"


def check(binding: Object) -> Faults:
    """Name each binding of the strongest role."""
    if binding.read("roleRef", "name") == "cluster-admin" and binding.lacks("roleRef", "kind", value="Role"):
        yield binding.fails(WRONG, "roleRef", "name")


DEPLOYER: Plain = {"kind": "ServiceAccount", "name": "deployer", "namespace": "shop"}


def _to_role(name: str) -> Resource:
    reference: Plain = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name}
    return declared(
        "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", "reader", roleRef=reference, subjects=[DEPLOYER]
    )


RULE = Rule(
    id="no-cluster-admin",
    title="Nobody is bound to cluster-admin",
    why="Whoever takes over one holder of cluster-admin owns the whole platform.",
    fix="Bind a role that lists what the subject needs, or remove the binding.",
    severity=Severity.CRITICAL,
    covers=("go-live-readiness:102", "go-live-readiness:16", "production:6"),
    kinds=BINDINGS,
    check=EachObject(check),
    allows={
        "a role of its own": (a_binding(DEPLOYER),),
        "a longer name": (a_binding(DEPLOYER, role="cluster-admin-readonly"),),
        "a Role of that name": (_to_role("cluster-admin"),),
    },
    refuses={
        "in the whole cluster": refusal(
            (a_binding(DEPLOYER, role="cluster-admin", kind="ClusterRoleBinding"),),
            f"ClusterRoleBinding reader {WRONG}",
        ),
        "in one namespace": refusal((a_binding(DEPLOYER, role="cluster-admin"),), f"RoleBinding shop/reader {WRONG}"),
        "before it has subjects": refusal((a_binding(None, role="cluster-admin"),), f"RoleBinding shop/reader {WRONG}"),
    },
)
