"""An EKS cluster in its smallest honest form: closed from outside, encrypted, and with a record of every request."""

import json
from typing import Annotated, Any, Self

import pulumi
import pulumi_aws as aws
from pydantic import Field, model_validator

from components.args import Args, Wire
from settings.vocabulary import AwsRegion, DnsLabel, IamRoleArn, InstanceType, KubernetesVersion, SubnetId

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
"""Every log that the control plane can write."""

LOG_DAYS = 731
"""Two years, as the audit trail asks (go-live-readiness:95); the number is one of those that CloudWatch accepts."""

KEY_DAYS = 30
"""How long a deleted key can be had back; without it every secret in the cluster is lost."""


class NodesArgs(Args):
    """The managed node group."""

    instance_types: Annotated[tuple[InstanceType, ...], Field(min_length=1)]
    min: Annotated[int, Field(ge=1)]
    desired: Annotated[int, Field(ge=1)]
    max: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.min <= self.desired <= self.max:
            found = f"min {self.min}, desired {self.desired}, max {self.max}"
            raise ValueError(f"expected min <= desired <= max, for example 3, 3, 12; found {found}")
        return self


class ClusterArgs(Args):
    """What a cluster is called, where it runs, and as whom."""

    name: DnsLabel
    region: AwsRegion
    """Where it runs; the provider that the caller passes has to be of the same region."""
    version: KubernetesVersion
    subnets: Annotated[tuple[Wire[SubnetId], ...], Field(min_length=2)]
    """Private subnets in at least two availability zones."""
    cluster_role: Wire[IamRoleArn]
    """Needs AmazonEKSClusterPolicy, and the use of the key that this component makes."""
    node_role: Wire[IamRoleArn]
    """Needs AmazonEKSWorkerNodePolicy, AmazonEKS_CNI_Policy and AmazonEC2ContainerRegistryPullOnly."""
    nodes: NodesArgs
    tags: dict[str, str]


class Cluster(pulumi.ComponentResource):
    """Owns the control plane, its key and its logs, one node group, and the add-ons that nodes can't do without.

    Answers go-live-readiness:25 and production:6 (hardened cluster), go-live-readiness:94 (encryption at rest),
    go-live-readiness:95 (audit logs for two years), signal-service-v2:22 (capacity), and gives NetworkPolicies somebody
    who enforces them (new-services:209). The endpoint is private: a deployment runs from within the network.
    Left to the AWS foundation: roles, subnets, access entries, a launch template, a key for the log group.
    """

    name: pulumi.Output[str]
    """The cluster's name."""
    endpoint: pulumi.Output[str]
    """The address of the API server."""
    certificate_authority: pulumi.Output[str]
    """The certificate that the API server is known by, in base64."""
    kubeconfig: pulumi.Output[str]
    """For a Kubernetes provider: asks the AWS command for a token at each use, so it holds no secret. Complete once the
    last node and add-on are there, so that whoever uses it finds a cluster that can run pods."""

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:Cluster", name, None, opts)
        control_plane = self._control_plane(name, args, self._key(name, args), self._logs(name, args))
        ready = self._workers(name, args, control_plane)
        self.name = control_plane.name
        self.endpoint = control_plane.endpoint
        self.certificate_authority = control_plane.certificate_authority.apply(lambda authority: authority.data or "")
        self.kubeconfig = pulumi.Output.all(
            self.name, self.endpoint, self.certificate_authority, *(resource.id for resource in ready)
        ).apply(lambda known: kubeconfig(args.region, *known[:3]))
        self.register_outputs(
            {
                "name": self.name,
                "endpoint": self.endpoint,
                "certificate_authority": self.certificate_authority,
                "kubeconfig": self.kubeconfig,
            }
        )

    def _key(self, name: str, args: ClusterArgs) -> aws.kms.Key:
        """Make the key that encrypts Kubernetes Secrets, and give it a name that people can find."""
        key = aws.kms.Key(
            f"{name}-key",
            description=f"Kubernetes Secrets of the cluster {args.name}",
            enable_key_rotation=True,
            deletion_window_in_days=KEY_DAYS,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.kms.Alias(
            f"{name}-key-alias",
            name=f"alias/eks/{args.name}",
            target_key_id=key.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return key

    def _logs(self, name: str, args: ClusterArgs) -> aws.cloudwatch.LogGroup:
        """Make the log group before EKS does, for EKS would keep the logs for ever and without tags."""
        return aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/aws/eks/{args.name}/cluster",
            retention_in_days=LOG_DAYS,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _control_plane(
        self, name: str, args: ClusterArgs, key: aws.kms.Key, logs: aws.cloudwatch.LogGroup
    ) -> aws.eks.Cluster:
        return aws.eks.Cluster(
            f"{name}-control-plane",
            name=args.name,
            version=args.version,
            role_arn=args.cluster_role,
            vpc_config={
                "subnet_ids": list(args.subnets),
                "endpoint_private_access": True,
                "endpoint_public_access": False,
            },
            encryption_config={"provider": {"key_arn": key.arn}, "resources": ["secrets"]},
            enabled_cluster_log_types=list(LOG_TYPES),
            # Until there are access entries, whoever makes the cluster is the only one who may use it.
            access_config={"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": True},
            # The add-ons below are ours from the start; EKS would otherwise install copies that nobody updates.
            bootstrap_self_managed_addons=False,
            upgrade_policy={"support_type": "STANDARD"},
            deletion_protection=True,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[logs]),
        )

    def _workers(self, name: str, args: ClusterArgs, control_plane: aws.eks.Cluster) -> list[pulumi.CustomResource]:
        """Install what nodes need to become ready, then the nodes, then what needs nodes."""
        network = self._addon(name, "vpc-cni", args, control_plane, configuration={"enableNetworkPolicy": "true"})
        proxy = self._addon(name, "kube-proxy", args, control_plane)
        nodes = aws.eks.NodeGroup(
            f"{name}-nodes",
            cluster_name=control_plane.name,
            node_group_name=f"{args.name}-nodes",
            node_role_arn=args.node_role,
            subnet_ids=list(args.subnets),
            version=args.version,
            instance_types=list(args.nodes.instance_types),
            scaling_config={
                "min_size": args.nodes.min,
                "desired_size": args.nodes.desired,
                "max_size": args.nodes.max,
            },
            update_config={"max_unavailable_percentage": 33},
            node_repair_config={"enabled": True},
            tags=args.tags,
            # The autoscaler moves the number of nodes; the program only says where it starts.
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[network, proxy], ignore_changes=["scalingConfig.desiredSize"]
            ),
        )
        return [nodes, self._addon(name, "coredns", args, control_plane, after=nodes)]

    def _addon(
        self,
        name: str,
        addon: str,
        args: ClusterArgs,
        control_plane: aws.eks.Cluster,
        *,
        configuration: dict[str, str] | None = None,
        after: pulumi.Resource | None = None,
    ) -> aws.eks.Addon:
        """Install an add-on in the version that EKS recommends for the cluster's; the program's word is the last."""
        return aws.eks.Addon(
            f"{name}-{addon}",
            cluster_name=control_plane.name,
            addon_name=addon,
            configuration_values=None if configuration is None else json.dumps(configuration, sort_keys=True),
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="OVERWRITE",
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=None if after is None else [after]),
        )


def kubeconfig(region: str, name: str, endpoint: str, certificate_authority: str) -> str:
    """Write the kubeconfig of a cluster, as JSON, which every reader of YAML understands."""
    command: dict[str, Any] = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "aws",
        "args": ["eks", "get-token", "--region", region, "--cluster-name", name, "--output", "json"],
        "interactiveMode": "Never",
    }
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": name, "cluster": {"server": endpoint, "certificate-authority-data": certificate_authority}}
        ],
        "users": [{"name": name, "user": {"exec": command}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    return json.dumps(config, sort_keys=True)
