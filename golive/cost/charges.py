"""What AWS charges for each kind of resource, and for which of it the table can speak.

A resource is charged for by what stands there, by use, or not at all. A kind that is in none of the three lists below,
and a size without a price, is named as unpriced: nothing is counted as free because nobody thought of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from golive.planning.mock_engine import Planned

Plan: TypeAlias = Mapping[str, Planned]
"""Path to resource."""

DATABASE = "aws:rds/instance:Instance"
SPOT = "the price of spot instances changes by the hour"


@dataclass(frozen=True)
class Charge:
    """So many of one item of the price table, for the whole month."""

    item: str
    quantity: Decimal = Decimal(1)


@dataclass(frozen=True)
class Unpriced:
    """A part that nobody can price, and why."""

    reason: str


Parts: TypeAlias = list[Charge | Unpriced]


def _one(item: str) -> Callable[[Planned, Plan], Parts]:
    return lambda _resource, _plan: [Charge(item)]


def _number(value: Any) -> Decimal | None:  # noqa: ANN401 - plain JSON of any shape
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _many(item: str, count: Any, what: str) -> Charge | Unpriced:  # noqa: ANN401 - plain JSON of any shape
    number = _number(count)
    return Unpriced(f"{what} is not known before the deployment") if number is None else Charge(item, number)


def _length(value: Any) -> int | None:  # noqa: ANN401 - plain JSON of any shape
    return len(value) if isinstance(value, list) else None


def _endpoint(resource: Planned, _: Plan) -> Parts:
    """An interface endpoint is paid for in each zone; a gateway endpoint is free."""
    if resource.inputs.get("vpcEndpointType") != "Interface":
        return []
    return [_many("ec2/interface-endpoint", _length(resource.inputs.get("subnetIds")), "the number of its subnets")]


def _address(resource: Planned, _: Plan) -> Parts:
    """AWS charges for each address of its own, in use or not; whoever brings addresses pays nothing."""
    pool = resource.inputs.get("publicIpv4Pool", "amazon")
    return [Charge("ec2/public-ipv4") if pool == "amazon" else Unpriced("whose its address pool is, nobody knows")]


def _node_group(resource: Planned, plan: Plan) -> Parts:
    """The nodes that it starts with, of the first type, and the disks of their launch template."""
    inputs = resource.inputs
    count = _number(inputs.get("scalingConfig", {}).get("desiredSize"))
    types = inputs.get("instanceTypes")
    if count is None or not types:
        return [Unpriced("the number or the type of its nodes is not known before the deployment")]
    machines: Charge | Unpriced = Charge(f"ec2/{types[0]}", count)
    if inputs.get("capacityType") == "SPOT":
        machines = Unpriced(f"{count} spot nodes: {SPOT}")
    templates = [plan[path] for path in resource.after if path in plan and ":LaunchTemplate::" in path]
    disks = [mapping for template in templates for mapping in template.inputs.get("blockDeviceMappings", [])]
    if not disks:
        return [machines, Unpriced("the size of its disks is not said")]
    return [machines, *(_disk(mapping.get("ebs", {}), count) for mapping in disks)]


def _disk(ebs: Mapping[str, Any], count: Decimal) -> Charge | Unpriced:
    size = _number(ebs.get("volumeSize"))
    if size is None:
        return Unpriced("the size of a disk is not known before the deployment")
    return Charge(f"ebs/{ebs.get('volumeType', 'gp2')}", size * count)


def _database(resource: Planned, plan: Plan) -> Parts:
    """Its machine, twice with a standby, and its storage, which a replica has from its source."""
    inputs = resource.inputs
    zones = "-multi-az" if inputs.get("multiAz") is True else ""
    source = next((plan[path] for path in resource.after if path in plan and f"{DATABASE}::" in path), None)
    size = inputs.get("allocatedStorage", source.inputs.get("allocatedStorage") if source else None)
    engine = inputs.get("engine", source.inputs.get("engine") if source else "replica")
    return [
        Charge(f"rds/{engine}/{inputs.get('instanceClass')}{zones}"),
        _many(f"rds/{inputs.get('storageType', 'gp2')}{zones}", size, "the size of its storage"),
    ]


def _cache(resource: Planned, _: Plan) -> Parts:
    inputs = resource.inputs
    item = f"elasticache/{inputs.get('engine', 'redis')}/{inputs.get('nodeType')}"
    return [_many(item, inputs.get("numCacheClusters"), "the number of its nodes")]


def _kafka(resource: Planned, _: Plan) -> Parts:
    inputs = resource.inputs
    info = inputs.get("brokerNodeGroupInfo", {})
    count = _number(inputs.get("numberOfBrokerNodes"))
    size = _number(info.get("storageInfo", {}).get("ebsStorageInfo", {}).get("volumeSize"))
    if count is None or size is None:
        return [Unpriced("the number or the storage of its brokers is not known before the deployment")]
    return [Charge(f"msk/{info.get('instanceType')}", count), Charge("msk/storage", size * count)]


def _balancer(resource: Planned, _: Plan) -> Parts:
    return [Charge(f"lb/{resource.inputs.get('loadBalancerType', 'application')}")]


def _secret(resource: Planned, _: Plan) -> Parts:
    """Each copy in another region is a secret of its own."""
    replicas = resource.inputs.get("replicas", [])
    return [_many("secretsmanager/secret", 1 + len(replicas) if isinstance(replicas, list) else None, "its copies")]


def _analyzer(resource: Planned, _: Plan) -> Parts:
    """What looks for access from outside is free; what looks for unused access is paid for by the role."""
    kind = resource.inputs.get("type", "ACCOUNT")
    return [] if kind in ("ACCOUNT", "ORGANIZATION") else [Unpriced(f"no price for an analyser of type {kind}")]


def _certificate(resource: Planned, _: Plan) -> Parts:
    """Public ones are free."""
    private = resource.inputs.get("certificateAuthorityArn") is not None
    return [Unpriced("no price for private certificates")] if private else []


def _web_acl(resource: Planned, _: Plan) -> Parts:
    rules = _length(resource.inputs.get("rules", []))
    return [Charge("wafv2/web-acl"), _many("wafv2/rule", rules, "the number of its rules")]


CHARGED: Mapping[str, Callable[[Planned, Plan], Parts]] = {
    "aws:accessanalyzer/analyzer:Analyzer": _analyzer,
    "aws:acm/certificate:Certificate": _certificate,
    "aws:cloudwatch/metricAlarm:MetricAlarm": _one("cloudwatch/alarm"),
    "aws:ec2/eip:Eip": _address,
    "aws:ec2/natGateway:NatGateway": _one("ec2/nat-gateway"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoint,
    "aws:eks/cluster:Cluster": _one("eks/cluster"),
    "aws:eks/nodeGroup:NodeGroup": _node_group,
    "aws:elasticache/replicationGroup:ReplicationGroup": _cache,
    "aws:kms/key:Key": _one("kms/key"),
    "aws:lb/loadBalancer:LoadBalancer": _balancer,
    "aws:msk/cluster:Cluster": _kafka,
    DATABASE: _database,
    "aws:route53/healthCheck:HealthCheck": _one("route53/health-check"),
    "aws:route53/zone:Zone": _one("route53/zone"),
    "aws:secretsmanager/secret:Secret": _secret,
    "aws:wafv2/webAcl:WebAcl": _web_acl,
}
"""What is paid for by standing there."""

BY_USE: Mapping[str, str] = {
    "aws:backup/plan:Plan": "gibibytes of backups and of copies between regions",
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": "restored gibibytes",
    "aws:cloudfront/distribution:Distribution": "requests and gibibytes to viewers",
    "aws:cloudtrail/trail:Trail": "data events; the first copy of management events is free",
    "aws:cloudwatch/logDelivery:LogDelivery": "gibibytes of logs",
    "aws:cloudwatch/logGroup:LogGroup": "gibibytes of logs",
    "aws:ec2/flowLog:FlowLog": "gibibytes of logs",
    "aws:ecr/replicationConfiguration:ReplicationConfiguration": "gibibytes between regions",
    "aws:ecr/repository:Repository": "gibibytes of images",
    "aws:guardduty/detector:Detector": "events and gibibytes that it looks at",
    "aws:guardduty/detectorFeature:DetectorFeature": "events and machines that it looks at",
    "aws:inspector2/enabler:Enabler": "machines and images that it scans",
    "aws:lambda/function:Function": "calls, seconds and memory",
    "aws:s3/bucket:Bucket": "gibibytes and requests",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": "gibibytes between regions",
}
"""What is paid for by use, of which a program knows nothing."""

FREE_SERVICE = "aws:iam/"
"""The one service that charges for nothing."""

FREE = frozenset(
    {
        "aws:acm/certificateValidation:CertificateValidation",
        "aws:backup/selection:Selection",
        "aws:backup/restoreTestingSelection:RestoreTestingSelection",
        "aws:backup/vault:Vault",
        "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        "aws:cloudfront/originAccessControl:OriginAccessControl",
        "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
        "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
        "aws:cloudwatch/logDeliverySource:LogDeliverySource",
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        "aws:ebs/encryptionByDefault:EncryptionByDefault",
        "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
        "aws:ec2/defaultRouteTable:DefaultRouteTable",
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:ec2/internetGateway:InternetGateway",
        "aws:ec2/launchTemplate:LaunchTemplate",
        "aws:ec2/route:Route",
        "aws:ec2/routeTable:RouteTable",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "aws:ec2/securityGroup:SecurityGroup",
        "aws:ec2/subnet:Subnet",
        "aws:ec2/vpc:Vpc",
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        "aws:eks/accessEntry:AccessEntry",
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        "aws:eks/addon:Addon",
        "aws:eks/podIdentityAssociation:PodIdentityAssociation",
        "aws:elasticache/parameterGroup:ParameterGroup",
        "aws:elasticache/subnetGroup:SubnetGroup",
        "aws:elasticache/user:User",
        "aws:elasticache/userGroup:UserGroup",
        "aws:kms/alias:Alias",
        "aws:lambda/permission:Permission",
        "aws:lb/listener:Listener",
        "aws:lb/listenerRule:ListenerRule",
        "aws:lb/targetGroup:TargetGroup",
        "aws:msk/configuration:Configuration",
        "aws:rds/parameterGroup:ParameterGroup",
        "aws:rds/subnetGroup:SubnetGroup",
        "aws:route53/queryLog:QueryLog",
        "aws:route53/record:Record",
        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketLogging:BucketLogging",
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketVersioning:BucketVersioning",
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        "aws:secretsmanager/secretRotation:SecretRotation",
        "aws:secretsmanager/secretVersion:SecretVersion",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "aws:wafv2/ipSet:IpSet",
        "aws:wafv2/webAclAssociation:WebAclAssociation",
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    }
)
"""Settings of something else, which are paid for with it if at all."""


def is_free(type_: str) -> bool:
    """AWS charges nothing for this kind."""
    return type_ in FREE or type_.startswith(FREE_SERVICE)
