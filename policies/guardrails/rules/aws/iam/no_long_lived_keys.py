"""Nobody has a key to AWS that lives for ever.

An IAM user is refused, whatever it says, and so are its access keys, passwords and other credentials: whoever has a
user can make keys for it later. Reference: CIS AWS Foundations 1.13 and 1.14, FSBP IAM.3.
"""

from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

KEY = "aws:iam/accessKey:AccessKey"
PROFILE = "aws:iam/userLoginProfile:UserLoginProfile"
USER = "aws:iam/user:User"
KINDS = frozenset(
    {
        KEY,
        PROFILE,
        USER,
        "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
        "aws:iam/signingCertificate:SigningCertificate",
        "aws:iam/sshKey:SshKey",
    }
)
PROBLEM = "lives until somebody remembers it"


def check(obj: Object) -> Violations:
    """There is no sound one, so nothing that it says matters."""
    if obj.id in KINDS:
        yield obj.fails(PROBLEM)
    else:
        obj.record_unknown()


RULE = Rule(
    id="no-long-lived-keys",
    title="Nobody has a long-lived key to AWS",
    why="Most break-ins into AWS begin with an access key that was copied into a file, a log or a chat.",
    fix="Use roles: OIDC for CI, Pod Identity for pods, IAM Identity Center for people.",
    severity=Severity.HIGH,
    covers=("optibid:35", "go-live-readiness:96", "production:14"),
    kinds=KINDS,
    check=EachObject(check),
    allows={
        "a role": aws_resource("aws:iam/role:Role"),
        "tokens": aws_resource("aws:iam/openIdConnectProvider:OpenIdConnectProvider", url="https://ci.example.com"),
    },
    refuses={
        "a key": bad_example(aws_resource(KEY, user="ci"), f"AccessKey shop {PROBLEM}"),
        "an inactive key": bad_example(aws_resource(KEY, user="ci", status="Inactive"), f"AccessKey shop {PROBLEM}"),
        **in_kinds(bad_example(aws_resource(KEY), f"AccessKey shop {PROBLEM}"), KINDS - {KEY, PROFILE}),
        "a password": bad_example(aws_resource(PROFILE, user="ci"), f"UserLoginProfile shop {PROBLEM}"),
    },
)
