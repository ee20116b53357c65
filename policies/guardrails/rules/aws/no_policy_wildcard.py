"""What IAM policies allow is named: no action `*`, no everything-but, and no writing to every resource.

A statement that allows is refused when its `Action` holds `*`, when it has `NotAction`, or when it allows something
other than reading on `Resource` `*` (or an ARN that names no account and nothing in it, or a `NotResource`) without a
`Condition`. Reading is what begins with Get,
List, Describe or the like. A few actions know no resources and are let through. Policies are JSON text or objects. The
policies of keys and buckets are not meant: there, `*` is the key or the bucket itself.
"""

import json
from collections.abc import Iterator

from guardrails.amazon import has_conditions, in_kinds, made, statements, texts
from guardrails.examples import refusal
from guardrails.node import Node
from guardrails.plain import Plain, Unknown
from guardrails.resources import Object, Resource
from guardrails.rule import EachObject, Faults, Rule, Severity

POLICY = "aws:iam/policy:Policy"
ROLE = "aws:iam/role:Role"
KINDS = frozenset(
    {POLICY, ROLE, "aws:iam/rolePolicy:RolePolicy", "aws:iam/userPolicy:UserPolicy", "aws:iam/groupPolicy:GroupPolicy"}
)
READS = ("get", "list", "describe", "batchget", "batchcheck", "head", "lookup", "query", "scan", "search", "view")
NAMELESS = {"cloudwatch:putmetricdata", "xray:puttracesegments", "xray:puttelemetryrecords"}
ACCOUNT = 4
"""Which of an ARN's parts names the account; the resource is the rest."""
ALL = "allows every action"
BUT = "allows every action but some"
ANYWHERE = "allows writing to every resource"


def check(found: Object) -> Faults:
    """Walk through what each policy allows."""
    for policy in _policies(found):
        for statement in statements(policy):
            yield from _judged(statement)


def _policies(found: Object) -> Iterator[Node]:
    if found.id == ROLE:
        yield from (inline.at("policy") for inline in found.items("inlinePolicies"))
    else:
        yield found.at("policy")


def _judged(statement: Node) -> Faults:
    actions = texts(statement.at("Action"))
    if statement.read("NotAction") is not None and not isinstance(statement.read("NotAction"), Unknown):
        yield statement.fails(BUT, "NotAction")
    elif {"*", "*:*"} & set(actions):
        yield statement.fails(ALL, "Action")
    elif any(map(_writes, actions)) and _is_everywhere(statement) and not has_conditions(statement):
        yield statement.fails(ANYWHERE, "Resource")


def _writes(action: str) -> bool:
    # AWS does not mind the case of an action.
    return not action.lower().partition(":")[2].startswith(READS) and action.lower() not in NAMELESS


def _is_everywhere(statement: Node) -> bool:
    named = texts(statement.at("Resource"))
    return any(map(_is_everything, named)) or statement.read("NotResource") is not None


def _is_everything(resource: str) -> bool:
    """A star, or an ARN that leaves both the account and the resource open."""
    open_ = set("".join(resource.split(":")[ACCOUNT:])) <= set("*/")
    return set(resource) <= {"*"} or (resource.startswith("arn:") and open_)


def _policy(**statement: Plain) -> tuple[Resource, ...]:
    return made(POLICY, policy=json.dumps({"Statement": [{"Effect": "Allow", **statement}]}))


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
        "a denial": made(POLICY, policy={"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}),
        "no inline policies": made(ROLE),
    },
    refuses={
        "every action": refusal(_policy(Action="*", Resource=BUCKET), f"Policy shop {ALL}"),
        "every action in a list": refusal(_policy(Action=["s3:GetObject", "*"], Resource="*"), f"Policy shop {ALL}"),
        "every action but some": refusal(_policy(NotAction="iam:*", Resource=BUCKET), f"Policy shop {BUT}"),
        "a whole service everywhere": refusal(_policy(Action="s3:*", Resource=["*"]), f"Policy shop {ANYWHERE}"),
        "every bucket there is": refusal(_policy(Action="s3:*", Resource="arn:aws:s3:::*"), f"Policy shop {ANYWHERE}"),
        "everything by its ARN": refusal(
            _policy(Action="iam:PassRole", Resource="arn:aws:*:*:*:*"), f"Policy shop {ANYWHERE}"
        ),
        "an empty condition": refusal(
            _policy(Action="s3:PutObject", Resource="*", Condition={}), f"Policy shop {ANYWHERE}"
        ),
        "an object": refusal(
            made(POLICY, policy={"Statement": {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}}),
            f"Policy shop {ANYWHERE}",
        ),
        "an inline policy": refusal(
            made(
                ROLE,
                inlinePolicies=[{"policy": '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'}],
            ),
            f"Role shop {ALL}",
        ),
        **in_kinds(refusal(_policy(Action="*", Resource=BUCKET), f"Policy shop {ALL}"), KINDS - {ROLE}),
    },
)
