"""Pods can't read the credentials of the machine that they run on.

Fields of `metadataOptions` of launch templates and machines: `httpTokens` is required, and `httpPutResponseHopLimit`
is 1. Unset it is what the image says, which is 2 for those of Amazon Linux 2023. Reference: CIS EKS 5.4.x, FSBP EC2.8
and EC2.170, Checkov CKV_AWS_341.
"""

from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
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
PROBLEM = "lets pods read the machine's credentials"


def check(template: Object) -> Violations:
    """Ask for tokens, then for how far they travel."""
    if template.differs_from(OPTIONS, "httpEndpoint", than=("enabled", "")) or isinstance(
        template.peek(OPTIONS, "httpEndpoint"), Unknown
    ):
        return
    if template.is_not(OPTIONS, "httpTokens", value="required"):
        yield template.fails(PROBLEM, OPTIONS, "httpTokens")
    elif template.is_not(OPTIONS, "httpPutResponseHopLimit", value=1):
        yield template.fails(PROBLEM, OPTIONS, "httpPutResponseHopLimit")


def _template(**options: Plain) -> tuple[Resource, ...]:
    return aws_resource(TEMPLATE, metadataOptions=options)


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
        "unset": bad_example(aws_resource(TEMPLATE), f"LaunchTemplate shop {PROBLEM}"),
        "null": bad_example(_template(httpTokens=None), f"LaunchTemplate shop {PROBLEM}"),
        "as the image says": bad_example(_template(httpTokens="required"), f"LaunchTemplate shop {PROBLEM}"),
        **in_kinds(bad_example(aws_resource(TEMPLATE), f"LaunchTemplate shop {PROBLEM}"), KINDS),
        "no tokens": bad_example(_template(httpTokens="optional"), f"LaunchTemplate shop {PROBLEM}"),
        "two hops": bad_example(
            _template(httpTokens="required", httpPutResponseHopLimit=2), f"LaunchTemplate shop {PROBLEM}"
        ),
    },
)
