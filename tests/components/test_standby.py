"""The second region holds a database that follows, and a cluster at the size that was stated."""

from typing import Any

import pulumi_aws as aws
import pytest
from pydantic import ValidationError

from components.aws.standby import Standby, StandbyArgs
from tests.components import test_cluster
from tests.support.aws_plan import DR_KEY, TAGS, plan_aws, refused
from tests.support.plan import UNKNOWN, Planned, named

SOURCE = "arn:aws:rds:us-east-1:111122223333:db:golive-prod-postgresql"
PLACE = {"account": "111122223333", "region": "us-west-2", "name": "golive-prod-dr"}
NODES = {**test_cluster.NODES, "min": 2, "desired": 2, "max": 12}
GOOD: dict[str, Any] = {
    "primary": "us-east-1",
    "place": PLACE,
    "cluster": {**test_cluster.GOOD, "place": PLACE, "nodes": [NODES]},
    "database": {
        "source": SOURCE,
        "size": {"version": "17", "instance_class": "db.m7g.large", "storage_gib": 100, "most_storage_gib": 500},
        "database": "golive",
        "vpc_id": "vpc-0a1b2c3d",
        "subnets": ["subnet-0a1b2c3d4e5f60718", "subnet-1b2c3d4e5f6071829"],
        "clients": ["sg-0a1b2c3d"],
        "keys": {"data": DR_KEY, "logs": DR_KEY, "secrets": DR_KEY},
    },
    "tags": TAGS,
}


def planned(**changes: object) -> tuple[Planned, ...]:
    return plan_aws(lambda: Standby("dr", StandbyArgs.model_validate({**GOOD, **changes})))


@pytest.fixture(scope="module")
def whole() -> tuple[Planned, ...]:
    return planned()


def test_the_pack_finds_nothing_wrong(whole: tuple[Planned, ...]) -> None:
    assert refused(whole) == {}


def test_the_database_follows_the_primary_with_a_key_of_its_own(whole: tuple[Planned, ...]) -> None:
    replica = named(whole, "dr-postgresql-instance").inputs
    assert (replica["replicateSourceDb"], replica["kmsKeyId"]) == (SOURCE, DR_KEY)
    assert (replica["deletionProtection"], replica["multiAz"]) == (True, True)
    for inherited in ("engine", "engineVersion", "username", "manageMasterUserPassword", "allocatedStorage", "dbName"):
        assert inherited not in replica


def test_the_replica_may_follow_an_instance_of_the_same_program() -> None:
    def program() -> None:
        source = aws.rds.Instance("source", instance_class="db.m7g.large")
        Standby("dr", StandbyArgs.model_validate({**GOOD, "database": {**GOOD["database"], "source": source.arn}}))

    assert named(plan_aws(program), "dr-postgresql-instance").inputs["replicateSourceDb"] is UNKNOWN


def test_the_cluster_is_as_big_as_was_stated_and_can_grow(whole: tuple[Planned, ...]) -> None:
    (group,) = (each for each in whole if each.type == "aws:eks/nodeGroup:NodeGroup")
    assert group.inputs["scalingConfig"] == {"minSize": 2, "desiredSize": 2, "maxSize": 12}
    assert named(whole, "dr").outputs["kubeconfig"] is UNKNOWN


def test_the_database_lets_the_standby_cluster_in(whole: tuple[Planned, ...]) -> None:
    rules = [each.inputs for each in whole if each.type.endswith(":SecurityGroupIngressRule")]
    assert [each["referencedSecurityGroupId"] for each in rules] == [UNKNOWN, "sg-0a1b2c3d"]


@pytest.mark.parametrize(("part", "kind"), [("cluster", "aws:eks/"), ("database", "aws:rds/")])
def test_either_part_can_be_left_out(part: str, kind: str) -> None:
    assert not [each.path for each in planned(**{part: None}) if each.type.startswith(kind)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"primary": "us-west-2"}, "expected the standby in another region than us-west-2"),
        (
            {"cluster": test_cluster.GOOD},
            "expected the cluster at golive-prod-dr in us-west-2; found golive-prod in us-east-1",
        ),
        ({"cluster": None, "database": {**GOOD["database"], "clients": []}}, "or a cluster; found neither"),
        ({"regions": []}, "Extra inputs are not permitted"),
    ],
)
def test_refuses(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        StandbyArgs.model_validate({**GOOD, **change})
