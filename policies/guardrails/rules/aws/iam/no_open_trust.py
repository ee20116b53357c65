"""A role says who may take it on.

Field: `assumeRolePolicy`, JSON text or an object. A statement that allows `Principal` `*`, or `AWS` `*`, is refused
unless a `Condition` says who asks: an account, an organisation, a network.
"""

from guardrails.aws.iam_statements import is_bounded, is_for_anybody, statements
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

ROLE = "aws:iam/role:Role"
PROBLEM = "can be taken on by anybody"


def check(role: Object) -> Violations:
    """Look for a principal that is everybody."""
    for statement in statements(role.at("assumeRolePolicy")):
        if is_for_anybody(statement) and not is_bounded(statement):
            yield statement.fails(PROBLEM, "Principal")


def _role(principal: Plain, **more: Plain) -> tuple[Resource, ...]:
    statement: Plain = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **more}
    return aws_resource(ROLE, assumeRolePolicy={"Statement": [statement]})


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
        "anybody": bad_example(_role("*"), f"Role shop {PROBLEM}"),
        "any account": bad_example(_role({"AWS": "*"}), f"Role shop {PROBLEM}"),
        "any account in a list": bad_example(_role({"AWS": ["*"]}), f"Role shop {PROBLEM}"),
        "any provider": bad_example(_role({"Federated": "*"}), f"Role shop {PROBLEM}"),
        "anybody but one": bad_example(
            aws_resource(
                ROLE,
                assumeRolePolicy={"Statement": {"Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::1:root"}}},
            ),
            f"Role shop {PROBLEM}",
        ),
        "whoever uses TLS": bad_example(
            _role({"AWS": "*"}, Condition={"Bool": {"aws:SecureTransport": "true"}}), f"Role shop {PROBLEM}"
        ),
        "any organisation": bad_example(
            _role({"AWS": "*"}, Condition={"StringLike": {"aws:PrincipalOrgID": "*"}}), f"Role shop {PROBLEM}"
        ),
        "any role of any account": bad_example(
            _role({"AWS": "*"}, Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"}}),
            f"Role shop {PROBLEM}",
        ),
        "some organisation": bad_example(
            _role({"AWS": "*"}, Condition={"StringLike": {"aws:PrincipalOrgID": "o-*"}}), f"Role shop {PROBLEM}"
        ),
        "a star in part": bad_example(_role({"AWS": "arn:aws:iam::*:root"}), f"Role shop {PROBLEM}"),
        "an empty condition": bad_example(_role({"AWS": "*"}, Condition={}), f"Role shop {PROBLEM}"),
        "text": bad_example(
            aws_resource(ROLE, assumeRolePolicy='{"Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}}}'),
            f"Role shop {PROBLEM}",
        ),
    },
)
