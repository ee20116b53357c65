"""No role has a policy that may do everything.

Fields: `policyArn` or `policyArns` of attachments, and `managedPolicyArns` of roles; `managedPolicyArn` or
`managedPolicyArns` of what is attached to permission sets. AWS's AdministratorAccess and
PowerUserAccess are refused, and so is what gives a whole service, such as IAMFullAccess or AmazonS3FullAccess, which
no-policy-wildcard would refuse in a policy of ours. AWS's own ARNs are known in every preview, so one that is known
only after deployment is a policy of the program itself. Reference: CIS AWS Foundations 1.16, FSBP IAM.1.
"""

import re
from collections.abc import Iterator

from guardrails.examples.aws import in_kinds, made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
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
WRONG = "may do everything, or everything with one service"


def check(found: Object) -> Faults:
    """Ask each ARN what it names."""
    for arn in _arns(found):
        ours = arn.plain is Unknown.LATER and arn.path.rpartition(".")[2].startswith(FIELDS)
        if not ours:
            value = arn.noted()
            if isinstance(value, str) and EVERYTHING.fullmatch(value):
                yield arn.fails(WRONG)


def _arns(found: Object) -> Iterator[Node]:
    if found.id not in LISTS:
        yield found.at("managedPolicyArn" if found.id == SET else "policyArn")
        return
    arns = found.at(LISTS[found.id])
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
    awaits=FIELDS,
    allows={
        "a narrow one": made(ATTACHMENT, policyArn="arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"),
        "one of the program": made(ATTACHMENT, policyArn=Unknown.LATER),
        "a role": made(ROLE),
    },
    refuses={
        "everything": refusal(
            made(ATTACHMENT, policyArn="arn:aws:iam::aws:policy/AdministratorAccess"),
            f"RolePolicyAttachment shop {WRONG}",
        ),
        "all but IAM": refusal(
            made(ATTACHMENT, policyArn="arn:aws:iam::aws:policy/PowerUserAccess"), f"RolePolicyAttachment shop {WRONG}"
        ),
        "in a list": refusal(
            made(EXCLUSIVE, policyArns=["arn:aws:iam::aws:policy/AdministratorAccess"]),
            f"RolePolicyAttachmentsExclusive shop {WRONG}",
        ),
        "a whole service": refusal(
            made(ATTACHMENT, policyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess"),
            f"RolePolicyAttachment shop {WRONG}",
        ),
        "every secret": refusal(
            made(ATTACHMENT, policyArn="arn:aws:iam::aws:policy/SecretsManagerReadWrite"),
            f"RolePolicyAttachment shop {WRONG}",
        ),
        **in_kinds(
            refusal(
                made(EXCLUSIVE, policyArns=["arn:aws:iam::aws:policy/job-function/SystemAdministrator"]),
                f"RolePolicyAttachmentsExclusive shop {WRONG}",
            ),
            EXCLUSIVES,
        ),
        "a permission set": refusal(
            made(SET, managedPolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"),
            f"ManagedPolicyAttachment shop {WRONG}",
        ),
        "a permission set's list": refusal(
            made(SET_EXCLUSIVE, managedPolicyArns=["arn:aws:iam::aws:policy/PowerUserAccess"]),
            f"ManagedPolicyAttachmentsExclusive shop {WRONG}",
        ),
        "in the role": refusal(
            made(ROLE, managedPolicyArns=["arn:aws:iam::aws:policy/IAMFullAccess"]), f"Role shop {WRONG}"
        ),
        **in_kinds(
            refusal(
                made(ATTACHMENT, policyArn="arn:aws:iam::aws:policy/AdministratorAccess"),
                f"RolePolicyAttachment shop {WRONG}",
            ),
            KINDS - {*LISTS, SET},
        ),
    },
)
