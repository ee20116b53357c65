"""What the AWS types that a stack uses have of their own: inputs that are fixed, and automatic names."""

NAME_DIGITS = 7
"""Random digits in an automatic name."""

DEFAULT_IMMUTABLE = ("name", "namePrefix", "region")
IMMUTABLE: dict[str, tuple[str, ...]] = {
    "aws:cloudwatch/logGroup:LogGroup": ("logGroupClass",),
    "aws:eks/accessEntry:AccessEntry": ("clusterName", "principalArn", "type"),
    "aws:eks/addon:Addon": ("addonName", "clusterName"),
    "aws:eks/cluster:Cluster": (
        "accessConfig.bootstrapClusterCreatorAdminPermissions",
        "bootstrapSelfManagedAddons",
        "encryptionConfig",
        "kubernetesNetworkConfig.ipFamily",
        "kubernetesNetworkConfig.serviceIpv4Cidr",
        "outpostConfig",
        "roleArn",
    ),
    "aws:eks/nodeGroup:NodeGroup": (
        "amiType",
        "capacityType",
        "clusterName",
        "diskSize",
        "instanceTypes",
        "launchTemplate.id",
        "launchTemplate.name",
        "nodeGroupName",
        "nodeGroupNamePrefix",
        "nodeRoleArn",
        "remoteAccess",
        "subnetIds",
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": ("clusterName", "namespace", "serviceAccount"),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": ("url",),
    "aws:iam/policy:Policy": ("description", "path"),
    "aws:iam/role:Role": ("path",),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ("policyArn", "role"),
    "aws:kms/key:Key": ("customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"),
}
"""Inputs that AWS can't change in place, apart from names and the region."""

AUTONAMED = {"aws:eks/nodeGroup:NodeGroup": "nodeGroupName", "aws:rds/instance:Instance": "identifier"}
"""The input that takes an automatic name where it is not ``name``."""
PREFIXES = {"aws:kms/alias:Alias": "alias/"}

COMPUTED_INSIDE: dict[str, tuple[str, ...]] = {
    "aws:eks/cluster:Cluster": ("vpcConfig.clusterSecurityGroupId", "vpcConfig.vpcId")
}
"""What AWS fills in inside an object that the program gives."""
