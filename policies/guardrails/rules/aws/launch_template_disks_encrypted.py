"""The disks of nodes are encrypted.

Field: `ebs.encrypted` of each of `blockDeviceMappings` of a launch template that names disks; one that names none has
the account's default. Reference: FSBP EC2.7, Checkov CKV_AWS_8.
"""

from guardrails.amazon import made
from guardrails.examples import refusal
from guardrails.plain import Plain
from guardrails.resources import Object, Resource
from guardrails.rule import EachObject, Faults, Rule, Severity

TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
WRONG = "makes disks that are not encrypted"


def check(template: Object) -> Faults:
    """Ask each disk."""
    for disk in template.items("blockDeviceMappings"):
        if disk.at("ebs").noted() is None:
            continue
        # The provider takes the words as well as the values.
        if disk.lacks("ebs", "encrypted", value=True) and disk.lacks("ebs", "encrypted", value="true"):
            yield disk.fails(WRONG, "ebs", "encrypted")


def _template(**ebs: Plain) -> tuple[Resource, ...]:
    return made(TEMPLATE, blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 100, **ebs}}])


RULE = Rule(
    id="launch-template-disks-encrypted",
    title="Nodes' disks are encrypted",
    why="Images, logs and what pods write to disk would be readable from a copied or lost disk.",
    fix="Set ebs.encrypted to true for each disk, with the key for disks.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:94",),
    kinds=frozenset({TEMPLATE}),
    check=EachObject(check),
    allows={
        "encrypted": _template(encrypted=True),
        "the word": _template(encrypted="true"),
        "no disk": made(TEMPLATE),
    },
    refuses={
        "unset": refusal(_template(), f"LaunchTemplate shop {WRONG}"),
        "null": refusal(_template(encrypted=None), f"LaunchTemplate shop {WRONG}"),
        "off": refusal(_template(encrypted=False), f"LaunchTemplate shop {WRONG}"),
    },
)
