"""Each fault of the settings is said in its exact words."""

import pytest

from settings.errors import SettingsError
from settings.load import parse
from tests.support.stack_data import REMOVED, Place, changed, valid

STAGES: Place = ("products", "optibid", "canary", "stages")
GENERAL: Place = ("cluster", "nodes", "general")
OPTIBID: Place = ("products", "optibid")
REDIS: Place = ("stores", "redis")
DEFAULT: Place = ("capacity", "default")
LABEL = "a DNS label (lower-case letters, digits, hyphens, at most 63), for example 'marketplace'"
PORT = "a port from 1 to 65535, without quotes, for example 8015"
TOP = (
    "environment, owner, aws, cluster, platform, stores, products, capacity, releases, migrations, maintenance, "
    "promotion, holds"
)

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
    "two ways to take over": (
        (*OPTIBID, "blueGreen"),
        {"soak": "10m", "warm": "1h"},
        "products.optibid.blueGreen: found a canary as well",
        "one of canary and blueGreen",
    ),
    "a Prometheus without an address": (
        ("platform", "monitoring", "prometheus"),
        {"address": "prometheus:9090", "scrape": "15s", "runbooks": "https://runbooks.internal"},
        'platform.monitoring.prometheus.address: found "prometheus:9090"',
        (
            "an address of http or https, without a slash at the end, for example "
            "'http://prometheus.monitoring.svc.cluster.local:9090'"
        ),
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
    assert parsed.model_dump(mode="json", by_alias=True, exclude_none=True) == {**valid(), "holds": {}}


@pytest.mark.parametrize(
    ("place", "value", "found", "expected"), [pytest.param(*case, id=name) for name, case in CASES.items()]
)
def test_refuses(place: Place, value: object, found: str, expected: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(changed((place, value)), "Pulumi.prod.yaml")
    end = "" if expected.endswith("?") else "."
    assert [str(fault) for fault in caught.value.faults] == [f"{found}; expected {expected}{end}"]
