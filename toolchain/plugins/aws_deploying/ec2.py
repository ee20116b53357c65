"""Networks, their ways out, the doors to AWS services, and the templates of machines."""

from collections.abc import Callable

from toolchain.plugins.aws_deploying.api import Api, Given, Gone
from toolchain.plugins.aws_deploying.kind import Kind, no_change, pairs, pascal, some, unpaired
from toolchain.plugins.aws_deploying.tagged import described, dropped, kept, of_ec2, tag, tagged
from toolchain.plugins.serve import Refusal


def _dns(attribute: str, field: str) -> Callable[[Api, str, Given], None]:
    def change(api: Api, identity: str, given: Given) -> None:
        api("ec2", "modify_vpc_attribute", VpcId=identity, **{attribute: {"Value": bool(given.get(field))}})

    return change


DNS = {
    "enableDnsSupport": _dns("EnableDnsSupport", "enableDnsSupport"),
    "enableDnsHostnames": _dns("EnableDnsHostnames", "enableDnsHostnames"),
}


def _vpc(api: Api, given: Given) -> tuple[str, Given]:
    made = api("ec2", "create_vpc", CidrBlock=given["cidrBlock"], **tagged("vpc", given))["Vpc"]
    identity = made["VpcId"]
    for field, change in DNS.items():
        if given.get(field) is not None:
            change(api, identity, given)
    of_vpc = [{"Name": "vpc-id", "Values": [identity]}]
    table = api("ec2", "describe_route_tables", Filters=of_vpc)["RouteTables"][0]["RouteTableId"]
    named = [{"Name": "group-name", "Values": ["default"]}]
    group = api("ec2", "describe_security_groups", Filters=of_vpc + named)["SecurityGroups"][0]["GroupId"]
    return identity, {
        "arn": f"arn:aws:ec2:::vpc/{identity}",
        "defaultRouteTableId": table,
        "mainRouteTableId": table,
        "defaultSecurityGroupId": group,
    }


def _subnet(api: Api, given: Given) -> tuple[str, Given]:
    asked = some(given, VpcId="vpcId", CidrBlock="cidrBlock", AvailabilityZone="availabilityZone")
    made = api("ec2", "create_subnet", **asked, **tagged("subnet", given))["Subnet"]
    if given.get("mapPublicIpOnLaunch") is not None:
        _public(api, made["SubnetId"], given)
    return made["SubnetId"], {"arn": made.get("SubnetArn", "")}


def _public(api: Api, identity: str, given: Given) -> None:
    value = {"Value": bool(given.get("mapPublicIpOnLaunch"))}
    api("ec2", "modify_subnet_attribute", SubnetId=identity, MapPublicIpOnLaunch=value)


def _gateway(api: Api, given: Given) -> tuple[str, Given]:
    made = api("ec2", "create_internet_gateway", **tagged("internet-gateway", given))["InternetGateway"]
    if given.get("vpcId"):
        api("ec2", "attach_internet_gateway", InternetGatewayId=made["InternetGatewayId"], VpcId=given["vpcId"])
    return made["InternetGatewayId"], {}


def _no_gateway(api: Api, identity: str, state: Given) -> None:
    if state.get("vpcId"):
        api("ec2", "detach_internet_gateway", InternetGatewayId=identity, VpcId=state["vpcId"])
    api("ec2", "delete_internet_gateway", InternetGatewayId=identity)


def _address(api: Api, given: Given) -> tuple[str, Given]:
    made = api("ec2", "allocate_address", **some(given, Domain="domain"), **tagged("elastic-ip", given))
    return made["AllocationId"], {"allocationId": made["AllocationId"], "publicIp": made["PublicIp"]}


def _nat(api: Api, given: Given) -> tuple[str, Given]:
    asked = some(given, SubnetId="subnetId", AllocationId="allocationId")
    made = api("ec2", "create_nat_gateway", **asked, **tagged("natgateway", given))["NatGateway"]
    return made["NatGatewayId"], {}


ROUTE = {"cidrBlock": "DestinationCidrBlock", "gatewayId": "GatewayId", "natGatewayId": "NatGatewayId"}


def _routes(api: Api, identity: str, given: Given) -> None:
    """Set the routes anew; those that AWS makes by itself stay."""
    (found,) = api("ec2", "describe_route_tables", RouteTableIds=[identity])["RouteTables"]
    for route in found["Routes"]:
        if route.get("Origin") != "CreateRouteTable" and route.get("GatewayId") != "local":
            destination = route["DestinationCidrBlock"]
            api("ec2", "delete_route", RouteTableId=identity, DestinationCidrBlock=destination)
    for route in given.get("routes") or []:
        asked = {ROUTE[name]: said for name, said in route.items() if said not in (None, "")}
        api("ec2", "create_route", RouteTableId=identity, **asked)


def _table(api: Api, given: Given) -> tuple[str, Given]:
    made = api("ec2", "create_route_table", VpcId=given["vpcId"], **tagged("route-table", given))["RouteTable"]
    _routes(api, made["RouteTableId"], given)
    return made["RouteTableId"], {}


def _default_table(api: Api, given: Given) -> tuple[str, Given]:
    identity = given["defaultRouteTableId"]
    _routes(api, identity, given)
    tag(api, identity, given)
    return identity, {}


def _association(api: Api, given: Given) -> tuple[str, Given]:
    asked = some(given, SubnetId="subnetId", RouteTableId="routeTableId")
    return api("ec2", "associate_route_table", **asked)["AssociationId"], {}


def _associated(api: Api, identity: str, _state: Given) -> Given:
    asked = [{"Name": "association.route-table-association-id", "Values": [identity]}]
    if not api("ec2", "describe_route_tables", Filters=asked)["RouteTables"]:
        raise Gone(identity)
    return {}


def _endpoint(api: Api, given: Given) -> tuple[str, Given]:
    asked = some(
        given,
        VpcId="vpcId",
        ServiceName="serviceName",
        VpcEndpointType="vpcEndpointType",
        PolicyDocument="policy",
        RouteTableIds="routeTableIds",
        SubnetIds="subnetIds",
        SecurityGroupIds="securityGroupIds",
        PrivateDnsEnabled="privateDnsEnabled",
    )
    made = api("ec2", "create_vpc_endpoint", **asked, **tagged("vpc-endpoint", given))["VpcEndpoint"]
    return made["VpcEndpointId"], {}


def _endpoint_policy(api: Api, identity: str, given: Given) -> None:
    api("ec2", "modify_vpc_endpoint", VpcEndpointId=identity, PolicyDocument=given["policy"])


def _no_endpoint(api: Api, identity: str, _state: Given) -> None:
    api("ec2", "delete_vpc_endpoints", VpcEndpointIds=[identity])


TEMPLATE = ("description", "metadataOptions", "monitoring", "blockDeviceMappings", "tagSpecifications")
"""What a version of a launch template holds."""


def _template(api: Api, given: Given) -> tuple[str, Given]:
    asked = some(given, LaunchTemplateName="name", VersionDescription="description")
    data = _template_data(given)
    made = api("ec2", "create_launch_template", **asked, LaunchTemplateData=data, **tagged("launch-template", given))
    found = made["LaunchTemplate"]
    return found["LaunchTemplateId"], {"latestVersion": found["LatestVersionNumber"], "defaultVersion": 1}


def _next_template(api: Api, identity: str, given: Given) -> None:
    """Write another version, and make it the one that is used where nobody names one."""
    data, asked = _template_data(given), some(given, VersionDescription="description")
    name = {"LaunchTemplateId": identity}
    made = api("ec2", "create_launch_template_version", **name, **asked, LaunchTemplateData=data)
    number = str(made["LaunchTemplateVersion"]["VersionNumber"])
    api("ec2", "modify_launch_template", **name, DefaultVersion=number)


def _latest(api: Api, identity: str, _state: Given) -> Given:
    found = api("ec2", "describe_launch_templates", LaunchTemplateIds=[identity])["LaunchTemplates"][0]
    return {"latestVersion": found["LatestVersionNumber"], "tags": unpaired(found.get("Tags"))}


def _template_data(given: Given) -> Given:
    data: Given = pascal(some(given, metadataOptions="metadataOptions", monitoring="monitoring"))
    disks: list[Given] = pascal(given.get("blockDeviceMappings") or [])
    for disk in disks:
        for switch in ("Encrypted", "DeleteOnTermination"):
            if switch in disk.get("Ebs", {}):
                disk["Ebs"][switch] = str(disk["Ebs"][switch]).lower() == "true"
    specifications = given.get("tagSpecifications") or []
    tags = [{"ResourceType": each["resourceType"], "Tags": pairs(each["tags"])} for each in specifications]
    return {**data, "BlockDeviceMappings": disks, "TagSpecifications": tags}


def _flow(api: Api, given: Given) -> tuple[str, Given]:
    asked = some(
        given,
        TrafficType="trafficType",
        LogDestinationType="logDestinationType",
        LogDestination="logDestination",
        DeliverLogsPermissionArn="iamRoleArn",
        MaxAggregationInterval="maxAggregationInterval",
    )
    made = api(
        "ec2",
        "create_flow_logs",
        ResourceIds=[given["vpcId"]],
        ResourceType="VPC",
        **asked,
        **tagged("vpc-flow-log", given),
    )
    if made.get("Unsuccessful"):
        raise Refusal(f"ec2 refused create_flow_logs: {made['Unsuccessful']}")
    return made["FlowLogIds"][0], {}


def _flowing(api: Api, identity: str, _state: Given) -> Given:
    found = api("ec2", "describe_flow_logs", FlowLogIds=[identity])["FlowLogs"]
    if not found:
        raise Gone(identity)
    return {"tags": unpaired(found[0].get("Tags"))}


def _no_flow(api: Api, identity: str, _state: Given) -> None:
    api("ec2", "delete_flow_logs", FlowLogIds=[identity])


TABLE = described("describe_route_tables", "RouteTables", "RouteTableIds")

KINDS: dict[str, Kind] = {
    "aws:ec2/vpc:Vpc": of_ec2(
        "cidrBlock",
        *DNS,
        create=_vpc,
        find=described("describe_vpcs", "Vpcs", "VpcIds"),
        delete=dropped("delete_vpc", "VpcId"),
        **DNS,
    ),
    "aws:ec2/subnet:Subnet": of_ec2(
        "vpcId",
        "cidrBlock",
        "availabilityZone",
        "mapPublicIpOnLaunch",
        create=_subnet,
        find=described("describe_subnets", "Subnets", "SubnetIds"),
        delete=dropped("delete_subnet", "SubnetId"),
        mapPublicIpOnLaunch=_public,
    ),
    "aws:ec2/internetGateway:InternetGateway": of_ec2(
        "vpcId",
        create=_gateway,
        find=described("describe_internet_gateways", "InternetGateways", "InternetGatewayIds"),
        delete=_no_gateway,
    ),
    "aws:ec2/eip:Eip": of_ec2(
        "domain",
        create=_address,
        find=described("describe_addresses", "Addresses", "AllocationIds"),
        delete=dropped("release_address", "AllocationId"),
    ),
    "aws:ec2/natGateway:NatGateway": of_ec2(
        "subnetId",
        "allocationId",
        create=_nat,
        find=described("describe_nat_gateways", "NatGateways", "NatGatewayIds"),
        delete=dropped("delete_nat_gateway", "NatGatewayId"),
    ),
    "aws:ec2/routeTable:RouteTable": of_ec2(
        "vpcId",
        "routes",
        create=_table,
        find=TABLE,
        delete=dropped("delete_route_table", "RouteTableId"),
        routes=_routes,
    ),
    "aws:ec2/defaultRouteTable:DefaultRouteTable": of_ec2(
        "defaultRouteTableId", "routes", create=_default_table, find=TABLE, delete=kept, routes=_routes
    ),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Kind(
        service="ec2",
        takes=frozenset({"subnetId", "routeTableId", "region"}),
        create=_association,
        find=_associated,
        delete=dropped("disassociate_route_table", "AssociationId"),
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": of_ec2(
        "vpcId",
        "serviceName",
        "vpcEndpointType",
        "policy",
        "routeTableIds",
        "subnetIds",
        "securityGroupIds",
        "privateDnsEnabled",
        create=_endpoint,
        find=described("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointIds"),
        delete=_no_endpoint,
        policy=_endpoint_policy,
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": of_ec2(
        "name",
        *TEMPLATE,
        "updateDefaultVersion",
        create=_template,
        find=_latest,
        delete=dropped("delete_launch_template", "LaunchTemplateId"),
        updateDefaultVersion=no_change,
        **dict.fromkeys(TEMPLATE, _next_template),
    ),
    "aws:ec2/flowLog:FlowLog": of_ec2(
        "vpcId",
        "trafficType",
        "logDestinationType",
        "logDestination",
        "iamRoleArn",
        "maxAggregationInterval",
        create=_flow,
        find=_flowing,
        delete=_no_flow,
    ),
}
