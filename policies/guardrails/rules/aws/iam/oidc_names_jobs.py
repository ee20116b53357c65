"""A role that trusts signed tokens says whose.

Field: `assumeRolePolicy`. A statement that allows `sts:AssumeRoleWithWebIdentity` for an OIDC provider needs a
condition on the token's `sub`, and every value of it names at least the first two parts: `repo:254carbon/platform:*`
does, `repo:*` does not. Of a cluster's service accounts namespace and name are needed. Reference: the CI systems' own
advice on trusting them.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from guardrails.aws.iam_statements import narrows, statements
from guardrails.aws.relations import texts
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

ROLE = "aws:iam/role:Role"
ACTION = "sts:assumerolewithwebidentity"
OPERATORS = ("StringEquals", "StringLike", "ForAnyValue:StringEquals", "ForAnyValue:StringLike")
SUBJECT = ":sub"
NAMED_PARTS = 2
SERVICE_ACCOUNT, ACCOUNT_PARTS = "system:serviceaccount:", 4
"""A cluster's own tokens name a service account by its namespace and its name."""
PROBLEM = "trusts tokens of any job"


def check(role: Object) -> Violations:
    """Ask each statement about tokens for its subjects."""
    for statement in statements(role.at("assumeRolePolicy")):
        if not _takes_tokens(statement):
            continue
        if not any("oidc-provider" in provider for provider in texts(statement.at("Principal", "Federated"))):
            if not narrows(statement):  # other providers have other claims, and none is safe without any
                yield statement.fails(PROBLEM, "Condition")
            continue
        subjects = list(_subjects(statement))
        asked = [statement.at("Condition"), *(statement.at("Condition", operator) for operator in OPERATORS)]
        doubtful = any(isinstance(each, Unknown) for each in (*subjects, *(place.plain for place in asked)))
        if any(isinstance(each, str) and not _is_named(each) for each in subjects) or (not subjects and not doubtful):
            yield statement.fails(PROBLEM, "Condition")


def _takes_tokens(statement: Node) -> bool:
    patterns = [action.lower() for action in texts(statement.at("Action"))]
    return any(fnmatchcase(ACTION, each) for each in patterns) or statement.read("NotAction") is not None


def _subjects(statement: Node) -> Iterator[str | Unknown]:
    """What the tokens' subjects are compared with; an unknown is noted."""
    statement.at("Condition").record_unknown()
    for operator in OPERATORS:
        for key, value in statement.members("Condition", operator):
            if not key.endswith(SUBJECT):
                continue
            for each in value.elements() or [value]:
                said = each.record_unknown()
                if isinstance(said, str | Unknown):
                    yield said


def _is_named(subject: str) -> bool:
    needed = ACCOUNT_PARTS if subject.startswith(SERVICE_ACCOUNT) else NAMED_PARTS
    parts = subject.split(":")[:needed]
    return len(parts) == needed and all(part and "*" not in part and "?" not in part for part in parts)


def _role(**condition: Plain) -> tuple[Resource, ...]:
    statement: dict[str, Plain] = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/ci.example.com"},
        "Condition": condition,
    }
    return aws_resource(ROLE, assumeRolePolicy={"Statement": [statement]})


TOKENS: dict[str, Plain] = {
    "Effect": "Allow",
    "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/ci.example.com"},
}
AUDIENCE: dict[str, Plain] = {"ci.example.com:aud": "sts.amazonaws.com"}


def _sub(value: Plain) -> dict[str, Plain]:
    return {**AUDIENCE, "ci.example.com:sub": value}


RULE = Rule(
    id="oidc-names-jobs",
    title="Roles for tokens say whose",
    why="The CI system signs tokens for all its customers, so without a subject a stranger's job deploys here.",
    fix="Add a condition on the provider's :sub that names the repository and the environment.",
    severity=Severity.CRITICAL,
    covers=("go-live-readiness:102", "optibid:56"),
    kinds=frozenset({ROLE}),
    check=EachObject(check),
    allows={
        "one job": _role(StringEquals=_sub("repo:254carbon/platform:environment:prod")),
        "one service account": _role(StringEquals=_sub("system:serviceaccount:shop:api")),
        "some jobs": _role(StringLike=_sub(["repo:254carbon/platform:*", "repo:254carbon/web:ref:refs/heads/main"])),
        "a service": aws_resource(
            ROLE, assumeRolePolicy={"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole"}}
        ),
    },
    refuses={
        "only the audience": bad_example(_role(StringEquals=AUDIENCE), f"Role shop {PROBLEM}"),
        "no condition": bad_example(_role(), f"Role shop {PROBLEM}"),
        "another provider": bad_example(
            aws_resource(
                ROLE,
                assumeRolePolicy={
                    "Statement": {
                        "Effect": "Allow",
                        "Action": "sts:AssumeRoleWithWebIdentity",
                        "Principal": {"Federated": "cognito-identity.amazonaws.com"},
                    }
                },
            ),
            f"Role shop {PROBLEM}",
        ),
        "any repository": bad_example(_role(StringLike=_sub("repo:*")), f"Role shop {PROBLEM}"),
        "anybody": bad_example(_role(StringLike=_sub("*")), f"Role shop {PROBLEM}"),
        "any service account": bad_example(
            _role(StringLike=_sub("system:serviceaccount:shop:*")), f"Role shop {PROBLEM}"
        ),
        "by a pattern of actions": bad_example(
            aws_resource(ROLE, assumeRolePolicy={"Statement": {**TOKENS, "Action": "sts:AssumeRole*"}}),
            f"Role shop {PROBLEM}",
        ),
        "by every action but some": bad_example(
            aws_resource(ROLE, assumeRolePolicy={"Statement": {**TOKENS, "NotAction": "s3:*"}}), f"Role shop {PROBLEM}"
        ),
        "another provider's tokens over TLS": bad_example(
            aws_resource(
                ROLE,
                assumeRolePolicy={
                    "Statement": {
                        **TOKENS,
                        "Action": "sts:AssumeRoleWithWebIdentity",
                        "Principal": {"Federated": "accounts.google.com"},
                        "Condition": {"Bool": {"aws:SecureTransport": "true"}},
                    }
                },
            ),
            f"Role shop {PROBLEM}",
        ),
        "one of two is anybody": bad_example(
            _role(StringLike=_sub(["repo:254carbon/platform:*", "repo:254*:*"])), f"Role shop {PROBLEM}"
        ),
    },
)
