"""Each control that a component promises is held by the pack: turned off, it is refused."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from components.aws.audit import Audit, AuditArgs
from components.aws.backup import Backup, BackupArgs
from components.aws.cluster import Cluster, ClusterArgs
from components.aws.data_stores.stores import DataStores, DataStoresArgs
from components.aws.detection import Detection, DetectionArgs
from components.aws.edge.edge import Edge, EdgeArgs
from components.aws.identity import Identity, IdentityArgs
from components.aws.network import Network, NetworkArgs
from components.aws.registry import Registry, RegistryArgs
from components.aws.secret_store import SecretStore, SecretStoreArgs
from tests.components import (
    test_audit,
    test_backup,
    test_cluster,
    test_data_stores,
    test_edge,
    test_identity,
    test_network,
    test_registry,
    test_secret_store,
)
from tests.support.aws_plan import TAGS, plan_aws, refusing, spoilt
from tests.support.plan import Planned

PROGRAMS: dict[str, Callable[[], object]] = {
    "edge": lambda: Edge("edge", EdgeArgs.model_validate(test_edge.GOOD)),
    "stores": lambda: DataStores("stores", DataStoresArgs.model_validate(test_data_stores.GOOD)),
    "backup": lambda: Backup("backup", BackupArgs.model_validate(test_backup.GOOD)),
    "audit": lambda: Audit("audit", AuditArgs.model_validate(test_audit.GOOD)),
    "watch": lambda: Detection("watch", DetectionArgs.model_validate(test_audit.WATCHED)),
    "ci": lambda: Identity("ci", IdentityArgs.model_validate(test_identity.GOOD)),
    "cluster": lambda: Cluster("main", ClusterArgs.model_validate(test_cluster.GOOD)),
    "network": lambda: Network("network", NetworkArgs.model_validate(test_network.GOOD)),
    "registry": lambda: Registry("registry", RegistryArgs.model_validate(test_registry.GOOD)),
    "secrets": lambda: SecretStore("secrets", SecretStoreArgs.model_validate(test_secret_store.GOOD)),
}

Off: TypeAlias = tuple[str, str, dict[str, Any], str]
"""A program, one of its resources, what is changed in it (None takes it away), and the rule that refuses it."""

WITHOUT_OWNER = {key: value for key, value in TAGS.items() if key != "owner"}
OPEN_TRUST = '{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}}'
CONTROLS: dict[str, Off] = {
    "old TLS at the load balancer": (
        "edge",
        "edge-us-east-1-https",
        {"sslPolicy": "ELBSecurityPolicy-2016-08"},
        "listener-tls",
    ),
    "no firewall before CloudFront": (
        "edge",
        "edge-optibid-distribution",
        {"webAclId": None},
        "distribution-has-web-acl",
    ),
    "no security headers": ("edge", "edge-optibid-headers", {"securityHeadersConfig": {}}, "security-headers-complete"),
    "no content policy": (
        "edge",
        "edge-optibid-distribution",
        {"defaultCacheBehavior": {"viewerProtocolPolicy": "https-only"}},
        "distribution-security-headers",
    ),
    "plain HTTP to viewers": (
        "edge",
        "edge-optibid-distribution",
        {"defaultCacheBehavior": {"viewerProtocolPolicy": "allow-all"}},
        "distribution-tls",
    ),
    "plain HTTP to the origin": (
        "edge",
        "edge-optibid-distribution",
        {"origins": [{"domainName": "o.example.com", "customOriginConfig": {"originProtocolPolicy": "http-only"}}]},
        "distribution-origin-tls",
    ),
    "a public bucket behind CloudFront": (
        "edge",
        "edge-optibid-distribution",
        {"origins": [{"domainName": "web.s3.us-east-1.amazonaws.com"}]},
        "distribution-origin-private",
    ),
    "no managed rules": ("edge", "edge-web-acl-acl", {"rules": []}, "web-acl-managed-groups"),
    "no rate limit": ("edge", "edge-web-acl-acl", {"rules": []}, "web-acl-rate-limited"),
    "a firewall without a log key": ("edge", "edge-web-acl-logs", {"kmsKeyId": None}, "log-group-encrypted"),
    "firewall logs for a week": ("edge", "edge-web-acl-logs", {"retentionInDays": 7}, "log-retention"),
    "the world at the load balancer's every port": (
        "edge",
        "edge-us-east-1-from-cloudfront",
        {"ipProtocol": "-1", "cidrIpv4": "0.0.0.0/0"},
        "no-world-ingress",
    ),
    "a load balancer that can be deleted": (
        "edge",
        "edge-us-east-1-balancer",
        {"enableDeletionProtection": False},
        "load-balancer-deletion-protected",
    ),
    "malformed headers": (
        "edge",
        "edge-us-east-1-balancer",
        {"dropInvalidHeaderFields": None},
        "load-balancer-drops-invalid-headers",
    ),
    "a load balancer without a record": (
        "edge",
        "edge-us-east-1-balancer",
        {"accessLogs": None},
        "load-balancer-logged",
    ),
    "one zone": ("stores", "postgresql-instance", {"multiAz": False}, "database-multi-zone"),
    "a database in plain": ("stores", "postgresql-instance", {"storageEncrypted": False}, "storage-encrypted"),
    "a public database": ("stores", "postgresql-instance", {"publiclyAccessible": True}, "database-private"),
    "a week of backups": ("stores", "postgresql-instance", {"backupRetentionPeriod": 7}, "database-backups"),
    "a database that can be deleted": (
        "stores",
        "postgresql-instance",
        {"deletionProtection": False},
        "database-deletion-protected",
    ),
    "no last snapshot": ("stores", "postgresql-instance", {"skipFinalSnapshot": True}, "database-final-snapshot"),
    "a password in the program": (
        "stores",
        "postgresql-instance",
        {"manageMasterUserPassword": None, "password": "hunter2"},
        "database-password-managed",
    ),
    "no IAM at the database": (
        "stores",
        "postgresql-instance",
        {"iamDatabaseAuthenticationEnabled": False},
        "database-iam-authentication",
    ),
    "no insights": ("stores", "postgresql-instance", {"performanceInsightsEnabled": False}, "database-insights"),
    "no TLS at the database": (
        "stores",
        "postgresql-parameters",
        {"parameters": [{"name": "rds.force_ssl", "value": "0"}]},
        "database-tls-forced",
    ),
    "no logs of the database": (
        "stores",
        "postgresql-instance",
        {"enabledCloudwatchLogsExports": None},
        "database-logs-exported",
    ),
    "the world at the database": (
        "stores",
        "postgresql-client-0-5432",
        {"referencedSecurityGroupId": None, "cidrIpv4": "0.0.0.0/0"},
        "no-world-store-ports",
    ),
    "a cache in plain": ("stores", "redis-group", {"atRestEncryptionEnabled": False}, "storage-encrypted"),
    "a cache that talks in plain": ("stores", "redis-group", {"transitEncryptionEnabled": False}, "transit-encrypted"),
    "a cache in one zone": ("stores", "redis-group", {"multiAzEnabled": False}, "cache-survives-zone"),
    "a cache for anybody": ("stores", "redis-group", {"userGroupIds": []}, "cache-authenticated"),
    "brokers for anybody": (
        "stores",
        "kafka-cluster",
        {"clientAuthentication": {"unauthenticated": True}},
        "broker-authenticated",
    ),
    "brokers that talk in plain": (
        "stores",
        "kafka-cluster",
        {"encryptionInfo": {"encryptionInTransit": {"clientBroker": "PLAINTEXT"}}},
        "transit-encrypted",
    ),
    "messages without our key": ("stores", "kafka-cluster", {"encryptionInfo": None}, "broker-storage-key"),
    "nobody's database": ("stores", "postgresql-instance", {"tags": WITHOUT_OWNER}, "resource-tags"),
    "backups without our key": ("backup", "backup-vault", {"kmsKeyArn": None}, "backup-vault-encrypted"),
    "backups that can be deleted": ("backup", "backup-lock", {"minRetentionDays": 1}, "backup-vault-locked"),
    "backups once a week": (
        "backup",
        "backup-plan",
        {"rules": [{"ruleName": "weekly", "schedule": "cron(0 5 ? * SUN *)", "lifecycle": {"deleteAfter": 30}}]},
        "backup-plan-daily",
    ),
    "a trail of one region": ("audit", "audit-trail", {"isMultiRegionTrail": False}, "trail-complete"),
    "a trail that can't be proven": ("audit", "audit-trail", {"enableLogFileValidation": False}, "trail-complete"),
    "a trail without our key": ("audit", "audit-trail", {"kmsKeyId": None}, "trail-encrypted"),
    "a trail that nobody can search": ("audit", "audit-trail", {"cloudWatchLogsGroupArn": None}, "trail-searchable"),
    "a year of audit logs": ("audit", "audit-log", {"retentionInDays": 365}, "log-retention"),
    "a trail that anybody writes": ("audit", "audit-writer", {"assumeRolePolicy": OPEN_TRUST}, "no-open-trust"),
    "no intruder is looked for": ("watch", "watch-us-east-1-detector", {"enable": False}, "detector-enabled"),
    "disks in plain by default": ("watch", "watch-us-west-2-disks", {"enabled": False}, "disks-encrypted-by-default"),
    "any job deploys": (
        "ci",
        "ci-deploy",
        {
            "assumeRolePolicy": '{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", '
            '"Principal": {"Federated": "arn:aws:iam::1:oidc-provider/ci"}, '
            '"Condition": {"StringLike": {"ci:sub": "repo:*"}}}}'
        },
        "oidc-names-jobs",
    ),
    "an administrator deploys": (
        "ci",
        "ci-deploy-SecurityAudit",
        {"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
        "no-administrator-policy",
    ),
    "a trail of objects alone": (
        "audit",
        "audit-trail",
        {"advancedEventSelectors": [{"fieldSelectors": [{"field": "eventCategory", "equals": ["Data"]}]}]},
        "trail-complete",
    ),
    "addresses for every machine": (
        "network",
        "network-public-a",
        {"mapPublicIpOnLaunch": True},
        "subnet-no-public-address",
    ),
    "a flow log of what was let in": ("network", "network-flow-log", {"trafficType": "ACCEPT"}, "vpc-flow-logs"),
    "flow logs for a month": ("network", "network-flow-logs", {"retentionInDays": 30}, "log-retention"),
    "flow logs without our key": ("network", "network-flow-logs", {"kmsKeyId": None}, "log-group-encrypted"),
    "a default group that talks": (
        "network",
        "network-default-group",
        {"egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}]},
        "default-security-group-closed",
    ),
    "machines that nobody describes": ("cluster", "main-general", {"launchTemplate": None}, "node-group-has-template"),
    "credentials for pods": (
        "cluster",
        "main-general-template",
        {"metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 2}},
        "launch-template-metadata",
    ),
    "nodes' disks in plain": (
        "cluster",
        "main-general-template",
        {"blockDeviceMappings": None},
        "launch-template-disks-encrypted",
    ),
    "images without our key": (
        "registry",
        "registry-254carbon-marketplace",
        {"encryptionConfigurations": None},
        "repository-encrypted",
    ),
    "a secret without our key": (
        "secrets",
        "secrets-prod-optibid-stores",
        {"kmsKeyId": None},
        "secret-encrypted-by-key",
    ),
    "a secret that stays": (
        "secrets",
        "secrets-prod-optibid-stores-rotation",
        {"rotationEnabled": False},
        "secret-rotation",
    ),
    "a policy that allows everything": (
        "ci",
        "ci-boundary-policy",
        {"policy": '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'},
        "no-policy-wildcard",
    ),
}


@pytest.fixture(scope="module")
def plans() -> dict[str, tuple[Planned, ...]]:
    return {name: plan_aws(program) for name, program in PROGRAMS.items()}


@pytest.mark.parametrize("control", CONTROLS)
def test_what_is_turned_off_is_refused(plans: dict[str, tuple[Planned, ...]], control: str) -> None:
    program, name, changes, rule = CONTROLS[control]
    whole = plans[program]
    sound = spoilt(whole, name)
    assert rule not in refusing(sound), "the rule refuses what is sound"
    assert rule in refusing(spoilt(whole, name, **changes))


@pytest.mark.parametrize(
    ("program", "gone", "rule"),
    [
        ("edge", "edge-us-east-1-web-acl", "load-balancer-has-web-acl"),
        ("edge", "edge-web-acl-logging", "web-acl-logged"),
        ("backup", "backup-copy-lock", "backup-vault-locked"),
        ("network", "network-flow-log", "vpc-flow-logs"),
        ("network", "network-default-group", "default-security-group-closed"),
        ("registry", "registry-254carbon-marketplace-lifecycle", "repository-lifecycle"),
    ],
)
def test_what_is_left_out_is_refused(plans: dict[str, tuple[Planned, ...]], program: str, gone: str, rule: str) -> None:
    whole = plans[program]
    rest = tuple(each for each in whole if each.name != gone or each.type.startswith("golive:"))
    assert len(rest) < len(whole)
    assert rule in refusing(spoilt(rest, rest[0].name))
