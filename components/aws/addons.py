"""The add-ons that a cluster can't do without, each in a reviewed version, each with a role of its own."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.args import Args
from components.aws.iam import Place, Statement, managed
from components.aws.pod_identity import PodIdentity, PodIdentityArgs
from settings.amazon import AddonVersion

SYSTEM = "kube-system"
LENDING = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext")
"""What the volume driver needs of the key for disks; the policy that AWS keeps for it leaves keys out."""


class AddonVersions(Args):
    """The version of each add-on; an upgrade is a diff."""

    vpc_cni: AddonVersion
    kube_proxy: AddonVersion
    coredns: AddonVersion
    ebs_csi_driver: AddonVersion
    pod_identity_agent: AddonVersion


@dataclass(frozen=True)
class Installed:
    """Into which cluster add-ons go."""

    name: str
    place: Place
    cluster: pulumi.Output[str]
    versions: AddonVersions
    tags: Mapping[str, str]
    parent: pulumi.Resource


def before_nodes(into: Installed) -> list[aws.eks.Addon]:
    """Install what a node needs to become ready: addresses, network policies, service routing, credentials for pods."""
    network = _identity(into, "vpc-cni", "aws-node", managed("AmazonEKS_CNI_Policy"))
    return [
        _addon(into, "eks-pod-identity-agent", into.versions.pod_identity_agent),
        _addon(
            into,
            "vpc-cni",
            into.versions.vpc_cni,
            identity=("aws-node", network),
            configuration={"enableNetworkPolicy": "true", "env": {"ENABLE_PREFIX_DELEGATION": "true"}},
        ),
        _addon(into, "kube-proxy", into.versions.kube_proxy),
    ]


def after_nodes(into: Installed, nodes: Sequence[pulumi.Resource]) -> list[aws.eks.Addon]:
    """Install what runs on nodes: name resolution, and the driver of encrypted volumes."""
    account = "ebs-csi-controller-sa"
    lends = into.place.by_key("LendDisksKey", LENDING, "disks", via="ec2")
    volumes = _identity(into, "ebs-csi", account, managed("service-role/AmazonEBSCSIDriverPolicy"), lends)
    return [
        _addon(into, "coredns", into.versions.coredns, after=nodes),
        _addon(into, "aws-ebs-csi-driver", into.versions.ebs_csi_driver, identity=(account, volumes), after=nodes),
    ]


def _identity(into: Installed, role: str, account: str, policy: str, *statements: Statement) -> PodIdentity:
    """Make the role of an add-on's service account; the add-on itself binds the two."""
    return PodIdentity(
        f"{into.name}-{role}",
        PodIdentityArgs(
            place=into.place,
            cluster=into.cluster,
            namespace=SYSTEM,
            service_account=account,
            role=role,
            statements=statements,
            managed=(policy,),
            associate=False,
            tags=into.tags,
        ),
        pulumi.ResourceOptions(parent=into.parent),
    )


def _addon(
    into: Installed,
    addon: str,
    version: str,
    *,
    identity: tuple[str, PodIdentity] | None = None,
    configuration: dict[str, Any] | None = None,
    after: Sequence[pulumi.Resource] = (),
) -> aws.eks.Addon:
    """Install one add-on; where somebody changed it in the cluster, the program's word is the last."""
    granted = identity[1].granted if identity else ()
    return aws.eks.Addon(
        f"{into.name}-{addon}",
        cluster_name=into.cluster,
        addon_name=addon,
        addon_version=version,
        configuration_values=None if configuration is None else json.dumps(configuration, sort_keys=True),
        pod_identity_associations=[{"service_account": identity[0], "role_arn": identity[1].role_arn}]
        if identity
        else None,
        resolve_conflicts_on_create="OVERWRITE",
        resolve_conflicts_on_update="OVERWRITE",
        tags=into.tags,
        opts=pulumi.ResourceOptions(parent=into.parent, depends_on=[*granted, *after]),
    )
