"""The offline AWS provider deploys to a stand-in that somebody names, only what it knows whole, and never to AWS."""

from collections.abc import Iterator

import pytest
from pulumi.runtime.proto import provider_pb2

from tests.support.served_plugin import Plugin, running, urn
from tests.support.stand_in import client, moto
from toolchain.plugins.aws import Aws
from toolchain.plugins.aws_deploying.deployer import KINDS
from toolchain.plugins.provider import token_of
from toolchain.plugins.values import Properties, Secret, read, write

BUCKET = "aws:s3/bucket:Bucket"
LOGS = "aws:cloudwatch/logGroup:LogGroup"
KEYS = {"AWS_ACCESS_KEY_ID": "stand-in", "AWS_SECRET_ACCESS_KEY": "stand-in"}
REGION: Properties = {"region": "us-east-1"}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with moto() as found:
        yield found


@pytest.fixture
def plugin(address: str) -> Iterator[Plugin]:
    with running(Aws(environment={"AWS_ENDPOINT_URL": address, **KEYS})) as found:
        found.configure(REGION)
        yield found


def up(plugin: Plugin, token: str, inputs: Properties) -> tuple[str, Properties]:
    answer = plugin.stub.Create(provider_pb2.CreateRequest(urn=urn(token), properties=write(inputs)))
    return answer.id, read(answer.properties)


def changed(token: str, identity: str, old: Properties, new: Properties) -> provider_pb2.UpdateRequest:
    return provider_pb2.UpdateRequest(
        id=identity, urn=urn(token), olds=write(old), old_inputs=write(old), news=write(new)
    )


def found(plugin: Plugin, token: str, identity: str, state: Properties) -> provider_pb2.ReadResponse:
    asked = provider_pb2.ReadRequest(id=identity, urn=urn(token), properties=write(state), inputs=write(state))
    answer: provider_pb2.ReadResponse = plugin.stub.Read(asked)
    return answer


def test_makes_finds_changes_and_deletes(plugin: Plugin, address: str) -> None:
    logs = client(address, "logs")
    inputs: Properties = {"name": "/shop/api", "retentionInDays": 365.0, "tags": {"owner": "platform"}}
    identity, outputs = up(plugin, LOGS, inputs)
    assert identity == "/shop/api"
    assert str(outputs["arn"]).endswith(":log-group:/shop/api")
    assert outputs["tagsAll"] == {"owner": "platform"}

    wanted: Properties = {**inputs, "retentionInDays": 731.0, "tags": {"product": "shop"}}
    plugin.stub.Update(changed(LOGS, identity, inputs, wanted))
    (group,) = logs.describe_log_groups()["logGroups"]
    assert group["retentionInDays"] == 731
    assert logs.list_tags_log_group(logGroupName=identity)["tags"] == {"product": "shop"}
    assert read(found(plugin, LOGS, identity, wanted).inputs) == wanted

    logs.put_retention_policy(logGroupName=identity, retentionInDays=7)
    assert read(found(plugin, LOGS, identity, wanted).inputs)["retentionInDays"] == 7.0

    plugin.stub.Delete(provider_pb2.DeleteRequest(id=identity, urn=urn(LOGS), properties=write(outputs)))
    assert logs.describe_log_groups()["logGroups"] == []
    assert found(plugin, LOGS, identity, wanted).id == ""
    plugin.stub.Delete(provider_pb2.DeleteRequest(id=identity, urn=urn(LOGS), properties=write(outputs)))


def test_a_secret_stays_one(plugin: Plugin) -> None:
    name = "aws:secretsmanager/secret:Secret"
    identity, _ = up(plugin, name, {"name": "shop/jwt"})
    value: Properties = {"secretId": identity, "secretString": Secret("hunter2")}
    _, outputs = up(plugin, "aws:secretsmanager/secretVersion:SecretVersion", value)
    assert outputs["secretString"] == Secret("hunter2")


def test_what_it_would_lose_is_refused(plugin: Plugin) -> None:
    _, words = plugin.refusal("Create", asked(BUCKET, {"bucket": "shop", "accelerationStatus": "Enabled"}))
    assert words.startswith("golive's offline aws plugin would lose accelerationStatus of a aws:s3/bucket:Bucket")


def test_what_it_cannot_change_is_refused(plugin: Plugin) -> None:
    inputs: Properties = {"bucket": "fixed"}
    identity, _ = up(plugin, BUCKET, inputs)
    _, words = plugin.refusal("Update", changed(BUCKET, identity, inputs, {**inputs, "objectLockEnabled": True}))
    assert words == "golive's offline aws plugin can't change objectLockEnabled of a aws:s3/bucket:Bucket in place."


def test_a_type_that_it_does_not_know_is_only_previewed(plugin: Plugin) -> None:
    token = "aws:rds/subnetGroup:SubnetGroup"  # noqa: S105 - a type
    inputs: Properties = {"name": "shop", "subnetIds": ["subnet-a"]}
    assert plugin.create(token, inputs)["name"] == "shop"
    _, words = plugin.refusal("Create", asked(token, inputs))
    assert words.startswith(f"golive's offline aws plugin previews {token} and can't deploy it")


def test_what_the_stand_in_refuses_is_one_sentence(plugin: Plugin) -> None:
    _, words = plugin.refusal("Create", asked(BUCKET, {"bucket": "ab"}))
    assert words.startswith("s3 refused create_bucket: InvalidBucketName")


def test_a_wrong_request_never_leaves(plugin: Plugin) -> None:
    _, words = plugin.refusal("Create", asked(LOGS, {"name": "/shop/wrong", "tags": {"owner": ["a", "list"]}}))
    assert words.startswith("logs can't create_log_group: Parameter validation failed")


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "golive's offline aws plugin only previews"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "An endpoint for AWS is named, and no key for it"),
        ({"AWS_ENDPOINT_URL": "https://s3.us-east-1.amazonaws.com", **KEYS}, "golive's offline aws plugin deploys to"),
        ({"AWS_ENDPOINT_URL": "https://AMAZONAWS.com.", **KEYS}, "golive's offline aws plugin deploys to"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:1", **KEYS}, "s3 can't create_bucket: Could not connect"),
    ],
    ids=["no endpoint", "no key", "AWS itself", "AWS in disguise", "nobody there"],
)
def test_deploys_nowhere_else(environment: dict[str, str], words: str) -> None:
    with running(Aws(environment=environment)) as plugin:
        plugin.configure(REGION)
        assert plugin.refusal("Create", asked(BUCKET, {"bucket": "shop"}))[1].startswith(words)


def test_an_endpoint_of_another_service_is_none() -> None:
    with running(Aws(environment=KEYS)) as plugin:
        plugin.configure({**REGION, "endpoints": [{"ec2": "http://127.0.0.1:1"}]})
        _, words = plugin.refusal("Create", asked(BUCKET, {"bucket": "shop"}))
        assert words == f"The provider's endpoints name none for s3, which {BUCKET} needs."


@pytest.mark.parametrize("token", sorted(KINDS))
def test_carries_over_inputs_that_the_sdk_knows(token: str) -> None:
    known = Aws().shape(token).inputs.properties
    kind = KINDS[token]
    assert kind.takes <= known.keys() | {"region"}
    assert kind.changes.keys() <= kind.takes
    assert token_of("", urn(token)) == token


def asked(token: str, inputs: Properties) -> provider_pb2.CreateRequest:
    return provider_pb2.CreateRequest(urn=urn(token), properties=write(inputs))
