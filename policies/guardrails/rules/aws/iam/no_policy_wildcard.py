"""What IAM policies allow is named: no action `*`, no everything-but, and no writing to every resource.

A statement that allows is refused when its `Action` holds `*`, when it has `NotAction`, or when it allows something
other than reading on `Resource` `*` (or an ARN that names no account and nothing in it, or a `NotResource`) without a
`Condition` that narrows it: by something that has to be there, is no star, and says more than how or when. Reading is
what begins with Get, List, Describe or the like; what secrets, parameters, tables and buckets keep is not read
everywhere either. `iam:PassRole` for every role of an account needs such a condition too. A few actions know no
resources and are let through. Policies are JSON text or objects. The policies of keys and buckets are not meant: there,
`*` is the key or the bucket itself.
"""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from guardrails.aws.iam_statements import ACCOUNT, RESOURCE, STARS, narrows, statements
from guardrails.aws.relations import texts
from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

POLICY = "aws:iam/policy:Policy"
ROLE = "aws:iam/role:Role"
PERMISSION_SET = "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy"
KINDS = frozenset(
    {
        POLICY,
        ROLE,
        PERMISSION_SET,
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/userPolicy:UserPolicy",
        "aws:iam/groupPolicy:GroupPolicy",
        "aws:iot/policy:Policy",
    }
)
READS = ("get", "list", "describe", "batchget", "batchcheck", "head", "lookup", "query", "scan", "search", "view")
NAMELESS = {"cloudwatch:putmetricdata", "xray:puttracesegments", "xray:puttelemetryrecords"}
DATA = (
    *("dynamodb:batchgetitem", "dynamodb:getitem", "dynamodb:query", "dynamodb:scan", "kinesis:getrecords"),
    *("s3:getobject", "s3:getobjectversion", "secretsmanager:batchgetsecretvalue", "secretsmanager:getsecretvalue"),
    *("ssm:getparameter", "ssm:getparameterhistory", "ssm:getparameters", "ssm:getparametersbypath"),
)
"""Reading that gives what is kept, and not only what there is."""
LENDS = "iam:passrole"
_EVERY_ONE = re.compile(r"(?:[\w-]+[/:])?[*?/:]+")
_EVERY_ROLE = re.compile(r"role/[*?/]+")
ALL = "allows every action"
BUT = "allows every action but some"
ANYWHERE = "allows writing to every resource"
OPEN_DATA = "allows reading what every resource keeps"
ANY_ROLE = "lends every role of the account"


def check(obj: Object) -> Violations:
    """Walk through what each policy allows."""
    for policy in _policies(obj):
        for statement in statements(policy):
            yield from _judged(statement)


def _policies(obj: Object) -> Iterator[Node]:
    if obj.id == ROLE:
        yield from (inline.at("policy") for inline in obj.items("inlinePolicies"))
    else:
        yield obj.at("inlinePolicy" if obj.id == PERMISSION_SET else "policy")


def _judged(statement: Node) -> Violations:
    # AWS does not mind the case of an action.
    actions = [action.lower() for action in texts(statement.at("Action"))]
    if statement.read("NotAction") is not None and not isinstance(statement.read("NotAction"), Unknown):
        yield statement.fails(BUT, "NotAction")
    elif any(set(action) <= {*STARS, ":"} for action in actions):
        yield statement.fails(ALL, "Action")
    elif not narrows(statement):
        yield from _anywhere(statement, actions)


def _anywhere(statement: Node, actions: list[str]) -> Violations:
    resources = texts(statement.at("Resource"))
    everywhere = any(map(_is_everything, resources)) or statement.read("NotResource") is not None
    if everywhere and any(map(_writes, actions)):
        yield statement.fails(ANYWHERE, "Resource")
    elif everywhere and any(_is_among(DATA, action) for action in actions):
        yield statement.fails(OPEN_DATA, "Resource")
    elif any(_is_among((LENDS,), action) for action in actions) and any(map(_is_every_role, resources)):
        yield statement.fails(ANY_ROLE, "Resource")


def _writes(action: str) -> bool:
    return not action.partition(":")[2].startswith(READS) and action not in NAMELESS


def _is_among(named: tuple[str, ...], pattern: str) -> bool:
    return any(fnmatchcase(each, pattern) for each in named)


def _is_everything(resource: str) -> bool:
    """A star, or an ARN that leaves open both the account and the resource."""
    parts = resource.split(":", RESOURCE)
    if len(parts) <= RESOURCE:
        return bool(STARS & set(resource))
    account, rest = parts[ACCOUNT], parts[RESOURCE]
    if not account:  # as of buckets, whose objects follow the name
        return set(rest) <= {*STARS, "/", ":"}
    return set(account) <= STARS and _EVERY_ONE.fullmatch(rest) is not None


def _is_every_role(resource: str) -> bool:
    parts = resource.split(":", RESOURCE)
    return len(parts) > RESOURCE and _EVERY_ROLE.fullmatch(parts[RESOURCE]) is not None


def _policy(**statement: Plain) -> tuple[Resource, ...]:
    return aws_resource(POLICY, policy=json.dumps({"Statement": [{"Effect": "Allow", **statement}]}))


BUCKET = "arn:aws:s3:::shop/*"

RULE = Rule(
    id="no-policy-wildcard",
    title="IAM policies name what they allow",
    why="A policy with a star gives whoever steals one pod's credentials the whole account.",
    fix="Name the actions and the ARNs that are needed, one statement for each purpose.",
    severity=Severity.CRITICAL,
    covers=("go-live-readiness:102", "optibid:56"),
    kinds=KINDS,
    check=EachObject(check),
    allows={
        "named": _policy(Action=["s3:GetObject", "s3:PutObject"], Resource=BUCKET),
        "the log groups of the account": _policy(
            Action="logs:CreateLogGroup", Resource="arn:aws:logs:us-east-1:111122223333:*"
        ),
        "reading everywhere": _policy(Action="ec2:DescribeInstances", Resource="*"),
        "writing under a condition": _policy(
            Action="ec2:CreateTags", Resource="*", Condition={"StringEquals": {"aws:RequestTag/owner": "shop"}}
        ),
        "roles lent to one service": _policy(
            Action="iam:PassRole",
            Resource="arn:aws:iam::111122223333:role/*",
            Condition={"StringEquals": {"iam:PassedToService": "eks.amazonaws.com"}},
        ),
        "a family of secrets": _policy(
            Action="secretsmanager:GetSecretValue",
            Resource="arn:aws:secretsmanager:us-east-1:111122223333:secret:shop/*",
        ),
        "a denial": aws_resource(POLICY, policy={"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}),
        "no inline policies": aws_resource(ROLE),
    },
    refuses={
        "every action": bad_example(_policy(Action="*", Resource=BUCKET), f"Policy shop {ALL}"),
        "every action in a list": bad_example(
            _policy(Action=["s3:GetObject", "*"], Resource="*"), f"Policy shop {ALL}"
        ),
        "every action but some": bad_example(_policy(NotAction="iam:*", Resource=BUCKET), f"Policy shop {BUT}"),
        "a whole service everywhere": bad_example(_policy(Action="s3:*", Resource=["*"]), f"Policy shop {ANYWHERE}"),
        "every bucket there is": bad_example(
            _policy(Action="s3:*", Resource="arn:aws:s3:::*"), f"Policy shop {ANYWHERE}"
        ),
        "everything by its ARN": bad_example(
            _policy(Action="iam:PassRole", Resource="arn:aws:*:*:*:*"), f"Policy shop {ANYWHERE}"
        ),
        "an empty condition": bad_example(
            _policy(Action="s3:PutObject", Resource="*", Condition={}), f"Policy shop {ANYWHERE}"
        ),
        "an object": bad_example(
            aws_resource(POLICY, policy={"Statement": {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}}),
            f"Policy shop {ANYWHERE}",
        ),
        "a condition that narrows nothing": bad_example(
            _policy(Action="s3:*", Resource="*", Condition={"Bool": {"aws:SecureTransport": "true"}}),
            f"Policy shop {ANYWHERE}",
        ),
        "a condition on what may be absent": bad_example(
            _policy(Action="s3:*", Resource="*", Condition={"StringEqualsIfExists": {"aws:RequestTag/owner": "shop"}}),
            f"Policy shop {ANYWHERE}",
        ),
        "a condition with a star": bad_example(
            _policy(Action="s3:*", Resource="*", Condition={"StringLike": {"aws:RequestTag/owner": "*"}}),
            f"Policy shop {ANYWHERE}",
        ),
        "a condition on what is not": bad_example(
            _policy(Action="s3:*", Resource="*", Condition={"StringNotEquals": {"aws:RequestTag/owner": "x"}}),
            f"Policy shop {ANYWHERE}",
        ),
        "every action, spelt long": bad_example(_policy(Action="**", Resource=BUCKET), f"Policy shop {ALL}"),
        "every secret": bad_example(_policy(Action="secretsmanager:Get*", Resource="*"), f"Policy shop {OPEN_DATA}"),
        "every object": bad_example(
            _policy(Action="s3:GetObject", Resource="arn:aws:s3:::*/*"), f"Policy shop {OPEN_DATA}"
        ),
        "everything but a bucket": bad_example(
            _policy(Action="s3:PutObject", NotResource=BUCKET), f"Policy shop {ANYWHERE}"
        ),
        "every table of any account": bad_example(
            _policy(Action="dynamodb:PutItem", Resource="arn:aws:dynamodb:us-east-1:*:table/*"),
            f"Policy shop {ANYWHERE}",
        ),
        "a permission set": bad_example(
            aws_resource(
                PERMISSION_SET, inlinePolicy='{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
            ),
            f"PermissionSetInlinePolicy shop {ALL}",
        ),
        "every role": bad_example(
            _policy(Action="iam:PassRole", Resource="arn:aws:iam::111122223333:role/*"), f"Policy shop {ANY_ROLE}"
        ),
        "an inline policy": bad_example(
            aws_resource(
                ROLE,
                inlinePolicies=[{"policy": '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'}],
            ),
            f"Role shop {ALL}",
        ),
        **in_kinds(
            bad_example(_policy(Action="*", Resource=BUCKET), f"Policy shop {ALL}"), KINDS - {ROLE, PERMISSION_SET}
        ),
    },
)
