"""A VPC over three zones: load balancers in public, nodes in private, data stores where nothing leads outside."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self, TypeAlias

import pulumi
import pulumi_aws as aws
from pydantic import Field, model_validator

from components.args import Args, Wire
from components.aws.endpoints import Doors, endpoints
from components.aws.iam import Place, Statement, policy, trust
from settings.addresses import Tier, misfits
from settings.amazon import AwsZone
from settings.vocabulary import Cidr, DnsLabel

Nat: TypeAlias = Literal["each-zone", "single"]
"""A way out for nodes in each zone, so that the loss of one costs the others nothing; or a cheaper one for all."""

FLOW_DAYS = 365
"""How long flow logs are kept: a year, since most break-ins are found months later."""
ANYWHERE = "0.0.0.0/0"
ROLES: Mapping[str, str] = {"public": "kubernetes.io/role/elb", "private": "kubernetes.io/role/internal-elb"}
"""The tags by which load balancers find their subnets."""


class Subnet(Args):
    """One line of the address plan."""

    name: DnsLabel
    zone: AwsZone
    tier: Tier
    cidr: Cidr


class NetworkArgs(Args):
    """Where the network lies, its address plan, and what its logs are encrypted with."""

    place: Place
    cidr: Cidr
    subnets: Annotated[tuple[Subnet, ...], Field(min_length=1)]
    nat: Nat
    logs_key: Wire[str]
    """The ARN of the key for log groups."""
    tags: Mapping[str, str]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        found = [f"{each.found}; expected {each.expected}" for each in misfits(self.cidr, self.subnets)]
        if found:
            raise ValueError(f"found {'. Found '.join(found)}")
        return self

    def of(self, tier: Tier) -> tuple[Subnet, ...]:
        """Give the subnets of one tier, as the plan orders them."""
        return tuple(subnet for subnet in self.subnets if subnet.tier == tier)


class Network(pulumi.ComponentResource):
    """Owns a VPC, its subnets and routes, the ways out, the endpoints of AWS services, and the record of who talks.

    Answers go-live-readiness:97 and go-live-readiness:100 (zero trust), go-live-readiness:158 (provisioning),
    optibid:73 and optibid:74 (firewall and security groups). Data subnets have no route to the internet. The default
    security group lets nothing in or out, and the default route table leads nowhere.
    """

    id: pulumi.Output[str]
    """The VPC's id."""
    cidr: Cidr
    """Its addresses, known in a preview."""
    public: tuple[pulumi.Output[str], ...]
    """Ids of the subnets for load balancers, as the plan orders them."""
    private: tuple[pulumi.Output[str], ...]
    """Ids of the subnets for nodes."""
    data: tuple[pulumi.Output[str], ...]
    """Ids of the subnets for data stores."""
    routes: tuple[pulumi.Resource, ...]
    """What nodes wait for: before it is there they reach neither AWS nor the registry."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:Network", name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self._vpc = aws.ec2.Vpc(
            name,
            cidr_block=args.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._tags(name),
            opts=self._child,
        )
        self._closed_defaults()
        self._flow_log()
        subnets = {subnet.name: self._subnet(subnet) for subnet in args.subnets}
        tables = self._tables(subnets)
        doors = self._doors(subnets, tables)
        self.id, self.cidr = self._vpc.id, args.cidr
        self.public, self.private, self.data = (
            tuple(subnets[subnet.name].id for subnet in args.of(tier)) for tier in ("public", "private", "data")
        )
        self.routes = (*tables.values(), *doors)
        ids = {"public": list(self.public), "private": list(self.private), "data": list(self.data)}
        self.register_outputs({"id": self.id, "cidr": self.cidr, **ids})

    def _tags(self, name: str, **more: str) -> dict[str, str]:
        return {**self._args.tags, "Name": f"{self._args.place.name}-{name}", **more}

    def _closed_defaults(self) -> None:
        """Close what AWS makes with every VPC, so that nothing works that nobody asked for."""
        aws.ec2.DefaultSecurityGroup(
            f"{self._name}-default-group",
            vpc_id=self._vpc.id,
            ingress=[],
            egress=[],
            tags=self._tags("default-closed"),
            opts=self._child,
        )
        aws.ec2.DefaultRouteTable(
            f"{self._name}-default-routes",
            default_route_table_id=self._vpc.default_route_table_id,
            routes=[],
            tags=self._tags("default-closed"),
            opts=self._child,
        )

    def _flow_log(self) -> None:
        """Record every connection, those that were refused included."""
        place, group = self._args.place, f"/aws/vpc/{self._args.place.name}/flow"
        logs = aws.cloudwatch.LogGroup(
            f"{self._name}-flow-logs",
            name=group,
            retention_in_days=FLOW_DAYS,
            kms_key_id=self._args.logs_key,
            tags=self._args.tags,
            opts=self._child,
        )
        role = aws.iam.Role(
            f"{self._name}-flow-role",
            name=f"{place.name}-flow-logs",
            assume_role_policy=trust("vpc-flow-logs.amazonaws.com", account=place.account),
            tags=self._args.tags,
            opts=self._child,
        )
        writes = Statement(
            sid="Write",
            actions=("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
            resources=(place.arn("logs", f"log-group:{group}:*"),),
        )
        finds = Statement(
            sid="Find", actions=("logs:DescribeLogGroups",), resources=(place.arn("logs", "log-group:*"),)
        )
        granted = aws.iam.RolePolicy(
            f"{self._name}-flow-policy", role=role.name, policy=policy(writes, finds), opts=self._child
        )
        aws.ec2.FlowLog(
            f"{self._name}-flow-log",
            vpc_id=self._vpc.id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=logs.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=60,
            tags=self._tags("flow"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[granted]),
        )

    def _subnet(self, subnet: Subnet) -> aws.ec2.Subnet:
        """Make one subnet; none hands out public addresses by itself."""
        role = {ROLES[subnet.tier]: "1"} if subnet.tier in ROLES else {}
        return aws.ec2.Subnet(
            f"{self._name}-{subnet.name}",
            vpc_id=self._vpc.id,
            availability_zone=subnet.zone,
            cidr_block=subnet.cidr,
            map_public_ip_on_launch=False,
            tags=self._tags(subnet.name, tier=subnet.tier, **role),
            opts=self._child,
        )

    def _tables(self, subnets: Mapping[str, aws.ec2.Subnet]) -> dict[str, aws.ec2.RouteTable]:
        """Give each public and private subnet its way out, and each data subnet none."""
        gateway = aws.ec2.InternetGateway(
            f"{self._name}-internet", vpc_id=self._vpc.id, tags=self._tags("internet"), opts=self._child
        )
        ways = self._ways_out(subnets, gateway)
        tables: dict[str, aws.ec2.RouteTable] = {}
        for subnet in self._args.subnets:
            routes: list[aws.ec2.RouteTableRouteArgsDict] = []
            if subnet.tier == "public":
                routes = [{"cidr_block": ANYWHERE, "gateway_id": gateway.id}]
            elif subnet.tier == "private":
                routes = [{"cidr_block": ANYWHERE, "nat_gateway_id": ways[subnet.zone].id}]
            tables[subnet.name] = aws.ec2.RouteTable(
                f"{self._name}-{subnet.name}-routes",
                vpc_id=self._vpc.id,
                routes=routes,
                tags=self._tags(subnet.name),
                opts=self._child,
            )
            aws.ec2.RouteTableAssociation(
                f"{self._name}-{subnet.name}-association",
                subnet_id=subnets[subnet.name].id,
                route_table_id=tables[subnet.name].id,
                opts=self._child,
            )
        return tables

    def _ways_out(
        self, subnets: Mapping[str, aws.ec2.Subnet], gateway: aws.ec2.InternetGateway
    ) -> dict[str, aws.ec2.NatGateway]:
        """Make a NAT gateway in each zone, or one that all zones share; give each zone's."""
        public = self._args.of("public")
        made: dict[str, aws.ec2.NatGateway] = {}
        for subnet in public if self._args.nat == "each-zone" else public[:1]:
            address = aws.ec2.Eip(
                f"{self._name}-{subnet.zone}-address", domain="vpc", tags=self._tags(subnet.zone), opts=self._child
            )
            made[subnet.zone] = aws.ec2.NatGateway(
                f"{self._name}-{subnet.zone}-nat",
                subnet_id=subnets[subnet.name].id,
                allocation_id=address.id,
                tags=self._tags(subnet.zone),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[gateway]),
            )
        first = made[public[0].zone]
        return {subnet.zone: made.get(subnet.zone, first) for subnet in public}

    def _doors(
        self, subnets: Mapping[str, aws.ec2.Subnet], tables: Mapping[str, aws.ec2.RouteTable]
    ) -> list[pulumi.Resource]:
        doors = Doors(
            name=self._name,
            place=self._args.place,
            vpc=self._vpc.id,
            cidr=self._args.cidr,
            subnets=tuple(subnets[subnet.name].id for subnet in self._args.of("private")),
            tables=tuple(tables[each.name].id for each in self._args.subnets if each.tier != "public"),
            tags=self._args.tags,
        )
        return endpoints(doors, self)
