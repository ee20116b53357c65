"""A network keeps its tiers apart, closes what nobody asked for, and reaches AWS without the internet."""

import ipaddress
import json
from typing import Any

import pytest
from pydantic import ValidationError

from components.aws.endpoints import GATEWAYS, INTERFACES
from components.aws.network import Network, NetworkArgs
from tests.support.aws_plan import KEY, TAGS, misshapen, refused, refusing, spoilt
from tests.support.plan import UNKNOWN, Planned, named, plan
from tests.support.stack_data import subnets

GOOD: dict[str, Any] = {
    "place": {"account": "111122223333", "region": "us-east-1", "name": "golive-prod"},
    "cidr": "10.20.0.0/16",
    "subnets": subnets(),
    "nat": "each-zone",
    "logs_key": KEY,
    "tags": TAGS,
}


def planned_with(**changes: object) -> tuple[Planned, ...]:
    return plan(lambda: Network("network", NetworkArgs.model_validate({**GOOD, **changes})))


@pytest.fixture(scope="module")
def planned() -> tuple[Planned, ...]:
    return planned_with()


def of(planned: tuple[Planned, ...], kind: str) -> dict[str, Any]:
    return {each.name: each.inputs for each in planned if each.type.endswith(f":{kind}")}


def test_speaks_the_sdks_language_and_obeys_every_rule(planned: tuple[Planned, ...]) -> None:
    assert misshapen(planned) == []
    assert refused(planned) == {}


def test_has_every_subnet_of_the_plan_and_hands_out_no_public_address(planned: tuple[Planned, ...]) -> None:
    found = of(planned, "Subnet")
    assert {each["cidrBlock"] for each in found.values()} == {each["cidr"] for each in subnets()}
    assert {each["mapPublicIpOnLaunch"] for each in found.values()} == {False}
    assert found["network-public-a"]["tags"]["kubernetes.io/role/elb"] == "1"
    assert found["network-private-a"]["tags"]["kubernetes.io/role/internal-elb"] == "1"
    assert not [key for key in found["network-data-a"]["tags"] if key.startswith("kubernetes.io")]


def test_only_public_subnets_face_the_internet_and_data_subnets_nothing(planned: tuple[Planned, ...]) -> None:
    routes = {name: each["routes"] for name, each in of(planned, "RouteTable").items()}
    assert routes["network-public-a-routes"] == [{"cidrBlock": "0.0.0.0/0", "gatewayId": UNKNOWN}]
    assert routes["network-private-a-routes"] == [{"cidrBlock": "0.0.0.0/0", "natGatewayId": UNKNOWN}]
    assert routes["network-data-a-routes"] == []


def test_each_zone_has_its_own_way_out_or_all_share_one(planned: tuple[Planned, ...]) -> None:
    assert set(of(planned, "NatGateway")) == {f"network-us-east-1{letter}-nat" for letter in "abc"}
    assert set(of(planned_with(nat="single"), "NatGateway")) == {"network-us-east-1a-nat"}
    for letter in "abc":
        table = named(planned, f"network-private-{letter}-routes")
        assert named(planned, f"network-us-east-1{letter}-nat").path in table.after


def test_what_aws_makes_by_itself_is_closed(planned: tuple[Planned, ...]) -> None:
    (group,) = of(planned, "DefaultSecurityGroup").values()
    assert (group["ingress"], group["egress"]) == ([], [])
    (table,) = of(planned, "DefaultRouteTable").values()
    assert table["routes"] == []


def test_every_connection_is_recorded_for_a_year(planned: tuple[Planned, ...]) -> None:
    (flow,) = of(planned, "FlowLog").values()
    assert (flow["trafficType"], flow["logDestinationType"]) == ("ALL", "cloud-watch-logs")
    (logs,) = of(planned, "LogGroup").values()
    assert (logs["retentionInDays"], logs["kmsKeyId"]) == (365, KEY)


def test_services_of_aws_are_reached_without_the_internet(planned: tuple[Planned, ...]) -> None:
    doors = of(planned, "VpcEndpoint")
    assert {each["serviceName"] for each in doors.values()} == {
        f"com.amazonaws.us-east-1.{service}" for service in (*GATEWAYS, *INTERFACES)
    }
    assert {each["privateDnsEnabled"] for each in doors.values() if each["vpcEndpointType"] == "Interface"} == {True}
    assert len(doors["network-s3-endpoint"]["routeTableIds"]) == 6, "private and data subnets"
    (rule,) = of(planned, "SecurityGroupIngressRule").values()
    assert (rule["cidrIpv4"], rule["fromPort"], rule["toPort"]) == ("10.20.0.0/16", 443, 443)


def test_endpoints_serve_this_account_alone(planned: tuple[Planned, ...]) -> None:
    for each in of(planned, "VpcEndpoint").values():
        first = json.loads(each["policy"])["Statement"][0]
        assert first["Condition"] == {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}


def test_tells_its_subnets_by_tier(planned: tuple[Planned, ...]) -> None:
    assert named(planned, "network", "Network").outputs == {
        "id": UNKNOWN,
        "cidr": "10.20.0.0/16",
        **{tier: [UNKNOWN] * 3 for tier in ("public", "private", "data")},
    }


def test_everything_that_can_bear_tags_does(planned: tuple[Planned, ...]) -> None:
    tagless = {"RouteTableAssociation", "RolePolicy"}
    kinds = {
        each.type.rpartition(":")[2] for each in planned if not TAGS.items() <= each.inputs.get("tags", {}).items()
    }
    assert kinds - {"Network"} == tagless


def test_subnets_are_large_enough_for_pods(planned: tuple[Planned, ...]) -> None:
    private = [each["cidrBlock"] for name, each in of(planned, "Subnet").items() if "private" in name]
    assert all(ipaddress.ip_network(cidr).num_addresses >= 4096 for cidr in private)


@pytest.mark.parametrize(
    ("position", "change", "words"),
    [
        (1, {"cidr": "10.20.0.0/21"}, "which overlaps 10.20.0.0/20 of public-a"),
        (8, {"cidr": "10.99.0.0/20"}, "which is not within 10.20.0.0/16"),
        (8, {"zone": "us-east-1b"}, "private subnets in us-east-1a, us-east-1b, us-east-1b"),
        (1, {"name": "public-a"}, "'public-a' a second time"),
        (1, {"tier": "dmz"}, "Input should be 'public', 'private' or 'data'"),
    ],
)
def test_refuses(position: int, change: dict[str, Any], words: str) -> None:
    plan_of_addresses = subnets()
    plan_of_addresses[position] |= change
    with pytest.raises(ValidationError, match=words):
        NetworkArgs.model_validate({**GOOD, "subnets": plan_of_addresses})


def test_the_pack_refuses_an_endpoint_for_the_world(planned: tuple[Planned, ...]) -> None:
    opened = spoilt(planned, "network-endpoints-https", cidrIpv4="0.0.0.0/0", fromPort=22, toPort=22)
    assert "no-world-ingress" in refusing(opened)
