"""A role says who may take it on.

Field: `assumeRolePolicy`, JSON text or an object. A statement that allows `Principal` `*`, or `AWS` `*`, is refused
unless a `Condition` says who asks: an account, an organisation, a network.
"""

from guardrails.aws.iam_statements import is_bounded, is_for_anybody, statements
from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

ROLE = "aws:iam/role:Role"
WRONG = "can be taken on by anybody"


def check(role: Object) -> Faults:
    """Look for a principal that is everybody."""
    for statement in statements(role.at("assumeRolePolicy")):
        if is_for_anybody(statement) and not is_bounded(statement):
            yield statement.fails(WRONG, "Principal")


def _role(principal: Plain, **more: Plain) -> tuple[Resource, ...]:
    statement: Plain = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **more}
    return made(ROLE, assumeRolePolicy={"Statement": [statement]})


RULE = Rule(
    id="no-open-trust",
    title="Roles say who may take them on",
    why="A role that anybody may assume can be used from any account in the world.",
    fix="Name the service or the role ARN in Principal.",
    severity=Severity.CRITICAL,
    covers=("go-live-readiness:102", "optibid:56"),
    kinds=frozenset({ROLE}),
    check=EachObject(check),
    allows={
        "a service": _role({"Service": "eks.amazonaws.com"}),
        "an account": _role({"AWS": ["arn:aws:iam::111122223333:root"]}),
        "anybody of the organisation": _role(
            {"AWS": "*"}, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-0123456789"}}
        ),
    },
    refuses={
        "anybody": refusal(_role("*"), f"Role shop {WRONG}"),
        "any account": refusal(_role({"AWS": "*"}), f"Role shop {WRONG}"),
        "any account in a list": refusal(_role({"AWS": ["*"]}), f"Role shop {WRONG}"),
        "any provider": refusal(_role({"Federated": "*"}), f"Role shop {WRONG}"),
        "anybody but one": refusal(
            made(
                ROLE,
                assumeRolePolicy={"Statement": {"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::1:root"}}},
            ),
            f"Role shop {WRONG}",
        ),
        "whoever uses TLS": refusal(
            _role({"AWS": "*"}, Condition={"Bool": {"aws:SecureTransport": "true"}}), f"Role shop {WRONG}"
        ),
        "any organisation": refusal(
            _role({"AWS": "*"}, Condition={"StringLike": {"aws:PrincipalOrgID": "*"}}), f"Role shop {WRONG}"
        ),
        "any role of any account": refusal(
            _role({"AWS": "*"}, Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"}}),
            f"Role shop {WRONG}",
        ),
        "some organisation": refusal(
            _role({"AWS": "*"}, Condition={"StringLike": {"aws:PrincipalOrgID": "o-*"}}), f"Role shop {WRONG}"
        ),
        "a star in part": refusal(_role({"AWS": "arn:aws:iam::*:root"}), f"Role shop {WRONG}"),
        "an empty condition": refusal(_role({"AWS": "*"}, Condition={}), f"Role shop {WRONG}"),
        "text": refusal(
            made(ROLE, assumeRolePolicy='{"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}}}'),
            f"Role shop {WRONG}",
        ),
    },
)
