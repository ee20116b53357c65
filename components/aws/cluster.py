"""An EKS cluster: closed from outside, encrypted, with a record of every request, on nodes that hold no secrets."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

import pulumi
import pulumi_aws as aws
from pydantic import Field, field_validator

from components.args import Args, Awaited, Wire
from components.aws.addons import AddonVersions, Installed, after_nodes, before_nodes
from components.aws.iam import Place, managed, policy, trust
from components.aws.nodes import Machines, NodeRole, NodesArgs, node_group
from settings.vocabulary import Cidr, DnsLabel, IamRoleArn, KubernetesVersion

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
"""Every log that the control plane can write."""

LOG_DAYS = 731
"""Two years, as the audit trail asks (go-live-readiness:95); the number is one of those that CloudWatch accepts."""

SLASH_ZERO = "/0"

Right: TypeAlias = Literal["cluster-admin", "admin", "edit", "view"]
RIGHTS: Mapping[Right, str] = {
    "cluster-admin": "AmazonEKSClusterAdminPolicy",
    "admin": "AmazonEKSAdminPolicy",
    "edit": "AmazonEKSEditPolicy",
    "view": "AmazonEKSViewPolicy",
}
"""What EKS calls each right."""


class AccessArgs(Args):
    """One role that may use the cluster, and how far."""

    name: DnsLabel
    role: Wire[IamRoleArn]
    right: Right
    namespaces: tuple[DnsLabel, ...] = ()
    """Where the right holds; everywhere when empty."""


class ClusterArgs(Args):
    """What a cluster is called, where it runs, who may use it, and what its nodes are."""

    place: Place
    """The cluster bears the place's name; the provider that the caller passes has to be of the same region."""
    version: KubernetesVersion
    subnets: Annotated[tuple[Wire[str], ...], Field(min_length=2)]
    """Private subnets, each in its own availability zone."""
    public_access: tuple[Cidr, ...] = ()
    """Networks from which the API may be reached over the internet; none means that there is no public endpoint."""
    access: Annotated[tuple[AccessArgs, ...], Field(min_length=1)]
    """Who may use it. Whoever makes it gets no rights by that, so the role that deploys has to be among these."""
    nodes: Annotated[tuple[NodesArgs, ...], Field(min_length=1)]
    addons: AddonVersions
    secrets_key: Wire[str]
    """The ARN of the key for Kubernetes Secrets."""
    disks_key: Wire[str]
    """The ARN of the key for the disks of nodes and volumes."""
    logs_key: Wire[str]
    """The ARN of the key for log groups."""
    after: Awaited = ()
    """What nodes can't start without: routes and endpoints."""
    tags: Mapping[str, str]

    @field_validator("public_access")
    @classmethod
    def _named(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        if any(network.endswith(SLASH_ZERO) for network in networks):
            raise ValueError("expected networks that you know, for example 203.0.113.0/24; found the whole world")
        return networks


class Cluster(pulumi.ComponentResource):
    """Owns the control plane and its logs, the roles of both, who may use it, the node groups and the add-ons.

    Answers go-live-readiness:14, go-live-readiness:25 and production:6 (hardened cluster), go-live-readiness:94
    (encryption at rest), go-live-readiness:95 (audit logs for two years), go-live-readiness:102 (least privilege),
    signal-service-v2:22 (capacity), and gives NetworkPolicies somebody who enforces them (new-services:209).
    Without ``public_access`` a deployment runs from within the network.
    """

    name: pulumi.Output[str]
    """The cluster's name."""
    endpoint: pulumi.Output[str]
    """The address of the API server."""
    certificate_authority: pulumi.Output[str]
    """The certificate that the API server is known by, in base64."""
    security_group: pulumi.Output[str]
    """The id of the security group of the control plane and of every node."""
    kubeconfig: pulumi.Output[str]
    """For a Kubernetes provider: asks the AWS command for a token at each use, so it holds no secret. Complete once the
    last node, add-on and access entry are there, so that whoever uses it finds a cluster that can run pods."""

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:Cluster", name, None, opts)
        control_plane = self._control_plane(name, args)
        ready = [*self._access(name, args, control_plane), *self._workers(name, args, control_plane)]
        self.name = control_plane.name
        self.endpoint = control_plane.endpoint
        self.certificate_authority = control_plane.certificate_authority.apply(lambda authority: authority.data or "")
        # Asked together with the id, since the inputs that a preview hands back hold no group.
        self.security_group = pulumi.Output.all(control_plane.vpc_config, control_plane.id).apply(
            lambda known: known[0].cluster_security_group_id
        )
        self.kubeconfig = pulumi.Output.all(
            self.name, self.endpoint, self.certificate_authority, *(resource.id for resource in ready)
        ).apply(lambda known: kubeconfig(args.place.region, *known[:3]))
        self.register_outputs(
            {
                "name": self.name,
                "endpoint": self.endpoint,
                "certificate_authority": self.certificate_authority,
                "security_group": self.security_group,
                "kubeconfig": self.kubeconfig,
            }
        )

    def _logs(self, name: str, args: ClusterArgs) -> aws.cloudwatch.LogGroup:
        """Make the log group before EKS does, for EKS would keep the logs for ever, unencrypted and without tags."""
        return aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/aws/eks/{args.place.name}/cluster",
            retention_in_days=LOG_DAYS,
            kms_key_id=args.logs_key,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _role(self, name: str, args: ClusterArgs) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
        """Make the role of the control plane, and return what it has to be granted first."""
        opts = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            f"{name}-role",
            name=f"{args.place.name}-control-plane",
            description=f"Control plane of {args.place.name}",
            assume_role_policy=trust("eks.amazonaws.com"),
            tags=args.tags,
            opts=opts,
        )
        uses = args.place.by_key(
            "EncryptSecrets", ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants"), "cluster"
        )
        return role, [
            aws.iam.RolePolicyAttachment(
                f"{name}-role-eks", role=role.name, policy_arn=managed("AmazonEKSClusterPolicy"), opts=opts
            ),
            aws.iam.RolePolicy(f"{name}-role-key", role=role.name, policy=policy(uses), opts=opts),
        ]

    def _control_plane(self, name: str, args: ClusterArgs) -> aws.eks.Cluster:
        role, granted = self._role(name, args)
        public = list(args.public_access)
        vpc: aws.eks.ClusterVpcConfigArgsDict = {
            "subnet_ids": list(args.subnets),
            "endpoint_private_access": True,
            "endpoint_public_access": bool(public),
        }
        if public:
            vpc["public_access_cidrs"] = public
        return aws.eks.Cluster(
            f"{name}-control-plane",
            name=args.place.name,
            version=args.version,
            role_arn=role.arn,
            vpc_config=vpc,
            encryption_config={"provider": {"key_arn": args.secrets_key}, "resources": ["secrets"]},
            enabled_cluster_log_types=list(LOG_TYPES),
            access_config={"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False},
            # The add-ons are ours from the start; EKS would otherwise install copies that nobody updates.
            bootstrap_self_managed_addons=False,
            upgrade_policy={"support_type": "STANDARD"},
            deletion_protection=True,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self._logs(name, args), *granted]),
        )

    def _access(
        self, name: str, args: ClusterArgs, control_plane: aws.eks.Cluster
    ) -> list[aws.eks.AccessPolicyAssociation]:
        """Say who may use the cluster; there is no ConfigMap that could say otherwise."""
        made: list[aws.eks.AccessPolicyAssociation] = []
        for access in args.access:
            entry = aws.eks.AccessEntry(
                f"{name}-access-{access.name}",
                cluster_name=control_plane.name,
                principal_arn=access.role,
                type="STANDARD",
                tags=args.tags,
                opts=pulumi.ResourceOptions(parent=self),
            )
            scope: aws.eks.AccessPolicyAssociationAccessScopeArgsDict = {"type": "cluster"}
            if access.namespaces:
                scope = {"type": "namespace", "namespaces": list(access.namespaces)}
            made.append(
                aws.eks.AccessPolicyAssociation(
                    f"{name}-access-{access.name}-{access.right}",
                    cluster_name=control_plane.name,
                    principal_arn=entry.principal_arn,
                    policy_arn=f"arn:aws:eks::aws:cluster-access-policy/{RIGHTS[access.right]}",
                    access_scope=scope,
                    opts=pulumi.ResourceOptions(parent=self),
                )
            )
        return made

    def _workers(self, name: str, args: ClusterArgs, control_plane: aws.eks.Cluster) -> list[pulumi.CustomResource]:
        """Install what nodes need to become ready, then the nodes, then what needs nodes."""
        installed = Installed(name, args.place, control_plane.name, args.addons, args.tags, self)
        first = before_nodes(installed)
        shared = Machines(
            cluster=control_plane.name,
            version=args.version,
            place=args.place,
            subnets=args.subnets,
            disks_key=args.disks_key,
            tags=args.tags,
        )
        role = NodeRole(name, args.place, args.tags, self)
        nodes = [node_group(name, group, shared, role, [*args.after, *first], self) for group in args.nodes]
        return [*nodes, *after_nodes(installed, nodes)]


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
