"""Pods can't read the credentials of the machine that they run on.

Fields of `metadataOptions` of launch templates and machines: `httpTokens` is required, and `httpPutResponseHopLimit`
is 1. Unset it is what the image says, which is 2 for those of Amazon Linux 2023. Reference: CIS EKS 5.4.x, FSBP EC2.8
and EC2.170, Checkov CKV_AWS_341.
"""

from guardrails.examples.aws import in_kinds, made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
KINDS = frozenset(
    {
        TEMPLATE,
        "aws:ec2/instance:Instance",
        "aws:ec2/launchConfiguration:LaunchConfiguration",
        "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
    }
)
OPTIONS = "metadataOptions"
WRONG = "lets pods read the machine's credentials"


def check(template: Object) -> Faults:
    """Ask for tokens, then for how far they travel."""
    if template.other(OPTIONS, "httpEndpoint", than=("enabled", "")) or isinstance(
        template.peek(OPTIONS, "httpEndpoint"), Unknown
    ):
        return
    if template.lacks(OPTIONS, "httpTokens", value="required"):
        yield template.fails(WRONG, OPTIONS, "httpTokens")
    elif template.lacks(OPTIONS, "httpPutResponseHopLimit", value=1):
        yield template.fails(WRONG, OPTIONS, "httpPutResponseHopLimit")


def _template(**options: Plain) -> tuple[Resource, ...]:
    return made(TEMPLATE, metadataOptions=options)


RULE = Rule(
    id="launch-template-metadata",
    title="Nodes keep their credentials from pods",
    why="A pod that is taken over asks the machine for its role, and has what every pod on it may do.",
    fix="Set metadataOptions.httpTokens to required and httpPutResponseHopLimit to 1.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:102", "production:6"),
    kinds=KINDS,
    check=EachObject(check),
    allows={
        "tokens, one hop": _template(httpTokens="required", httpPutResponseHopLimit=1),
        "no answers": _template(httpEndpoint="disabled"),
    },
    refuses={
        "unset": refusal(made(TEMPLATE), f"LaunchTemplate shop {WRONG}"),
        "null": refusal(_template(httpTokens=None), f"LaunchTemplate shop {WRONG}"),
        "as the image says": refusal(_template(httpTokens="required"), f"LaunchTemplate shop {WRONG}"),
        **in_kinds(refusal(made(TEMPLATE), f"LaunchTemplate shop {WRONG}"), KINDS),
        "no tokens": refusal(_template(httpTokens="optional"), f"LaunchTemplate shop {WRONG}"),
        "two hops": refusal(
            _template(httpTokens="required", httpPutResponseHopLimit=2), f"LaunchTemplate shop {WRONG}"
        ),
    },
)
