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
from guardrails.examples.aws import aws_resource, aws_resource_at
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
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
PROBLEM = "has a public address"


def check(obj: Object) -> Violations:
    """Ask each kind in its own words."""
    if obj.id in {MACHINE, SPOT} and obj.read(FIELD) is None and not _is_placed(obj):
        yield obj.fails(PROBLEM, "subnetId")
    elif obj.id == NOTEBOOK and obj.is_not("directInternetAccess", value="Disabled"):
        yield obj.fails(PROBLEM, "directInternetAccess")
    for place in _switches(obj):
        if place.differs_from(than=OFF):
            yield place.fails(PROBLEM)
    for field in HOLDERS.get(obj.id, ()):
        # Whose it is only AWS may know, and yet it is somebody's.
        if is_given(obj, field):
            yield obj.fails(PROBLEM, field)


def _is_placed(machine: Object) -> bool:
    interfaces = [machine.at(field) for field in INTERFACES]
    return is_given(machine, "subnetId") or any(
        each.record_unknown() is not None and each.plain not in ([], {}) for each in interfaces
    )


def _switches(obj: Object) -> Iterator[Node]:
    if obj.id in LISTS:
        yield from (each.at(FIELD) for each in obj.items(LISTS[obj.id]))
    else:
        yield obj.at(*SWITCHES.get(obj.id, FIELD).split("."))


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
    known_after_deploy=("subnetId",),
    allows={
        "a machine": aws_resource(MACHINE, **SUBNET, associatePublicIpAddress=False),
        "a machine as the subnet says": aws_resource(MACHINE, **SUBNET),
        "a machine in a subnet of the program": aws_resource(MACHINE, subnetId=Unknown.LATER),
        "a machine with an interface": aws_resource(
            MACHINE, primaryNetworkInterface={"networkInterfaceId": Unknown.LATER}
        ),
        "a template": aws_resource(TEMPLATE, networkInterfaces=[{FIELD: "false"}]),
        "a template as the subnet says": aws_resource(TEMPLATE),
        "a service": aws_resource(SERVICE, networkConfiguration={"assignPublicIp": False}),
        "the address of a NAT gateway": aws_resource(ADDRESS, domain="vpc"),
        "a notebook": aws_resource(NOTEBOOK, directInternetAccess="Disabled"),
    },
    refuses={
        "a machine": bad_example(
            aws_resource(MACHINE, **SUBNET, associatePublicIpAddress=True), f"Instance shop {PROBLEM}"
        ),
        "a machine in the default VPC": bad_example(aws_resource(MACHINE), f"Instance shop {PROBLEM}"),
        "a spot machine": bad_example(aws_resource(SPOT), f"SpotInstanceRequest shop {PROBLEM}"),
        "a configuration": bad_example(
            aws_resource(CONFIGURATION, associatePublicIpAddress=True), f"LaunchConfiguration shop {PROBLEM}"
        ),
        "a template": bad_example(
            aws_resource(TEMPLATE, networkInterfaces=[{FIELD: "false"}, {FIELD: "true"}]),
            f"LaunchTemplate shop {PROBLEM}",
        ),
        "a fleet": bad_example(
            aws_resource(FLEET, launchSpecifications=[{FIELD: True}]), f"SpotFleetRequest shop {PROBLEM}"
        ),
        "a service": bad_example(
            aws_resource(SERVICE, networkConfiguration={"assignPublicIp": True}), f"Service shop {PROBLEM}"
        ),
        **{
            kind: bad_example(aws_resource_at(kind, path, ON), f"{kind.rpartition(':')[2]} shop {PROBLEM}")
            for kind, path in SWITCHES.items()
        },
        "an address": bad_example(aws_resource(ADDRESS, instance="i-1"), f"Eip shop {PROBLEM}"),
        "an address of a machine of the program": bad_example(
            aws_resource(ASSOCIATION, instanceId=Unknown.LATER), f"EipAssociation shop {PROBLEM}"
        ),
        "a notebook": bad_example(aws_resource(NOTEBOOK), f"NotebookInstance shop {PROBLEM}"),
    },
)
