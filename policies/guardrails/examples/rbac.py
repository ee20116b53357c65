"""Example roles and bindings."""

from guardrails.examples.kubernetes import declared
from guardrails.model.resources import Resource
from guardrails.model.values import Plain


def a_role(*rules: Plain, kind: str = "Role") -> Resource:
    """An example of a role named reader."""
    return _declared(kind, "reader", {"rules": list(rules)})


def a_binding(subject: Plain, *, role: Plain = "reader", kind: str = "RoleBinding") -> Resource:
    """An example of a binding named reader, to a ClusterRole of this name."""
    reference: Plain = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role}
    return _declared(kind, "reader", {"roleRef": reference, "subjects": [subject]})


def aggregating(*selectors: Plain) -> Resource:
    """An example of a ClusterRole named all that takes in the rules of the roles that these select."""
    return _declared("ClusterRole", "all", {"aggregationRule": {"clusterRoleSelectors": list(selectors)}})


def _declared(kind: str, name: str, fields: dict[str, Plain]) -> Resource:
    namespace = None if kind.startswith("Cluster") else "shop"
    return declared(f"kubernetes:rbac.authorization.k8s.io/v1:{kind}", name, namespace=namespace, **fields)
