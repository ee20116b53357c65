"""What the AWS types that a stack uses have of their own: inputs that are fixed, and automatic names."""

NAME_DIGITS = 7
"""Random digits in an automatic name."""

DEFAULT_IMMUTABLE = ("name", "namePrefix", "region")
IMMUTABLE: dict[str, tuple[str, ...]] = {
    "aws:backup/vault:Vault": ("kmsKeyArn",),
    "aws:cloudfront/originAccessControl:OriginAccessControl": ("originAccessControlOriginType",),
    "aws:cloudwatch/logGroup:LogGroup": ("logGroupClass",),
    "aws:ec2/flowLog:FlowLog": (
        "iamRoleArn",
        "logDestination",
        "logDestinationType",
        "maxAggregationInterval",
        "trafficType",
        "vpcId",
    ),
    "aws:ec2/natGateway:NatGateway": ("allocationId", "connectivityType", "subnetId"),
    "aws:ec2/routeTable:RouteTable": ("vpcId",),
    "aws:ec2/securityGroup:SecurityGroup": ("description", "vpcId"),
    "aws:ec2/subnet:Subnet": ("availabilityZone", "cidrBlock", "vpcId"),
    "aws:ec2/vpc:Vpc": ("cidrBlock",),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("serviceName", "vpcEndpointType", "vpcId"),
    "aws:ecr/repository:Repository": ("encryptionConfigurations",),
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
    "aws:lb/loadBalancer:LoadBalancer": ("internal", "loadBalancerType"),
    "aws:lb/targetGroup:TargetGroup": ("port", "protocol", "targetType", "vpcId"),
    "aws:msk/cluster:Cluster": ("clusterName", "encryptionInfo.encryptionAtRestKmsKeyArn"),
    "aws:rds/instance:Instance": ("identifier", "kmsKeyId", "storageEncrypted", "username"),
    "aws:route53/zone:Zone": ("delegationSetId",),
    "aws:s3/bucket:Bucket": ("bucket", "bucketPrefix", "objectLockEnabled"),
    "aws:secretsmanager/secretRotation:SecretRotation": ("secretId",),
    "aws:secretsmanager/secretVersion:SecretVersion": ("secretId",),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ("securityGroupId",),
    "aws:wafv2/webAcl:WebAcl": ("scope",),
}
"""Inputs that AWS can't change in place, apart from names and the region."""

AUTONAMED = {
    "aws:eks/nodeGroup:NodeGroup": "nodeGroupName",
    "aws:msk/cluster:Cluster": "clusterName",
    "aws:rds/instance:Instance": "identifier",
    "aws:s3/bucket:Bucket": "bucket",
}
"""The input that takes an automatic name where it is not ``name``."""
PREFIXES = {"aws:kms/alias:Alias": "alias/"}

COMPUTED_INSIDE: dict[str, tuple[str, ...]] = {
    "aws:eks/cluster:Cluster": ("vpcConfig.clusterSecurityGroupId", "vpcConfig.vpcId")
}
"""What AWS fills in inside an object that the program gives."""
