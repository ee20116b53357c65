"""No role has a policy that may do everything.

Fields: `policyArn` or `policyArns` of attachments, and `managedPolicyArns` of roles; `managedPolicyArn` or
`managedPolicyArns` of what is attached to permission sets. AWS's AdministratorAccess and
PowerUserAccess are refused, and so is what gives a whole service, such as IAMFullAccess or AmazonS3FullAccess, which
no-policy-wildcard would refuse in a policy of ours. AWS's own ARNs are known in every preview, so one that is known
only after deployment is a policy of the program itself. Reference: CIS AWS Foundations 1.16, FSBP IAM.1.
"""

import re
from collections.abc import Iterator

from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

ROLE = "aws:iam/role:Role"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
EXCLUSIVE = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
EXCLUSIVES = frozenset(
    {
        "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
        "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive",
    }
)
SET = "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment"
SET_EXCLUSIVE = "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive"
LISTS = {ROLE: "managedPolicyArns", SET_EXCLUSIVE: "managedPolicyArns", EXCLUSIVE: "policyArns"} | dict.fromkeys(
    EXCLUSIVES, "policyArns"
)
"""Kinds that hold several, and where."""
KINDS = frozenset(
    {
        *LISTS,
        SET,
        ATTACHMENT,
        "aws:iam/userPolicyAttachment:UserPolicyAttachment",
        "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
        "aws:iam/policyAttachment:PolicyAttachment",
    }
)
FIELDS = ("policyArn", "policyArns", "managedPolicyArn", "managedPolicyArns")
EVERYTHING = re.compile(
    r"arn:aws[a-z-]*:iam::aws:policy/(?:\S*/)?"
    r"(?:AdministratorAccess\S*|PowerUserAccess|SecretsManagerReadWrite|\S*FullAccess\S*|\S*_FullAccess"
    r"|(?:System|Database|Network)Administrator)"
)
PROBLEM = "may do everything, or everything with one service"


def check(obj: Object) -> Violations:
    """Ask each ARN what it names."""
    for arn in _arns(obj):
        ours = arn.plain is Unknown.LATER and arn.path.rpartition(".")[2].startswith(FIELDS)
        if not ours:
            value = arn.record_unknown()
            if isinstance(value, str) and EVERYTHING.fullmatch(value):
                yield arn.fails(PROBLEM)


def _arns(obj: Object) -> Iterator[Node]:
    if obj.id not in LISTS:
        yield obj.at("managedPolicyArn" if obj.id == SET else "policyArn")
        return
    arns = obj.at(LISTS[obj.id])
    arns.expect(list)
    yield from arns.elements()


RULE = Rule(
    id="no-administrator-policy",
    title="No role may do everything",
    why="Whoever takes over one job or one pod has the account, and no boundary or review comes in between.",
    fix="Attach a policy that names what the role does.",
    severity=Severity.CRITICAL,
    covers=("go-live-readiness:102", "optibid:56"),
    kinds=KINDS,
    check=EachObject(check),
    known_after_deploy=FIELDS,
    allows={
        "a narrow one": aws_resource(ATTACHMENT, policyArn="arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"),
        "one of the program": aws_resource(ATTACHMENT, policyArn=Unknown.LATER),
        "a role": aws_resource(ROLE),
    },
    refuses={
        "everything": bad_example(
            aws_resource(ATTACHMENT, policyArn="arn:aws:iam::aws:policy/AdministratorAccess"),
            f"RolePolicyAttachment shop {PROBLEM}",
        ),
        "all but IAM": bad_example(
            aws_resource(ATTACHMENT, policyArn="arn:aws:iam::aws:policy/PowerUserAccess"),
            f"RolePolicyAttachment shop {PROBLEM}",
        ),
        "in a list": bad_example(
            aws_resource(EXCLUSIVE, policyArns=["arn:aws:iam::aws:policy/AdministratorAccess"]),
            f"RolePolicyAttachmentsExclusive shop {PROBLEM}",
        ),
        "a whole service": bad_example(
            aws_resource(ATTACHMENT, policyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess"),
            f"RolePolicyAttachment shop {PROBLEM}",
        ),
        "every secret": bad_example(
            aws_resource(ATTACHMENT, policyArn="arn:aws:iam::aws:policy/SecretsManagerReadWrite"),
            f"RolePolicyAttachment shop {PROBLEM}",
        ),
        **in_kinds(
            bad_example(
                aws_resource(EXCLUSIVE, policyArns=["arn:aws:iam::aws:policy/job-function/SystemAdministrator"]),
                f"RolePolicyAttachmentsExclusive shop {PROBLEM}",
            ),
            EXCLUSIVES,
        ),
        "a permission set": bad_example(
            aws_resource(SET, managedPolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"),
            f"ManagedPolicyAttachment shop {PROBLEM}",
        ),
        "a permission set's list": bad_example(
            aws_resource(SET_EXCLUSIVE, managedPolicyArns=["arn:aws:iam::aws:policy/PowerUserAccess"]),
            f"ManagedPolicyAttachmentsExclusive shop {PROBLEM}",
        ),
        "in the role": bad_example(
            aws_resource(ROLE, managedPolicyArns=["arn:aws:iam::aws:policy/IAMFullAccess"]), f"Role shop {PROBLEM}"
        ),
        **in_kinds(
            bad_example(
                aws_resource(ATTACHMENT, policyArn="arn:aws:iam::aws:policy/AdministratorAccess"),
                f"RolePolicyAttachment shop {PROBLEM}",
            ),
            KINDS - {*LISTS, SET},
        ),
    },
)
