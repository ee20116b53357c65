"""The foundation of an environment: its regions, its tags, and where each secret's values come from."""

import pytest

from catalog import PRODUCTS
from settings.load import read
from stack.aws.storage import secrets_of
from stack.build import build
from stack.resolve import join
from tests.support.plan import named, plan
from tests.support.shipped import CHECKOUT, planned

CLOUDS = ("staging", "prod")


@pytest.mark.parametrize("stack", CLOUDS)
def test_deploys_to_the_named_account_and_no_other(stack: str) -> None:
    account = {"staging": "444455556666", "prod": "111122223333"}[stack]
    providers = {each.name: each.inputs for each in planned(stack) if each.type == "pulumi:providers:aws"}
    assert {name: each["region"] for name, each in providers.items()} == {"aws": "us-east-1", "aws-dr": "us-west-2"}
    assert {each["allowedAccountIds"] for each in providers.values()} == {f'["{account}"]'}


@pytest.mark.parametrize("stack", CLOUDS)
def test_every_resource_lies_in_a_region_that_was_named(stack: str) -> None:
    nameless = [each.path for each in planned(stack) if each.type.startswith("aws:") and not each.provider]
    assert nameless == []


@pytest.mark.parametrize("stack", CLOUDS)
def test_whatever_bears_tags_says_whose_it_is_and_who_pays(stack: str) -> None:
    asked = {"product", "owner", "environment", "data-class", "cost-centre"}
    tagged = [each for each in planned(stack) if each.type.startswith("aws:") and "tags" in each.inputs]
    assert [each.path for each in tagged if not asked <= each.inputs["tags"].keys()] == []


def test_prod_has_a_way_out_in_each_zone_and_staging_one() -> None:
    ways = {stack: sum(each.type.endswith(":NatGateway") for each in planned(stack)) for stack in CLOUDS}
    assert ways == {"staging": 1, "prod": 3 + 1}, "the standby of prod has one of its own"


def test_external_secrets_waits_for_the_values_and_for_its_right_to_read() -> None:
    store = named(planned("prod"), "optibid-secrets-store")
    awaited = {path.rpartition("::")[2] for path in store.after}
    assert {"external-secrets-association", "secrets-prod-optibid-optibid-backend-jwt-rotation"} <= awaited


def test_every_secret_of_the_catalogue_has_its_origin() -> None:
    workloads = join(read(CHECKOUT / "Pulumi.prod.yaml"), PRODUCTS)
    secrets = {secret.name: secret for secret in secrets_of("prod", workloads)}
    asked = {(secret.name, key) for each in workloads for secret in each.secrets for key in secret.keys}
    assert {
        (name.rpartition("/")[2], key)
        for name, each in secrets.items()
        for key in (*each.generated, *each.fixed, *each.issued)
    } == asked
    jwt = secrets["prod/optibid/optibid-backend-jwt"]
    assert (jwt.generated, jwt.issued) == (("JWT_SECRET_KEY",), ())
    market = secrets["prod/market-intelligence/ieso-connector-market"]
    assert (market.generated, market.issued) == ((), ("MARKET_API_KEY",))
    stores = secrets["prod/market-intelligence/ieso-connector-stores"]
    assert stores.fixed == {"KAFKA_USER": "ieso-connector", "CLICKHOUSE_USER": "ieso-connector"}
    assert stores.generated == ("KAFKA_PASSWORD", "CLICKHOUSE_PASSWORD")


def test_there_is_a_repository_for_every_image_that_runs() -> None:
    workloads = join(read(CHECKOUT / "Pulumi.prod.yaml"), PRODUCTS)
    images = {workload.repository for workload in workloads} | {"254carbon/curl"}
    assert {each.inputs["name"] for each in planned("prod") if each.type.endswith(":Repository")} == images


def test_without_credentials_no_provider_asks_for_any() -> None:
    settings = read(CHECKOUT / "Pulumi.staging.yaml")
    bare = plan(lambda: build(settings, credentials=False), stack_name="staging")
    providers = [each.inputs for each in bare if each.type == "pulumi:providers:aws"]
    assert len(providers) == 2
    for each in providers:
        assert (each["skipRequestingAccountId"], each["skipMetadataApiCheck"]) == ("true", "true")
        assert "allowedAccountIds" not in each
    assert [each.path for each in bare] == [each.path for each in planned("staging")]


@pytest.mark.parametrize("stack", CLOUDS)
def test_every_role_but_the_ci_systems_is_bounded(stack: str) -> None:
    roles = {each.name: each for each in planned(stack) if each.type == "aws:iam/role:Role"}
    ours = {name: each for name, each in roles.items() if not name.startswith("identity-")}
    assert len(ours) == len(roles) - 2
    bounds = {each.inputs.get("permissionsBoundary") for each in ours.values()}
    (bound,) = bounds
    assert str(bound).endswith(f":policy/golive-{stack}-boundary")
    made = named(planned(stack), "identity-boundary-policy").path
    assert [name for name, each in ours.items() if made not in each.after] == []


def test_nothing_writes_access_logs_before_their_bucket_takes_them() -> None:
    policies = {f"buckets-{copy}access-logs-policy" for copy in ("", "copy-")}
    kinds = (":LoadBalancer", "logDelivery:LogDelivery", ":BucketLogging")
    writers = [each for each in planned("prod") if each.type.startswith("aws:") and each.type.endswith(kinds)]
    assert len({each.type for each in writers}) == len(kinds)
    for each in writers:
        assert policies & {path.rpartition("::")[2] for path in each.after}, each.path
