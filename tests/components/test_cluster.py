"""A cluster is closed, encrypted and recorded, enforces its network policies, and its nodes hold no secrets."""

import json
from typing import Any

import pulumi_kubernetes as k8s
import pytest
from pydantic import ValidationError

from components.aws.cluster import Cluster, ClusterArgs, kubeconfig
from tests.support.aws_plan import KEY, TAGS, misshapen, refused, refusing, spoilt
from tests.support.plan import UNKNOWN, Planned, named, plan

NODES: dict[str, Any] = {
    "name": "general",
    "capacity": "on-demand",
    "instance_types": ["m7i.xlarge"],
    "min": 3,
    "desired": 3,
    "max": 12,
    "disk": 100,
}
GOOD: dict[str, Any] = {
    "place": {"account": "111122223333", "region": "us-east-1", "name": "golive-prod"},
    "version": "1.34",
    "subnets": ["subnet-0a1b2c3d4e5f60718", "subnet-1b2c3d4e5f6071829"],
    "access": [
        {"name": "deployer", "role": "arn:aws:iam::111122223333:role/deploy", "right": "cluster-admin"},
        {"name": "team", "role": "arn:aws:iam::111122223333:role/team", "right": "edit", "namespaces": ["optibid"]},
    ],
    "nodes": [NODES, {**NODES, "name": "spare", "capacity": "spot", "architecture": "arm64"}],
    "addons": {
        "vpc_cni": "v1.20.4-eksbuild.2",
        "kube_proxy": "v1.34.0-eksbuild.4",
        "coredns": "v1.12.4-eksbuild.1",
        "ebs_csi_driver": "v1.51.1-eksbuild.1",
        "pod_identity_agent": "v1.3.9-eksbuild.3",
    },
    "secrets_key": KEY,
    "disks_key": KEY,
    "logs_key": KEY,
    "tags": TAGS,
}


def planned_with(**changes: object) -> tuple[Planned, ...]:
    def program() -> None:
        cluster = Cluster("main", ClusterArgs.model_validate({**GOOD, **changes}))
        k8s.Provider("cluster", kubeconfig=cluster.kubeconfig)

    return plan(program)


@pytest.fixture(scope="module")
def planned() -> tuple[Planned, ...]:
    return planned_with()


def test_speaks_the_sdks_language_and_obeys_every_rule(planned: tuple[Planned, ...]) -> None:
    assert misshapen(planned) == []
    assert refused(planned) == {}


def test_the_control_plane_is_hardened(planned: tuple[Planned, ...]) -> None:
    assert named(planned, "main-control-plane").inputs == {
        "name": "golive-prod",
        "version": "1.34",
        "roleArn": UNKNOWN,
        "vpcConfig": {"subnetIds": GOOD["subnets"], "endpointPrivateAccess": True, "endpointPublicAccess": False},
        "encryptionConfig": {"provider": {"keyArn": KEY}, "resources": ["secrets"]},
        "enabledClusterLogTypes": ["api", "audit", "authenticator", "controllerManager", "scheduler"],
        "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
        "bootstrapSelfManagedAddons": False,
        "upgradePolicy": {"supportType": "STANDARD"},
        "deletionProtection": True,
        "tags": TAGS,
    }


def test_named_networks_may_reach_the_api_where_that_is_asked() -> None:
    vpc = named(planned_with(public_access=["203.0.113.0/24"]), "main-control-plane").inputs["vpcConfig"]
    assert (vpc["endpointPublicAccess"], vpc["publicAccessCidrs"]) == (True, ["203.0.113.0/24"])


def test_logs_are_kept_for_two_years_from_the_first_on(planned: tuple[Planned, ...]) -> None:
    logs = named(planned, "main-logs")
    assert (logs.inputs["name"], logs.inputs["retentionInDays"]) == ("/aws/eks/golive-prod/cluster", 731)
    assert logs.inputs["kmsKeyId"] == KEY
    assert logs.path in named(planned, "main-control-plane").after


def test_roles_have_their_rights_before_they_are_used(planned: tuple[Planned, ...]) -> None:
    attached = {named(planned, "main-role-eks").path, named(planned, "main-role-key").path}
    assert attached <= set(named(planned, "main-control-plane").after)
    policies = {each.inputs["policyArn"].rpartition("/")[2]: each for each in planned if "policyArn" in each.inputs}
    nodes = {"AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"}
    assert nodes <= policies.keys()
    assert {policies[name].path for name in nodes} <= set(named(planned, "main-general", "NodeGroup").after)


def test_each_role_has_as_much_as_it_may_and_no_more(planned: tuple[Planned, ...]) -> None:
    access = {each.name: each.inputs for each in planned if each.type.endswith(":AccessPolicyAssociation")}
    assert {name: (each["policyArn"], each["accessScope"]) for name, each in access.items()} == {
        "main-access-deployer-cluster-admin": (
            "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
            {"type": "cluster"},
        ),
        "main-access-team-edit": (
            "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy",
            {"type": "namespace", "namespaces": ["optibid"]},
        ),
    }


def test_addons_are_pinned_and_enforce_network_policies(planned: tuple[Planned, ...]) -> None:
    addons = {each.inputs["addonName"]: each.inputs["addonVersion"] for each in planned if each.type.endswith(":Addon")}
    assert addons == {
        "vpc-cni": "v1.20.4-eksbuild.2",
        "kube-proxy": "v1.34.0-eksbuild.4",
        "coredns": "v1.12.4-eksbuild.1",
        "aws-ebs-csi-driver": "v1.51.1-eksbuild.1",
        "eks-pod-identity-agent": "v1.3.9-eksbuild.3",
    }
    network = named(planned, "main-vpc-cni", "Addon").inputs
    assert json.loads(network["configurationValues"])["enableNetworkPolicy"] == "true"


def test_addons_act_in_roles_of_their_own(planned: tuple[Planned, ...]) -> None:
    bound = {
        each.name: each.inputs["podIdentityAssociations"]
        for each in planned
        if each.inputs.get("podIdentityAssociations")
    }
    assert bound == {
        "main-vpc-cni": [{"serviceAccount": "aws-node", "roleArn": UNKNOWN}],
        "main-aws-ebs-csi-driver": [{"serviceAccount": "ebs-csi-controller-sa", "roleArn": UNKNOWN}],
    }
    trust = json.loads(named(planned, "main-vpc-cni-role").inputs["assumeRolePolicy"])
    assert trust["Statement"][0]["Principal"] == {"Service": "pods.eks.amazonaws.com"}


def test_nodes_come_after_their_network_and_before_dns(planned: tuple[Planned, ...]) -> None:
    nodes = named(planned, "main-general", "NodeGroup")
    for addon in ("main-vpc-cni", "main-kube-proxy", "main-eks-pod-identity-agent"):
        assert named(planned, addon, "Addon").path in nodes.after
    assert nodes.path in named(planned, "main-coredns").after
    assert nodes.path in named(planned, "main-aws-ebs-csi-driver").after


def test_node_groups_are_as_they_were_asked(planned: tuple[Planned, ...]) -> None:
    general, spare = (named(planned, f"main-{name}", "NodeGroup").inputs for name in ("general", "spare"))
    assert general["scalingConfig"] == {"minSize": 3, "desiredSize": 3, "maxSize": 12}
    assert (general["amiType"], general["capacityType"]) == ("BOTTLEROCKET_x86_64", "ON_DEMAND")
    assert (spare["amiType"], spare["capacityType"]) == ("BOTTLEROCKET_ARM_64", "SPOT")
    assert "taints" not in general
    assert spare["taints"] == [{"key": "golive/spot", "value": "true", "effect": "PREFER_NO_SCHEDULE"}]
    assert general["subnetIds"] == GOOD["subnets"]
    assert general["updateConfig"] == {"maxUnavailablePercentage": 33}


def test_machines_keep_their_credentials_and_encrypt_their_disks(planned: tuple[Planned, ...]) -> None:
    template = named(planned, "main-general-template").inputs
    assert template["metadataOptions"]["httpTokens"] == "required"
    assert template["metadataOptions"]["httpPutResponseHopLimit"] == 1
    disks = {disk["deviceName"]: disk["ebs"] for disk in template["blockDeviceMappings"]}
    assert disks.keys() == {"/dev/xvda", "/dev/xvdb"}
    assert {(disk["encrypted"], disk["kmsKeyId"]) for disk in disks.values()} == {("true", KEY)}
    assert disks["/dev/xvdb"]["volumeSize"] == 100


def test_whoever_uses_the_cluster_waits_for_nodes_and_rights(planned: tuple[Planned, ...]) -> None:
    provider = named(planned, "cluster")
    assert provider.inputs == {"kubeconfig": UNKNOWN}
    awaited = ("main-general", "main-spare", "main-coredns", "main-access-deployer-cluster-admin")
    assert {each.path for each in planned if each.name in awaited} <= set(provider.after)


def test_tells_what_a_deployment_will_know(planned: tuple[Planned, ...]) -> None:
    assert named(planned, "main").outputs == {
        "name": "golive-prod",
        "endpoint": UNKNOWN,
        "certificate_authority": UNKNOWN,
        "security_group": UNKNOWN,
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


PROMISES: dict[str, tuple[str, dict[str, object], str]] = {
    "a private endpoint": ("main-control-plane", {"vpcConfig": {}}, "cluster-endpoint-private"),
    "encrypted secrets": ("main-control-plane", {"encryptionConfig": None}, "cluster-secrets-encrypted"),
    "all logs": ("main-control-plane", {"enabledClusterLogTypes": ["api"]}, "cluster-logs"),
    "two years of logs": ("main-logs", {"retentionInDays": 365}, "log-retention"),
    "access entries": (
        "main-control-plane",
        {"accessConfig": {"authenticationMode": "API_AND_CONFIG_MAP"}},
        "cluster-access-entries",
    ),
    "network policies": ("main-vpc-cni", {"configurationValues": None}, "cluster-enforces-network-policies"),
    "owners": ("main-control-plane", {"tags": {}}, "resource-tags"),
}


@pytest.mark.parametrize("promise", PROMISES)
def test_the_pack_refuses_a_cluster_without(planned: tuple[Planned, ...], promise: str) -> None:
    name, change, rule = PROMISES[promise]
    assert rule in refusing(spoilt(planned, name, **change))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"subnets": ["subnet-0a1b2c3d4e5f60718"]}, "at least 2 items"),
        ({"version": "latest"}, "a Kubernetes minor version"),
        ({"access": []}, "at least 1 item"),
        ({"nodes": [{**NODES, "instance_types": []}]}, "at least 1 item"),
        ({"nodes": [{**NODES, "disk": 4}]}, "greater than or equal to 20"),
        ({"public_access": ["0.0.0.0/0"]}, "found the whole world"),
        (
            {"nodes": [{**NODES, "desired": 20}]},
            "expected min <= desired <= max, for example 3, 3, 12; found min 3, desired 20, max 12",
        ),
        ({"public": True}, "Extra inputs are not permitted"),
    ],
)
def test_refuses(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ClusterArgs.model_validate({**GOOD, **change})
