"""Each fault of the settings is said in its exact words."""

import pytest
from stack_data import REMOVED, Place, changed, subnets, valid

from settings.errors import SettingsError
from settings.load import parse

STAGES: Place = ("products", "optibid", "canary", "stages")
GENERAL: Place = ("cluster", "nodes", "general")
SUBNETS: Place = ("aws", "network", "subnets")
STANDBY = {
    "network": {"cidr": "10.20.0.0/16", "nat": "single", "subnets": subnets()},
    "originPrefixList": "pl-82a045eb",
    "databaseClass": "db.m7g.large",
    "nodes": valid()["cluster"]["nodes"],
}
OPTIBID: Place = ("products", "optibid")
REDIS: Place = ("stores", "redis")
DEFAULT: Place = ("capacity", "default")
LABEL = "a DNS label (lower-case letters, digits, hyphens, at most 63), for example 'marketplace'"
PORT = "a port from 1 to 65535, without quotes, for example 8015"
TOP = "environment, owner, aws, cluster, platform, stores, products, capacity, releases"

CASES: dict[str, tuple[Place, object, str, str]] = {
    "a port as text": (("platform", "egress", "port"), "80", 'platform.egress.port: found "80"', PORT),
    "a boolean for a port": (
        ("platform", "egress", "port"),
        True,
        "platform.egress.port: found true (a boolean)",
        PORT,
    ),
    "a version that YAML read as a number": (
        ("cluster", "version"),
        1.34,
        "cluster.version: found 1.34 (a number)",
        "a Kubernetes minor version, quoted, for example '1.34'",
    ),
    "a list for a map": (("platform",), ["gateway"], "platform: found a list of 1", "a map"),
    "a map for a list": (
        (*GENERAL, "instanceTypes"),
        {"a": "b"},
        "cluster.nodes.general.instanceTypes: found a map with the key a",
        "a list, for example instanceTypes: [m7i.xlarge]",
    ),
    "text for a map": (OPTIBID, "optibid", 'products.optibid: found "optibid"', "a map"),
    "a missing leaf": (
        ("platform", "egress", "port"),
        REMOVED,
        "platform.egress.port: found nothing",
        "a port, for example port: 3128",
    ),
    "a missing part": (
        ("platform", "gateway"),
        REMOVED,
        "platform.gateway: found nothing",
        "the key 'gateway', for example gateway: {namespace: istio-ingress}",
    ),
    "an unknown key": (("colour",), "green", "colour: found an unknown key", f"one of {TOP}"),
    "a key in snake_case": (
        (*GENERAL, "instance_types"),
        ["x"],
        "cluster.nodes.general.instance_types: found an unknown key",
        "one of capacity, architecture, instanceTypes, min, desired, max, disk. Did you mean 'instanceTypes'?",
    ),
    "an unknown environment": (
        ("environment",),
        "production",
        'environment: found "production"',
        "one of dev, staging, prod. Did you mean 'prod'?",
    ),
    "null for a required value": (("owner",), None, "owner: found null", LABEL),
    "null for an optional part": (
        (*OPTIBID, "canary"),
        None,
        "products.optibid.canary: found null",
        "a value; to leave it out, remove the whole line",
    ),
    "a key that names nothing": (
        ("releases", "Bad_Name"),
        {"image": "a/b:1"},
        'releases.Bad_Name: found "Bad_Name"',
        LABEL,
    ),
    "an odd key": (
        ("releases", "a b\x1b[0m"),
        {"image": "a/b:1"},
        'releases["a b\\u001b[0m"]: found "a b\\u001b[0m"',
        LABEL,
    ),
    "no cluster in prod": (
        ("cluster",),
        REMOVED,
        "cluster: found nothing",
        "the cluster of prod, for example cluster: {version: '1.34', nodes: {...}, ...}",
    ),
    "fake secrets in prod": (
        ("platform", "secrets"),
        {"provider": "fake"},
        'platform.secrets.provider: found "fake"',
        "a real store in prod, for example secrets: {provider: aws, region: us-east-1}",
    ),
    "an unknown secrets provider": (
        ("platform", "secrets", "provider"),
        "awz",
        'platform.secrets.provider: found "awz"',
        "one of aws, fake. Did you mean 'aws'?",
    ),
    "no secrets provider": (
        ("platform", "secrets"),
        {"region": "us-east-1"},
        "platform.secrets.provider: found nothing",
        "one of aws, fake, for example provider: aws",
    ),
    "a key of the other provider": (
        ("platform", "secrets"),
        {"provider": "fake", "region": "us-east-1"},
        "platform.secrets.region: found an unknown key",
        "one of provider",
    ),
    "a missing key of the chosen provider": (
        ("platform", "secrets", "region"),
        REMOVED,
        "platform.secrets.region: found nothing",
        "an AWS region, for example region: 'us-east-1'",
    ),
    "text for secrets": (
        ("platform", "secrets"),
        "aws",
        'platform.secrets: found "aws"',
        "a map, for example secrets: {provider: aws, region: us-east-1}",
    ),
    "nodes out of order": (
        (*GENERAL, "desired"),
        20,
        "cluster.nodes.general.desired: found 20, with min 3 and max 12",
        "min <= desired <= max, for example min: 3, desired: 3, max: 12",
    ),
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
    "a zone of another region": (
        (*SUBNETS, 0, "zone"),
        "us-west-2a",
        "aws.network.subnets: found public subnets in us-east-1b, us-east-1c, us-west-2a",
        "one subnet of each tier in each of the same 3 zones",
    ),
    "a database that cannot grow": (
        ("aws", "stores", "postgresql"),
        {"version": "17", "instanceClass": "db.m7g.large", "zones": 2, "storage": 100, "mostStorage": 105},
        "aws.stores.postgresql.mostStorage: found 105, with storage 100",
        "a tenth more than storage, for example storage: 100, mostStorage: 500",
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
    "a store without a place": (
        (*REDIS, "cidrs"),
        REMOVED,
        "stores.redis: found neither namespace nor cidrs",
        "exactly one of them, for example namespace: market-intelligence-infra or cidrs: [10.20.64.0/20]",
    ),
    "a store in two places": (
        (*REDIS, "namespace"),
        "data",
        "stores.redis: found both namespace and cidrs",
        "exactly one of them, for example namespace: market-intelligence-infra or cidrs: [10.20.64.0/20]",
    ),
    "a store with no networks": (
        (*REDIS, "cidrs"),
        [],
        "stores.redis.cidrs: found an empty list",
        "at least one entry",
    ),
    "a bad network is one fault": (
        (*REDIS, "cidrs"),
        ["nonsense"],
        'stores.redis.cidrs[0]: found "nonsense"',
        "a network in CIDR notation, with no host bits set, for example '10.20.0.0/16'",
    ),
    "no products": (
        ("products",),
        {},
        "products: found an empty map",
        "at least one entry, for example products: {optibid: {namespace: optibid, domain: optibid.io}}",
    ),
    "weights that fall": (
        (*STAGES, 1, "weight"),
        5,
        "products.optibid.canary.stages[1].weight: found 5 after 10",
        "weights that rise, for example 10, 50, 100",
    ),
    "weights that stand still": (
        (*STAGES, 1, "weight"),
        10,
        "products.optibid.canary.stages[1].weight: found 10 after 10",
        "weights that rise, for example 10, 50, 100",
    ),
    "a canary that never ends": (
        (*STAGES, 2, "weight"),
        90,
        "products.optibid.canary.stages[2].weight: found 90 in the last stage",
        "100: all traffic in the end",
    ),
    "a last stage that waits": (
        (*STAGES, 2, "soak"),
        "5m",
        "products.optibid.canary.stages[2].soak: found '5m' in the last stage",
        "no soak: nothing follows it",
    ),
    "a stage that nobody watches": (
        (*STAGES, 0, "soak"),
        REMOVED,
        "products.optibid.canary.stages[0].soak: found nothing",
        "how long to watch this stage, for example soak: 30m",
    ),
    "no stages": (
        STAGES,
        [],
        "products.optibid.canary.stages: found an empty list",
        "at least one entry, for example stages: [{weight: 10, soak: 30m}, {weight: 100}]",
    ),
    "replicas out of order": (
        (*DEFAULT, "replicas", "min"),
        9,
        "capacity.default.replicas.max: found 6, with min 9",
        "min <= max, for example min: 2, max: 6",
    ),
    "cpu out of order": (
        (*DEFAULT, "cpu", "request"),
        "1",
        "capacity.default.cpu.limit: found '500m', with request '1'",
        "request <= limit, for example request: 100m, limit: 500m",
    ),
    "memory out of order": (
        (*DEFAULT, "memory", "request"),
        "1Gi",
        "capacity.default.memory.limit: found '256Mi', with request '1Gi'",
        "request <= limit, for example request: 256Mi, limit: 512Mi",
    ),
    "no default capacity": (
        ("capacity",),
        {},
        "capacity.default: found nothing",
        "the capacity of whoever has no own entry, for example default: {replicas: {min: 2, max: 6}, ...}",
    ),
}
"""By the name of the fault: the place to change, the new value, what is found, and what is expected."""


def test_accepts_valid_settings() -> None:
    parsed = parse(valid(), "Pulumi.prod.yaml")
    assert parsed.model_dump(mode="json", by_alias=True, exclude_none=True) == valid()


def test_a_standby_lies_in_zones_of_its_own_region() -> None:
    with pytest.raises(SettingsError) as caught:
        parse(changed((("aws", "dr", "standby"), STANDBY)), "Pulumi.prod.yaml")
    said = [str(fault) for fault in caught.value.faults]
    assert said[0] == "aws.dr.standby.network.subnets[0].zone: found 'us-east-1a'; expected a zone of us-west-2."
    assert len(said) == 9


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
