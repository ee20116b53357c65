"""The disks of nodes are encrypted.

Field: `ebs.encrypted` of each of `blockDeviceMappings` of a launch template, one of which there has to be: what names
no disk has the account's default, which no preview knows. Of machines, `encrypted` of `rootBlockDevice` and of each of
`ebsBlockDevices`. Reference: FSBP EC2.7, Checkov CKV_AWS_8.
"""

from collections.abc import Iterator

from guardrails.examples.aws import in_kinds, made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
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
WRONG = "makes disks that are not encrypted"


def check(template: Object) -> Faults:
    """Ask each disk."""
    disks = list(_disks(template))
    mappings = template.at("blockDeviceMappings")
    unknown = [each for each in (mappings, *mappings.elements()) if isinstance(each.plain, Unknown)]
    if not disks and not unknown:
        yield template.fails(WRONG, "blockDeviceMappings")
    for disk in disks:
        # The provider takes the words as well as the values.
        if disk.lacks("encrypted", value=True) and disk.lacks("encrypted", value="true"):
            yield disk.fails(WRONG, "encrypted")


def _disks(found: Object) -> Iterator[Node]:
    if found.id in MACHINES:
        yield found.at("rootBlockDevice")
        yield from found.items("ebsBlockDevices")
        return
    for mapping in found.items("blockDeviceMappings"):
        if mapping.at("ebs").noted() is not None:
            yield mapping.at("ebs")


def _template(**ebs: Plain) -> tuple[Resource, ...]:
    return made(TEMPLATE, blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 100, **ebs}}])


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
        "a machine": made(MACHINE, rootBlockDevice={"encrypted": True}),
    },
    refuses={
        "unset": refusal(_template(), f"LaunchTemplate shop {WRONG}"),
        "null": refusal(_template(encrypted=None), f"LaunchTemplate shop {WRONG}"),
        "no disk": refusal(made(TEMPLATE), f"LaunchTemplate shop {WRONG}"),
        "a disk of the machine's own": refusal(
            made(TEMPLATE, blockDeviceMappings=[{"deviceName": "/dev/sdb", "virtualName": "ephemeral0"}]),
            f"LaunchTemplate shop {WRONG}",
        ),
        "a machine's root": refusal(made(MACHINE), f"Instance shop {WRONG}"),
        "a machine's second disk": refusal(
            made(MACHINE, rootBlockDevice={"encrypted": True}, ebsBlockDevices=[{"deviceName": "/dev/sdb"}]),
            f"Instance shop {WRONG}",
        ),
        **in_kinds(refusal(made(MACHINE), f"Instance shop {WRONG}"), MACHINES),
        "off": refusal(_template(encrypted=False), f"LaunchTemplate shop {WRONG}"),
    },
)
