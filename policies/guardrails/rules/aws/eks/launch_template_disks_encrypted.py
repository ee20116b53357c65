"""The disks of nodes are encrypted.

Field: `ebs.encrypted` of each of `blockDeviceMappings` of a launch template, one of which there has to be: what names
no disk has the account's default, which no preview knows. Of machines, `encrypted` of `rootBlockDevice` and of each of
`ebsBlockDevices`. Reference: FSBP EC2.7, Checkov CKV_AWS_8.
"""

from collections.abc import Iterator

from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
MACHINE = "aws:ec2/instance:Instance"
MACHINES = frozenset(
    {
        MACHINE,
        "aws:ec2/launchConfiguration:LaunchConfiguration",
        "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
    }
)
PROBLEM = "makes disks that are not encrypted"


def check(template: Object) -> Violations:
    """Ask each disk."""
    disks = list(_disks(template))
    mappings = template.at("blockDeviceMappings")
    unknown = [each for each in (mappings, *mappings.elements()) if isinstance(each.plain, Unknown)]
    if not disks and not unknown:
        yield template.fails(PROBLEM, "blockDeviceMappings")
    for disk in disks:
        # The provider takes the words as well as the values.
        if disk.is_not("encrypted", value=True) and disk.is_not("encrypted", value="true"):
            yield disk.fails(PROBLEM, "encrypted")


def _disks(obj: Object) -> Iterator[Node]:
    if obj.id in MACHINES:
        yield obj.at("rootBlockDevice")
        yield from obj.items("ebsBlockDevices")
        return
    for mapping in obj.items("blockDeviceMappings"):
        if mapping.at("ebs").record_unknown() is not None:
            yield mapping.at("ebs")


def _template(**ebs: Plain) -> tuple[Resource, ...]:
    return aws_resource(TEMPLATE, blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 100, **ebs}}])


RULE = Rule(
    id="launch-template-disks-encrypted",
    title="Nodes' disks are encrypted",
    why="Images, logs and what pods write to disk would be readable from a copied or lost disk.",
    fix="Set ebs.encrypted to true for each disk, with the key for disks.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:94",),
    kinds=MACHINES | {TEMPLATE},
    check=EachObject(check),
    allows={
        "encrypted": _template(encrypted=True),
        "the word": _template(encrypted="true"),
        "a machine": aws_resource(MACHINE, rootBlockDevice={"encrypted": True}),
    },
    refuses={
        "unset": bad_example(_template(), f"LaunchTemplate shop {PROBLEM}"),
        "null": bad_example(_template(encrypted=None), f"LaunchTemplate shop {PROBLEM}"),
        "no disk": bad_example(aws_resource(TEMPLATE), f"LaunchTemplate shop {PROBLEM}"),
        "a disk of the machine's own": bad_example(
            aws_resource(TEMPLATE, blockDeviceMappings=[{"deviceName": "/dev/sdb", "virtualName": "ephemeral0"}]),
            f"LaunchTemplate shop {PROBLEM}",
        ),
        "a machine's root": bad_example(aws_resource(MACHINE), f"Instance shop {PROBLEM}"),
        "a machine's second disk": bad_example(
            aws_resource(MACHINE, rootBlockDevice={"encrypted": True}, ebsBlockDevices=[{"deviceName": "/dev/sdb"}]),
            f"Instance shop {PROBLEM}",
        ),
        **in_kinds(bad_example(aws_resource(MACHINE), f"Instance shop {PROBLEM}"), MACHINES),
        "off": bad_example(_template(encrypted=False), f"LaunchTemplate shop {PROBLEM}"),
    },
)
