"""The offline AWS provider refuses what the SDK does not know, and leaves to AWS what AWS decides."""

from collections.abc import Iterator

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from tests.support.served_plugin import Plugin, running, urn
from toolchain.plugins.aws import Aws
from toolchain.plugins.aws_computed import computed
from toolchain.plugins.values import UNKNOWN, Properties, Secret, Value

CLUSTER = "aws:eks/cluster:Cluster"
NODES = "aws:eks/nodeGroup:NodeGroup"
ROLE = "aws:iam/role:Role"
LOGS = "aws:cloudwatch/logGroup:LogGroup"


@pytest.fixture
def plugin() -> Iterator[Plugin]:
    with running(Aws()) as found:
        yield found


def cluster(**more: Value) -> Properties:
    return {"name": "prod", "roleArn": "arn:role", "vpcConfig": {"subnetIds": ["a", "b"]}, **more}


REFUSED: dict[str, tuple[Properties, dict[str, str]]] = {
    "a misspelt property": (
        cluster(enabledClusterLogType=["api"]),
        {"enabledClusterLogType": "unknown property 'enabledClusterLogType'; did you mean 'enabledClusterLogTypes'?"},
    ),
    "a misspelt nested property": (
        cluster(vpcConfig={"subnetIds": [], "endpointPublicAcess": False}),
        {
            "vpcConfig.endpointPublicAcess": "unknown property 'endpointPublicAcess'; "
            "did you mean 'endpointPublicAccess'?"
        },
    ),
    "missing properties": (
        {"name": "prod"},
        {
            "roleArn": "required property 'roleArn' is missing",
            "vpcConfig": "required property 'vpcConfig' is missing",
        },
    ),
    "a string for a list": (
        cluster(enabledClusterLogTypes="api"),
        {"enabledClusterLogTypes": "expected a list, found a string"},
    ),
    "a word for a boolean": (
        cluster(deletionProtection="perhaps"),
        {"deletionProtection": "expected true or false, found a string"},
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(plugin: Plugin, case: str) -> None:
    inputs, faults = REFUSED[case]
    assert plugin.check(CLUSTER, inputs)[1] == faults


def test_refuses_a_word_for_a_number(plugin: Plugin) -> None:
    assert plugin.check(LOGS, {"retentionInDays": "many"})[1] == {
        "retentionInDays": "expected a whole number, found a string"
    }


def test_allows_scalars_that_can_be_converted(plugin: Plugin) -> None:
    assert plugin.check(LOGS, {"name": 1.0, "retentionInDays": "30", "skipDestroy": "true"})[1] == {}
    assert plugin.check(CLUSTER, cluster(version=True, roleArn=UNKNOWN))[1] == {}


def test_allows_one_of_several_types(plugin: Plugin) -> None:
    policy: Properties = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": ["a"]}],
    }
    assert plugin.check(ROLE, {"assumeRolePolicy": "{}"})[1] == {}
    assert plugin.check(ROLE, {"assumeRolePolicy": policy})[1] == {}
    assert plugin.check(ROLE, {"assumeRolePolicy": []})[1] == {
        "assumeRolePolicy": "expected a string or an object, found a list"
    }


def test_refuses_a_type_that_there_is_not(plugin: Plugin) -> None:
    code, words = plugin.refusal("Check", provider_pb2.CheckRequest(urn=urn("aws:eks/clutser:Clutser")))
    assert code == grpc.StatusCode.FAILED_PRECONDITION
    assert words.endswith(" has no resource type aws:eks/clutser:Clutser.")


NAMED = {CLUSTER: "name", NODES: "nodeGroupName", LOGS: "name", "aws:kms/alias:Alias": "name"}


@pytest.mark.parametrize("token", NAMED)
def test_names_what_has_no_name(plugin: Plugin, token: str) -> None:
    checked, _ = plugin.check(token, {}, seed=b"1")
    named = checked[NAMED[token]]
    assert isinstance(named, str)
    assert named.removeprefix("alias/").startswith("web-")
    assert checked["__defaults"] == [NAMED[token]]
    assert plugin.check(token, {}, checked, seed=b"2")[0] == checked, "a name is kept"
    prefixed: Properties = {f"{NAMED[token]}Prefix": "ours"}
    if token != CLUSTER:
        assert plugin.check(token, prefixed)[0] == prefixed


def test_adds_the_providers_tags(plugin: Plugin) -> None:
    plugin.configure({"defaultTags": '{"tags": {"team": "ours", "stage": "dev"}}', "region": "us-east-1"})
    assert plugin.check(LOGS, {"name": "x"})[0]["tags"] == {"team": "ours", "stage": "dev"}
    tagged, _ = plugin.check(LOGS, {"name": "x", "tags": Secret({"stage": "prod"})})
    assert tagged["tags"] == Secret({"team": "ours", "stage": "prod"})
    assert plugin.create(LOGS, tagged)["region"] == "us-east-1"
    assert plugin.check(LOGS, {"name": "x", "tags": UNKNOWN})[0]["tags"] == UNKNOWN


def test_plans_a_creation(plugin: Plugin) -> None:
    planned = plugin.create(LOGS, {"name": "x", "retentionInDays": 30.0, "__defaults": []})
    assert planned == {
        "name": "x",
        "retentionInDays": 30.0,
        "id": UNKNOWN,
        "arn": UNKNOWN,
        "region": UNKNOWN,
        "namePrefix": UNKNOWN,
        "logGroupClass": UNKNOWN,
        "deletionProtectionEnabled": UNKNOWN,
        "tagsAll": {},
    }


def test_plans_what_a_program_reads_of_a_cluster(plugin: Plugin) -> None:
    planned = plugin.create(CLUSTER, cluster(tags={"team": UNKNOWN}))
    read = ("id", "arn", "endpoint", "certificateAuthority", "identities", "tagsAll", "version")
    assert {name: planned[name] for name in read} == dict.fromkeys(read, UNKNOWN)
    assert planned["vpcConfig"] == {
        "subnetIds": ["a", "b"],
        "clusterSecurityGroupId": UNKNOWN,
        "vpcId": UNKNOWN,
    }
    assert "outpostConfig" not in planned


def test_plans_an_update(plugin: Plugin) -> None:
    old: Properties = {
        **plugin.create(CLUSTER, cluster()),
        "id": "prod",
        "arn": "arn:x",
        "vpcConfig": {"vpcId": "vpc-1"},
    }
    planned = plugin.update(CLUSTER, old, cluster(version="1.34"))
    assert {name: planned[name] for name in ("id", "arn", "version")} == {
        "id": "prod",
        "arn": "arn:x",
        "version": "1.34",
    }
    assert planned["vpcConfig"] == {"subnetIds": ["a", "b"], "clusterSecurityGroupId": UNKNOWN, "vpcId": "vpc-1"}


DIFFS: dict[str, tuple[str, Properties, Properties, dict[str, str], bool]] = {
    "nothing": (CLUSTER, cluster(), cluster(), {}, False),
    "the version": (CLUSTER, cluster(version="1.33"), cluster(version="1.34"), {"version": "update"}, False),
    "subnets": (
        CLUSTER,
        cluster(),
        cluster(vpcConfig={"subnetIds": ["a"]}),
        {"vpcConfig.subnetIds[1]": "delete"},
        False,
    ),
    "the name": (CLUSTER, cluster(), cluster(name="other"), {"name": "update_replace"}, False),
    "the role": (CLUSTER, cluster(), cluster(roleArn="other"), {"roleArn": "update_replace"}, True),
    "the role, of an automatic name": (
        CLUSTER,
        cluster(__defaults=["name"]),
        cluster(roleArn="other", __defaults=["name"]),
        {"roleArn": "update_replace"},
        False,
    ),
    "the address family": (
        CLUSTER,
        cluster(kubernetesNetworkConfig={"ipFamily": "ipv4"}),
        cluster(),
        {"kubernetesNetworkConfig": "delete_replace"},
        True,
    ),
    "load balancing": (
        CLUSTER,
        cluster(kubernetesNetworkConfig={"elasticLoadBalancing": {"enabled": True}}),
        cluster(),
        {"kubernetesNetworkConfig": "delete"},
        False,
    ),
    "machines": (
        NODES,
        {"nodeGroupName": "n", "instanceTypes": ["a"]},
        {"nodeGroupName": "n", "instanceTypes": ["b"]},
        {"instanceTypes[0]": "update_replace"},
        True,
    ),
    "how many machines": (
        NODES,
        {"nodeGroupName": "n", "scalingConfig": {"maxSize": 3.0}},
        {"nodeGroupName": "n", "scalingConfig": {"maxSize": UNKNOWN}},
        {"scalingConfig.maxSize": "update"},
        False,
    ),
    "a secret": (
        "aws:rds/instance:Instance",
        {"identifier": "d", "password": Secret("a")},
        {"identifier": "d", "password": Secret("b")},
        {"password": "update"},
        False,
    ),
}


@pytest.mark.parametrize("case", DIFFS)
def test_tells_what_changes(plugin: Plugin, case: str) -> None:
    token, old, new, details, first = DIFFS[case]
    assert plugin.diff(token, old, new) == (details, first)


COMPUTED = {
    CLUSTER: "arn:aws:eks:us-east-1:123456789012:cluster/prod",
    NODES: "arn:aws:eks:us-east-1:123456789012:nodegroup/prod/workers/",
    "aws:eks/addon:Addon": "arn:aws:eks:us-east-1:123456789012:addon/prod/vpc-cni/",
    "aws:kms/key:Key": "arn:aws:kms:us-east-1:123456789012:key/",
    "aws:kms/alias:Alias": "arn:aws:kms:us-east-1:123456789012:prod",
    LOGS: "arn:aws:logs:us-east-1:123456789012:log-group:prod",
    ROLE: "arn:aws:iam::123456789012:role/prod",
    "aws:sqs/queue:Queue": "arn:aws:sqs:us-east-1:123456789012:queue/prod",
}
INPUTS: Properties = {"name": "prod", "clusterName": "prod", "nodeGroupName": "workers", "addonName": "vpc-cni"}


@pytest.mark.parametrize("token", COMPUTED)
def test_computes_what_aws_would(token: str) -> None:
    once = computed(token, INPUTS, "us-east-1")
    assert once == computed(token, dict(reversed(INPUTS.items())), "us-east-1")
    assert str(once["arn"]).startswith(COMPUTED[token])
    assert once["id"]
    assert computed(token, {"name": UNKNOWN}, "us-east-1") != computed(token, {"name": UNKNOWN}, "us-west-2")


def test_computes_what_a_program_reads_of_a_cluster() -> None:
    found = computed(CLUSTER, cluster(), "us-east-1")
    assert str(found["endpoint"]).endswith(".gr7.us-east-1.eks.amazonaws.com")
    assert found["certificateAuthority"] == {"data": "Z29saXZl"}
    key = computed("aws:kms/key:Key", {}, "us-east-1")
    assert key["arn"] == f"arn:aws:kms:us-east-1:123456789012:key/{key['keyId']}"


def test_computes_a_role_in_its_path() -> None:
    found = computed(ROLE, {"name": "prod", "path": "/ours/"}, "us-east-1")
    assert found["arn"] == "arn:aws:iam::123456789012:role/ours/prod"


FIXED: dict[str, tuple[str, Properties, Properties, str]] = {
    "a network's addresses": (
        "aws:ec2/vpc:Vpc",
        {"cidrBlock": "10.20.0.0/16"},
        {"cidrBlock": "10.21.0.0/16"},
        "cidrBlock",
    ),
    "a subnet's zone": (
        "aws:ec2/subnet:Subnet",
        {"vpcId": "vpc-1", "availabilityZone": "us-east-1a"},
        {"vpcId": "vpc-1", "availabilityZone": "us-east-1b"},
        "availabilityZone",
    ),
    "a bucket's lock": (
        "aws:s3/bucket:Bucket",
        {"bucket": "b", "objectLockEnabled": False},
        {"bucket": "b", "objectLockEnabled": True},
        "objectLockEnabled",
    ),
    "a database's key": (
        "aws:rds/instance:Instance",
        {"identifier": "d", "kmsKeyId": "a"},
        {"identifier": "d", "kmsKeyId": "b"},
        "kmsKeyId",
    ),
}


@pytest.mark.parametrize("case", FIXED)
def test_says_what_cannot_be_changed_in_place(plugin: Plugin, case: str) -> None:
    token, old, new, field = FIXED[case]
    assert plugin.diff(token, old, new)[0] == {field: "update_replace"}
