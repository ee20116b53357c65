"""Machines, tasks and notebooks have no public address.

Fields: `associatePublicIpAddress` of machines, of each of `networkInterfaces` of launch templates and of each of
`launchSpecifications` of spot fleets; `networkConfiguration.assignPublicIp` of ECS services and whatever else starts
tasks; `instance`, `instanceId`
or `networkInterface` (`networkInterfaceId`) of elastic addresses, which NAT gateways and load balancers do without;
`directInternetAccess` of notebooks, which is Disabled. A machine that names neither a subnet nor an interface lies in
the default VPC, whose subnets give out addresses. Reference: FSBP EC2.9, EC2.25, AutoScaling.5, ECS.2, SageMaker.1.
"""

from collections.abc import Iterator

from guardrails.aws.relations import is_given
from guardrails.examples.aws import made, made_at
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

MACHINE = "aws:ec2/instance:Instance"
SPOT = "aws:ec2/spotInstanceRequest:SpotInstanceRequest"
CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
FLEET = "aws:ec2/spotFleetRequest:SpotFleetRequest"
SERVICE = "aws:ecs/service:Service"
NOTEBOOK = "aws:sagemaker/notebookInstance:NotebookInstance"
ADDRESS, ASSOCIATION = "aws:ec2/eip:Eip", "aws:ec2/eipAssociation:EipAssociation"
FIELD = "associatePublicIpAddress"
LISTS = {TEMPLATE: "networkInterfaces", FLEET: "launchSpecifications"}
TASKS = "networkConfiguration.assignPublicIp"
PIPED = "targetParameters.ecsTaskParameters.networkConfiguration.awsVpcConfiguration.assignPublicIp"
SWITCHES = {
    SERVICE: TASKS,
    "aws:ecs/taskSet:TaskSet": TASKS,
    "aws:cloudwatch/eventTarget:EventTarget": f"ecsTarget.{TASKS}",
    "aws:scheduler/schedule:Schedule": f"target.ecsParameters.{TASKS}",
    "aws:pipes/pipe:Pipe": PIPED,
}
"""Kind to its switch, with dots."""
HOLDERS = {ADDRESS: ("instance", "networkInterface"), ASSOCIATION: ("instanceId", "networkInterfaceId")}
INTERFACES = ("primaryNetworkInterface", "networkInterfaces")
OFF = (False, "false", "DISABLED", "")
"""The provider takes the words as well as the values."""
WRONG = "has a public address"


def check(found: Object) -> Faults:
    """Ask each kind in its own words."""
    if found.id in {MACHINE, SPOT} and found.read(FIELD) is None and not _is_placed(found):
        yield found.fails(WRONG, "subnetId")
    elif found.id == NOTEBOOK and found.lacks("directInternetAccess", value="Disabled"):
        yield found.fails(WRONG, "directInternetAccess")
    for place in _switches(found):
        if place.other(than=OFF):
            yield place.fails(WRONG)
    for field in HOLDERS.get(found.id, ()):
        # Whose it is only AWS may know, and yet it is somebody's.
        if is_given(found, field):
            yield found.fails(WRONG, field)


def _is_placed(machine: Object) -> bool:
    interfaces = [machine.at(field) for field in INTERFACES]
    return is_given(machine, "subnetId") or any(
        each.noted() is not None and each.plain not in ([], {}) for each in interfaces
    )


def _switches(found: Object) -> Iterator[Node]:
    if found.id in LISTS:
        yield from (each.at(FIELD) for each in found.items(LISTS[found.id]))
    else:
        yield found.at(*SWITCHES.get(found.id, FIELD).split("."))


ON: Plain = True
SUBNET: dict[str, Plain] = {"subnetId": "subnet-1"}

RULE = Rule(
    id="no-public-address",
    title="Machines have no public address",
    why="A machine on the internet is scanned within minutes, and one open port or one old service is enough.",
    fix="Switch the public address off, name a private subnet, and let a load balancer or Session Manager lead there.",
    severity=Severity.HIGH,
    covers=("optibid:73", "go-live-readiness:97"),
    kinds=frozenset({MACHINE, SPOT, *LISTS, *SWITCHES, *HOLDERS, CONFIGURATION, NOTEBOOK}),
    check=EachObject(check),
    awaits=("subnetId",),
    allows={
        "a machine": made(MACHINE, **SUBNET, associatePublicIpAddress=False),
        "a machine as the subnet says": made(MACHINE, **SUBNET),
        "a machine in a subnet of the program": made(MACHINE, subnetId=Unknown.LATER),
        "a machine with an interface": made(MACHINE, primaryNetworkInterface={"networkInterfaceId": Unknown.LATER}),
        "a template": made(TEMPLATE, networkInterfaces=[{FIELD: "false"}]),
        "a template as the subnet says": made(TEMPLATE),
        "a service": made(SERVICE, networkConfiguration={"assignPublicIp": False}),
        "the address of a NAT gateway": made(ADDRESS, domain="vpc"),
        "a notebook": made(NOTEBOOK, directInternetAccess="Disabled"),
    },
    refuses={
        "a machine": refusal(made(MACHINE, **SUBNET, associatePublicIpAddress=True), f"Instance shop {WRONG}"),
        "a machine in the default VPC": refusal(made(MACHINE), f"Instance shop {WRONG}"),
        "a spot machine": refusal(made(SPOT), f"SpotInstanceRequest shop {WRONG}"),
        "a configuration": refusal(
            made(CONFIGURATION, associatePublicIpAddress=True), f"LaunchConfiguration shop {WRONG}"
        ),
        "a template": refusal(
            made(TEMPLATE, networkInterfaces=[{FIELD: "false"}, {FIELD: "true"}]), f"LaunchTemplate shop {WRONG}"
        ),
        "a fleet": refusal(made(FLEET, launchSpecifications=[{FIELD: True}]), f"SpotFleetRequest shop {WRONG}"),
        "a service": refusal(made(SERVICE, networkConfiguration={"assignPublicIp": True}), f"Service shop {WRONG}"),
        **{
            kind: refusal(made_at(kind, path, ON), f"{kind.rpartition(':')[2]} shop {WRONG}")
            for kind, path in SWITCHES.items()
        },
        "an address": refusal(made(ADDRESS, instance="i-1"), f"Eip shop {WRONG}"),
        "an address of a machine of the program": refusal(
            made(ASSOCIATION, instanceId=Unknown.LATER), f"EipAssociation shop {WRONG}"
        ),
        "a notebook": refusal(made(NOTEBOOK), f"NotebookInstance shop {WRONG}"),
    },
)
