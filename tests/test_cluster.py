"""A cluster is closed, encrypted and recorded, and enforces its network policies."""

import json
from typing import Any

import pulumi_aws as aws
import pulumi_kubernetes as k8s
import pytest
from plan import UNKNOWN, Planned, named, paths, plan
from pydantic import ValidationError

from components.aws.cluster import Cluster, ClusterArgs, kubeconfig

COMPONENT = "golive:aws:Cluster"
TAGS = {"golive/environment": "prod"}
NODES: dict[str, Any] = {"instance_types": ["m7i.xlarge"], "min": 3, "desired": 3, "max": 12}
GOOD: dict[str, Any] = {
    "name": "golive-prod",
    "region": "us-east-1",
    "version": "1.34",
    "subnets": ["subnet-0a1b2c3d4e5f60718", "subnet-1b2c3d4e5f6071829"],
    "cluster_role": "arn:aws:iam::111122223333:role/cluster",
    "node_role": "arn:aws:iam::111122223333:role/nodes",
    "nodes": NODES,
    "tags": TAGS,
}


def declare() -> None:
    cluster = Cluster("main", ClusterArgs.model_validate(GOOD))
    provider = k8s.Provider("cluster", kubeconfig=cluster.kubeconfig)
    assert provider is not None


@pytest.fixture(scope="module")
def planned() -> tuple[Planned, ...]:
    return plan(declare)


def test_owns_all_it_declares(planned: tuple[Planned, ...]) -> None:
    assert paths(planned) == [
        f"{COMPONENT}$aws:cloudwatch/logGroup:LogGroup::main-logs",
        f"{COMPONENT}$aws:eks/addon:Addon::main-coredns",
        f"{COMPONENT}$aws:eks/addon:Addon::main-kube-proxy",
        f"{COMPONENT}$aws:eks/addon:Addon::main-vpc-cni",
        f"{COMPONENT}$aws:eks/cluster:Cluster::main-control-plane",
        f"{COMPONENT}$aws:eks/nodeGroup:NodeGroup::main-nodes",
        f"{COMPONENT}$aws:kms/alias:Alias::main-key-alias",
        f"{COMPONENT}$aws:kms/key:Key::main-key",
        f"{COMPONENT}::main",
        "pulumi:providers:kubernetes::cluster",
    ]


def test_the_control_plane_is_hardened(planned: tuple[Planned, ...]) -> None:
    assert named(planned, "main-control-plane").inputs == {
        "name": "golive-prod",
        "version": "1.34",
        "roleArn": "arn:aws:iam::111122223333:role/cluster",
        "vpcConfig": {"subnetIds": GOOD["subnets"], "endpointPrivateAccess": True, "endpointPublicAccess": False},
        "encryptionConfig": {"provider": {"keyArn": UNKNOWN}, "resources": ["secrets"]},
        "enabledClusterLogTypes": ["api", "audit", "authenticator", "controllerManager", "scheduler"],
        "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True},
        "bootstrapSelfManagedAddons": False,
        "upgradePolicy": {"supportType": "STANDARD"},
        "deletionProtection": True,
        "tags": TAGS,
    }


def test_the_key_turns_over_and_can_be_had_back(planned: tuple[Planned, ...]) -> None:
    key = named(planned, "main-key").inputs
    assert (key["enableKeyRotation"], key["deletionWindowInDays"]) == (True, 30)
    assert named(planned, "main-key-alias").inputs["name"] == "alias/eks/golive-prod"


def test_logs_are_kept_for_two_years_from_the_first_on(planned: tuple[Planned, ...]) -> None:
    logs = named(planned, "main-logs")
    assert (logs.inputs["name"], logs.inputs["retentionInDays"]) == ("/aws/eks/golive-prod/cluster", 731)
    assert logs.path in named(planned, "main-control-plane").after


def test_network_policies_are_enforced(planned: tuple[Planned, ...]) -> None:
    network = named(planned, "main-vpc-cni").inputs
    assert network["addonName"] == "vpc-cni"
    assert json.loads(network["configurationValues"]) == {"enableNetworkPolicy": "true"}


def test_nodes_come_after_their_network_and_before_dns(planned: tuple[Planned, ...]) -> None:
    nodes = named(planned, "main-nodes")
    assert named(planned, "main-vpc-cni").path in nodes.after
    assert named(planned, "main-kube-proxy").path in nodes.after
    assert nodes.path in named(planned, "main-coredns").after


def test_nodes_are_as_many_as_was_asked(planned: tuple[Planned, ...]) -> None:
    nodes = named(planned, "main-nodes").inputs
    assert nodes["scalingConfig"] == {"minSize": 3, "desiredSize": 3, "maxSize": 12}
    assert nodes["subnetIds"] == GOOD["subnets"]
    assert nodes["instanceTypes"] == ["m7i.xlarge"]
    assert nodes["updateConfig"] == {"maxUnavailablePercentage": 33}
    assert (nodes["version"], nodes["nodeRoleArn"]) == ("1.34", "arn:aws:iam::111122223333:role/nodes")


def test_whoever_uses_the_cluster_waits_for_its_nodes(planned: tuple[Planned, ...]) -> None:
    provider = named(planned, "cluster")
    assert provider.inputs == {"kubeconfig": UNKNOWN}
    assert {named(planned, "main-nodes").path, named(planned, "main-coredns").path} <= set(provider.after)


def test_tells_what_a_deployment_will_know(planned: tuple[Planned, ...]) -> None:
    assert named(planned, "main").outputs == {
        "name": "golive-prod",
        "endpoint": UNKNOWN,
        "certificate_authority": UNKNOWN,
        "kubeconfig": UNKNOWN,
    }


def test_the_kubeconfig_asks_for_a_token_and_holds_none() -> None:
    config = json.loads(kubeconfig("us-east-1", "golive-prod", "https://example.eks.amazonaws.com", "Y2E="))
    assert config["clusters"] == [
        {
            "name": "golive-prod",
            "cluster": {"server": "https://example.eks.amazonaws.com", "certificate-authority-data": "Y2E="},
        }
    ]
    (user,) = config["users"]
    assert user["user"] == {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": "aws",
            "args": ["eks", "get-token", "--region", "us-east-1", "--cluster-name", "golive-prod", "--output", "json"],
            "interactiveMode": "Never",
        }
    }
    assert config["current-context"] == "golive-prod"
    assert config["contexts"] == [{"name": "golive-prod", "context": {"cluster": "golive-prod", "user": "golive-prod"}}]


def test_roles_may_come_from_another_resource() -> None:
    def program() -> None:
        role = aws.iam.Role("cluster-role", assume_role_policy="{}")
        Cluster("main", ClusterArgs.model_validate({**GOOD, "cluster_role": role.arn}))

    control_plane = named(plan(program), "main-control-plane")
    assert control_plane.inputs["roleArn"] is UNKNOWN
    assert "aws:iam/role:Role::cluster-role" in control_plane.after


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"subnets": ["subnet-0a1b2c3d4e5f60718"]}, "at least 2 items"),
        ({"subnets": ["one", "two"]}, "a subnet id"),
        ({"version": "latest"}, "a Kubernetes minor version"),
        ({"cluster_role": "role/cluster"}, "the ARN of an IAM role"),
        ({"region": "virginia"}, "an AWS region"),
        ({"nodes": {**NODES, "instance_types": []}}, "at least 1 item"),
        (
            {"nodes": {**NODES, "desired": 20}},
            "expected min <= desired <= max, for example 3, 3, 12; found min 3, desired 20, max 12",
        ),
        ({"public": True}, "Extra inputs are not permitted"),
    ],
)
def test_refuses(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ClusterArgs.model_validate({**GOOD, **change})
