"""Who may speak to a data store: named security groups, on its port, and nobody else."""

from typing import Annotated

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.args import Args, Wire
from components.aws.iam import Place


class DataNetwork(Args):
    """Where stores stand and who may reach them."""

    vpc_id: Wire[str]
    subnets: Annotated[tuple[Wire[str], ...], Field(min_length=2)]
    """Isolated subnets, each in a zone of its own; a broker stands in each."""
    clients: Annotated[tuple[Wire[str], ...], Field(min_length=1)]
    """Security groups of those who may connect: that of the cluster's nodes and pods."""


class DataKeys(Args):
    """The keys that stores encrypt with."""

    data: Wire[str]
    """The ARN of the KMS key for what is stored, snapshots and performance data included."""
    logs: Wire[str]
    """The ARN of the KMS key for log groups."""
    secrets: Wire[str]
    """The ARN of the KMS key for secrets."""


def admit(
    parent: pulumi.Resource, name: str, place: Place, network: DataNetwork, ports: tuple[int, ...], tags: dict[str, str]
) -> aws.ec2.SecurityGroup:
    """Make a security group below ``parent`` that lets the clients in on these ports, and nothing out."""
    opts = pulumi.ResourceOptions(parent=parent)
    group = aws.ec2.SecurityGroup(
        f"{name}-security-group",
        name=f"{place.name}-{name}",
        description=f"Clients of {name}",
        vpc_id=network.vpc_id,
        tags=tags,
        opts=opts,
    )
    for index, client in enumerate(network.clients):
        for port in ports:
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-client-{index}-{port}",
                description=f"Client {index} on port {port}",
                security_group_id=group.id,
                referenced_security_group_id=client,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                tags=tags,
                opts=opts,
            )
    return group
