"""What nobody knows of a policy isolates nobody for sure."""

import pytest
from guardrails.examples.kubernetes import declared
from guardrails.kubernetes.default_deny import isolates
from guardrails.model.node import Record
from guardrails.model.resources import objects
from guardrails.model.values import Plain, Unknown

CILIUM = "kubernetes:cilium.io/v2:CiliumNetworkPolicy"


@pytest.mark.parametrize(
    ("rules", "certain"),
    [
        ({"ingress": [{}]}, True),
        ({"ingressDeny": [{"fromEntities": ["world"]}]}, True),
        ({"ingress": [{}], "ingressDeny": Unknown.LATER}, True),
        ({"ingressDeny": Unknown.LATER}, False),
        ({"ingress": Unknown.LATER}, False),
        ({"ingress": [Unknown.LATER]}, False),
    ],
)
def test_a_denial_counts_once_it_is_known(rules: dict[str, Plain], *, certain: bool) -> None:
    spec: Plain = {"endpointSelector": {}, **rules}
    (policy,) = objects(declared(CILIUM, "deny-all", spec=spec), Record())
    match = isolates(policy, "ingress")
    assert (match.possible, match.certain) == (True, certain)
