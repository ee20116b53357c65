"""The name of a store stays when the store behind it is replaced."""

from typing import Any

import pytest
from pydantic import ValidationError

from components.aws.private_names import PrivateNames, PrivateNamesArgs
from tests.support.aws_plan import TAGS, plan_aws, refused
from tests.support.plan import Planned, named

GOOD: dict[str, Any] = {
    "vpc": "vpc-0a1b2c3d",
    "names": {
        "postgresql.prod.example.internal": "golive.abc.us-east-1.rds.amazonaws.com",
        "redis.prod.example.internal": "golive.abc.cache.amazonaws.com",
        "kafka.other.internal": "b-1.golive.abc.kafka.us-east-1.amazonaws.com",
    },
    "tags": TAGS,
}


@pytest.fixture(scope="module")
def planned() -> tuple[Planned, ...]:
    return plan_aws(lambda: PrivateNames("names", PrivateNamesArgs.model_validate(GOOD)))


def test_the_pack_finds_nothing_wrong(planned: tuple[Planned, ...]) -> None:
    assert refused(planned) == {}


def test_each_domain_has_one_zone_that_the_network_alone_sees(planned: tuple[Planned, ...]) -> None:
    zones = {each.inputs["name"]: each.inputs["vpcs"] for each in planned if each.type.endswith(":Zone")}
    assert zones == {name: [{"vpcId": "vpc-0a1b2c3d"}] for name in ("prod.example.internal", "other.internal")}


def test_each_name_leads_to_its_store(planned: tuple[Planned, ...]) -> None:
    record = named(planned, "names-redis.prod.example.internal").inputs
    assert (record["type"], record["ttl"]) == ("CNAME", 60)
    assert record["records"] == ["golive.abc.cache.amazonaws.com"]


@pytest.mark.parametrize(
    ("change", "words"), [({"names": {}}, "at least 1 item"), ({"names": {"a b": "c"}}, "expected a host name")]
)
def test_refuses(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        PrivateNamesArgs.model_validate({**GOOD, **change})
