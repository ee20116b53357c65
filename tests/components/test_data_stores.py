"""Stores that AWS runs are encrypted, in several zones, reached by IAM and named clients alone, and hard to lose."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.aws.data_stores.postgresql import PARAMETERS
from components.aws.data_stores.stores import DataStores, DataStoresArgs
from tests.support.aws_plan import KEY, TAGS, plan_aws, refused
from tests.support.plan import UNKNOWN, Planned, named

GOOD: dict[str, Any] = {
    "place": {"account": "111122223333", "region": "us-east-1", "name": "golive-prod"},
    "network": {
        "vpc_id": "vpc-0a1b2c3d",
        "subnets": ["subnet-0a1b2c3d4e5f60718", "subnet-1b2c3d4e5f6071829", "subnet-2c3d4e5f60718293a"],
        "clients": ["sg-0a1b2c3d"],
    },
    "keys": {"data": KEY, "logs": KEY, "secrets": KEY},
    "products": ["market-intelligence", "optibid"],
    "postgresql": {
        "version": "17",
        "instance_class": "db.m7g.large",
        "storage_gib": 100,
        "most_storage_gib": 500,
    },
    "redis": {"version": "8.0", "node_type": "cache.m7g.large", "nodes": 3},
    "kafka": {"version": "3.9.x", "instance_type": "kafka.m7g.large", "storage_gib": 200},
    "tags": TAGS,
}
CHOICES = ("postgresql", "redis", "kafka")


@pytest.fixture(scope="module")
def planned() -> tuple[Planned, ...]:
    return plan_aws(lambda: DataStores("stores", DataStoresArgs.model_validate(GOOD)))


def test_the_pack_finds_nothing_wrong(planned: tuple[Planned, ...]) -> None:
    assert refused(planned) == {}


@pytest.mark.parametrize("choice", CHOICES)
def test_a_store_that_is_not_chosen_is_not_made(choice: str) -> None:
    others = plan_aws(lambda: DataStores("stores", DataStoresArgs.model_validate({**GOOD, choice: None})))
    assert [each.path for each in others if each.name.startswith(choice)] == []
    assert sorted(named(others, "stores").outputs["hosts"]) == sorted({*CHOICES} - {choice})


def test_postgresql_is_in_two_zones_and_encrypted(planned: tuple[Planned, ...]) -> None:
    instance = named(planned, "postgresql-instance").inputs
    assert (instance["multiAz"], instance["storageEncrypted"], instance["kmsKeyId"]) == (True, True, KEY)
    assert (instance["publiclyAccessible"], instance["dbSubnetGroupName"]) == (False, "golive-prod-postgresql")
    assert (instance["performanceInsightsEnabled"], instance["performanceInsightsKmsKeyId"]) == (True, KEY)


def test_postgresql_is_hard_to_lose(planned: tuple[Planned, ...]) -> None:
    instance = named(planned, "postgresql-instance").inputs
    assert (instance["backupRetentionPeriod"], instance["deletionProtection"]) == (30, True)
    assert (instance["skipFinalSnapshot"], instance["deleteAutomatedBackups"]) == (False, False)


def test_nobody_knows_the_administrators_password(planned: tuple[Planned, ...]) -> None:
    instance = named(planned, "postgresql-instance").inputs
    assert instance["manageMasterUserPassword"] is True
    assert instance["iamDatabaseAuthenticationEnabled"] is True
    assert "password" not in instance


def test_postgresql_refuses_connections_without_tls(planned: tuple[Planned, ...]) -> None:
    group = named(planned, "postgresql-parameters").inputs
    assert group["family"] == "postgres17"
    assert {each["name"]: each["value"] for each in group["parameters"]}["rds.force_ssl"] == "1"
    assert len(group["parameters"]) == len(PARAMETERS)
    assert named(planned, "postgresql-parameters").path in named(planned, "postgresql-instance").after


def test_logs_are_there_before_rds_makes_them(planned: tuple[Planned, ...]) -> None:
    instance = named(planned, "postgresql-instance")
    for kind in ("postgresql", "upgrade"):
        logs = named(planned, f"postgresql-{kind}-log")
        assert logs.inputs["name"] == f"/aws/rds/instance/golive-prod-postgresql/{kind}"
        assert logs.path in instance.after


def test_the_cache_survives_a_zone_and_hides_what_passes(planned: tuple[Planned, ...]) -> None:
    group = named(planned, "redis-group").inputs
    assert (group["automaticFailoverEnabled"], group["multiAzEnabled"], group["numCacheClusters"]) == (True, True, 3)
    assert (group["transitEncryptionEnabled"], group["transitEncryptionMode"]) == (True, "required")
    assert (group["atRestEncryptionEnabled"], group["kmsKeyId"]) == (True, KEY)
    assert group["snapshotRetentionLimit"] == 30


def test_each_product_is_a_user_of_the_cache_without_a_password(planned: tuple[Planned, ...]) -> None:
    users = [each.inputs for each in planned if each.type == "aws:elasticache/user:User"]
    assert [each["userId"] for each in users] == ["golive-prod-market-intelligence", "golive-prod-optibid"]
    for each in users:
        assert (each["userName"], each["authenticationMode"]) == (each["userId"], {"type": "iam"})
        assert "-@dangerous" in each["accessString"]
    assert named(planned, "redis-group").inputs["userGroupIds"] == ["golive-prod-users"]


def test_kafka_keeps_two_of_three_copies_and_knows_its_clients(planned: tuple[Planned, ...]) -> None:
    cluster = named(planned, "kafka-cluster").inputs
    assert cluster["numberOfBrokerNodes"] == 3
    assert cluster["clientAuthentication"] == {"sasl": {"iam": True}, "unauthenticated": False}
    assert cluster["encryptionInfo"]["encryptionInTransit"] == {"clientBroker": "TLS", "inCluster": True}
    assert cluster["brokerNodeGroupInfo"]["connectivityInfo"]["publicAccess"]["type"] == "DISABLED"
    properties = named(planned, "kafka-configuration").inputs["serverProperties"].splitlines()
    assert {"default.replication.factor=3", "min.insync.replicas=2", "auto.create.topics.enable=false"} <= {*properties}


@pytest.mark.parametrize(
    ("store", "ports"), [("postgresql", [5432]), ("redis", [6379]), ("kafka", [9098, 11001, 11002])]
)
def test_only_the_clients_reach_a_store(planned: tuple[Planned, ...], store: str, ports: list[int]) -> None:
    rules = [
        each.inputs
        for each in planned
        if each.name.startswith(f"{store}-client") and each.type.endswith(":SecurityGroupIngressRule")
    ]
    assert sorted(each["fromPort"] for each in rules) == ports
    assert {each["referencedSecurityGroupId"] for each in rules} == {"sg-0a1b2c3d"}


def test_tells_what_a_deployment_will_know(planned: tuple[Planned, ...]) -> None:
    outputs = named(planned, "stores").outputs
    assert outputs["ports"] == {"postgresql": 5432, "redis": 6379, "kafka": 9098}
    assert outputs["hosts"] == dict.fromkeys(CHOICES, UNKNOWN)
    assert outputs["arns"] == dict.fromkeys(CHOICES, UNKNOWN)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"network": {**GOOD["network"], "subnets": GOOD["network"]["subnets"][:2]}}, "expected 3 subnets for kafka"),
        ({"network": {**GOOD["network"], "clients": []}}, "at least 1 item"),
        (
            {"postgresql": {**GOOD["postgresql"], "most_storage_gib": 105}},
            "expected most_storage_gib to be storage_gib or a tenth more, as 110 for 100; found 105 for 100",
        ),
        ({"postgresql": {**GOOD["postgresql"], "instance_class": "m7g.large"}}, "should match pattern"),
        ({"redis": {**GOOD["redis"], "nodes": 1}}, "greater than or equal to 2"),
        ({"redi": None}, "Extra inputs are not permitted"),
    ],
)
def test_refuses(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        DataStoresArgs.model_validate({**GOOD, **change})
