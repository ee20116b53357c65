"""Each fault of the settings for AWS is said in its exact words."""

import pytest

from settings.errors import SettingsError
from settings.load import parse
from tests.support.stack_data import REMOVED, Place, changed, subnets, valid

REDIS: Place = ("stores", "redis")
SUBNETS: Place = ("aws", "network", "subnets")
STANDBY = {
    "network": {"cidr": "10.20.0.0/16", "nat": "single", "subnets": subnets()},
    "originPrefixList": "pl-82a045eb",
    "databaseClass": "db.m7g.large",
    "nodes": valid()["cluster"]["nodes"],
}

CASES: dict[str, tuple[Place, object, str, str]] = {
    "no node group": (
        ("cluster", "nodes"),
        {},
        "cluster.nodes: found an empty map",
        "at least one entry, for example nodes: {general: {capacity: on-demand, instanceTypes: [m7i.xlarge], ...}}",
    ),
    "no account in prod": (
        ("aws",),
        REMOVED,
        "aws: found nothing",
        (
            "the AWS account of prod, for example "
            "aws: {name: golive-prod, account: '111122223333', region: us-east-1, ...}"
        ),
    ),
    "one way out in prod": (
        ("aws", "network", "nat"),
        "single",
        'aws.network.nat: found "single"',
        "nat: each-zone in prod, so that the loss of one zone costs the others nothing",
    ),
    "a public endpoint in prod": (
        ("cluster", "publicAccess"),
        ["203.0.113.0/24"],
        "cluster.publicAccess: found 203.0.113.0/24",
        "no public endpoint in prod: deploy from within the network",
    ),
    "an endpoint for the world": (
        ("cluster", "publicAccess"),
        ["203.0.113.0/24", "0.0.0.0/0"],
        "cluster.publicAccess[1]: found '0.0.0.0/0', the whole world",
        "networks that you know, for example 203.0.113.0/24",
    ),
    "subnets that overlap": (
        (*SUBNETS, 1, "cidr"),
        "10.20.0.0/21",
        "aws.network.subnets[1].cidr: found '10.20.0.0/21', which overlaps 10.20.0.0/20 of public-a",
        "addresses that no other subnet has",
    ),
    "a subnet outside the network": (
        (*SUBNETS, 8, "cidr"),
        "10.21.0.0/20",
        "aws.network.subnets[8].cidr: found '10.21.0.0/20', which is not within 10.20.0.0/16",
        "a part of the network",
    ),
    "a subnet's name twice": (
        (*SUBNETS, 1, "name"),
        "public-a",
        "aws.network.subnets[1].name: found 'public-a' a second time",
        "each name once",
    ),
    "a zone without a data subnet": (
        (*SUBNETS, 5),
        {"name": "data-c", "zone": "us-east-1b", "tier": "data", "cidr": "10.20.96.0/20"},
        "aws.network.subnets: found data subnets in us-east-1a, us-east-1b, us-east-1b",
        "one subnet of each tier in each of the same 3 zones",
    ),
    "a second region that is the first": (
        ("aws", "dr", "region"),
        "us-east-1",
        "aws.dr.region: found 'us-east-1', which is the first region too",
        "another region, for example region: us-west-2",
    ),
    "a job that previews and deploys": (
        ("aws", "ci", "deploy"),
        ["repo:254carbon/platform:pull_request"],
        "aws.ci.deploy[0]: found 'repo:254carbon/platform:pull_request', which may preview too",
        "jobs that a person has approved",
    ),
    "a yes where zones are counted": (
        ("aws", "stores", "postgresql"),
        {"version": "17", "instanceClass": "db.m7g.large", "zones": True, "storage": 100, "mostStorage": 500},
        "aws.stores.postgresql.zones: found true (a boolean)",
        "a number of zones from 1 to 2, without quotes, for example 2",
    ),
    "a job's name with a variable": (
        ("aws", "ci", "deploy"),
        ["repo:254carbon/platform:${aws:username}"],
        'aws.ci.deploy[0]: found "repo:254carbon/platform:${aws:username}"',
        "the name of a CI job, without *, for example 'repo:254carbon/platform:environment:prod'",
    ),
    "a promotion from itself": (
        ("promotion",),
        {"source": "prod", "soak": "24h"},
        'promotion.source: found "prod", which is this environment',
        "another environment, for example source: staging",
    ),
    "a zone of another region": (
        (*SUBNETS, 0, "zone"),
        "us-west-2a",
        "aws.network.subnets: found public subnets in us-east-1b, us-east-1c, us-west-2a",
        "one subnet of each tier in each of the same 3 zones",
    ),
    "an audit trail that ends too soon": (
        ("aws", "auditDays"),
        365,
        "aws.auditDays: found 365 (a number)",
        "a number of days from 730 to 3650, without quotes, for example 731",
    ),
    "a store among the nodes": (
        (*REDIS, "cidrs"),
        ["10.20.128.0/20"],
        "stores.redis.cidrs[0]: found '10.20.128.0/20', where no data subnet lies",
        "a part of 10.20.64.0/20, 10.20.80.0/20, 10.20.96.0/20",
    ),
    "a database that cannot grow": (
        ("aws", "stores", "postgresql"),
        {"version": "17", "instanceClass": "db.m7g.large", "zones": 2, "storage": 100, "mostStorage": 105},
        "aws.stores.postgresql.mostStorage: found 105, with storage 100",
        "a tenth more than storage, for example storage: 100, mostStorage: 500",
    ),
}
"""By the name of the fault: the place to change, the new value, what is found, and what is expected."""


def test_a_standby_lies_in_zones_of_its_own_region() -> None:
    with pytest.raises(SettingsError) as caught:
        parse(changed((("aws", "dr", "standby"), STANDBY)), "Pulumi.prod.yaml")
    said = [str(fault) for fault in caught.value.faults]
    assert said[0] == "aws.dr.standby.network.subnets[0].zone: found 'us-east-1a'; expected a zone of us-west-2."
    assert len(said) == 9 + 1


def test_a_standby_has_addresses_of_its_own() -> None:
    zones = [{**subnet, "zone": subnet["zone"].replace("us-east-1", "us-west-2")} for subnet in subnets()]
    standby = {**STANDBY, "network": {"cidr": "10.20.0.0/16", "nat": "single", "subnets": zones}}
    with pytest.raises(SettingsError) as caught:
        parse(changed((("aws", "dr", "standby"), standby)), "Pulumi.prod.yaml")
    found = "'10.20.0.0/16', which overlaps 10.20.0.0/16 of the first region"
    assert [str(fault) for fault in caught.value.faults] == [
        f"aws.dr.standby.network.cidr: found {found}; expected addresses that the first region doesn't have."
    ]


def test_a_second_region_that_is_the_first_is_one_fault() -> None:
    with pytest.raises(SettingsError) as caught:
        parse(changed((("aws", "dr"), {"region": "us-east-1", "standby": STANDBY})), "Pulumi.prod.yaml")
    assert [fault.path for fault in caught.value.faults] == [("aws", "dr", "region")]


def test_dev_has_neither_an_account_nor_a_cluster() -> None:
    with pytest.raises(SettingsError) as caught:
        parse(changed((("environment",), "dev")), "Pulumi.dev.yaml")
    assert [str(fault) for fault in caught.value.faults] == [
        "aws: found the account '111122223333'; expected no AWS in dev.",
        "cluster: found a cluster; expected no cluster in dev: it uses the ambient kubeconfig.",
    ]


@pytest.mark.parametrize(
    ("place", "value", "found", "expected"), [pytest.param(*case, id=name) for name, case in CASES.items()]
)
def test_refuses(place: Place, value: object, found: str, expected: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(changed((place, value)), "Pulumi.prod.yaml")
    end = "" if expected.endswith("?") else "."
    assert [str(fault) for fault in caught.value.faults] == [f"{found}; expected {expected}{end}"]
