"""A cache by ElastiCache: Valkey in several zones, encrypted both ways, one IAM user for each product."""

from collections.abc import Mapping
from typing import Annotated, Any

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.args import Args
from components.aws.data_stores.access import DataKeys, DataNetwork, admit
from components.aws.iam import Place
from settings.vocabulary import DnsLabel

PORT = 6379
ENGINE = "valkey"
"""Speaks Redis's protocol; AWS adds features to it and prices it lower."""
SNAPSHOT_DAYS = 30
LOG_DAYS = 365
ACCESS = "on ~* &* +@all -@admin -@dangerous"
"""Every key and channel, and no command that reads all keys at once, changes the server or empties it."""


class CacheSize(Args):
    """How big it is; what the stack file says of it."""

    version: Annotated[str, Field(pattern=r"^\d\.\d$")]
    """Valkey's version, for example ``8.0``."""
    node_type: Annotated[str, Field(pattern=r"^cache\.[a-z0-9-]+\.[a-z0-9]+$")]
    """For example ``cache.m7g.large``."""
    nodes: Annotated[int, Field(ge=2, le=6)]
    """A primary and its replicas, each in a zone of its own as far as there are zones."""


class CacheArgs(Args):
    """A cache for one environment."""

    place: Place
    network: DataNetwork
    keys: DataKeys
    size: CacheSize
    products: Annotated[tuple[DnsLabel, ...], Field(min_length=1)]
    """Who uses it, each as an IAM user of its own."""
    tags: dict[str, str]


class Cache(pulumi.ComponentResource):
    """Owns the replication group, its users, its settings, its place in the network and its slow log.

    Answers signal-service-v2:24 and optibid:30 (Redis), go-live-readiness:94 (encryption both ways) and production:50
    (failover). There is no password: clients sign in with a token that IAM makes for their role.
    """

    address: pulumi.Output[str]
    """The host name of the primary."""
    port: int
    users: Mapping[str, pulumi.Output[str]]
    """By product, the ARN of its user, which an IAM policy for ``elasticache:Connect`` names."""
    arn: pulumi.Output[str]
    """What the same policy names beside the user."""

    def __init__(self, name: str, args: CacheArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:Cache", name, None, opts)
        users = {product: self._user(name, args, product) for product in args.products}
        group = self._group(name, args, self._user_group(name, args, list(users.values())))
        self.address = group.primary_endpoint_address
        self.port = PORT
        self.users = {product: user.arn for product, user in users.items()}
        self.arn = group.arn
        self.register_outputs({"address": self.address, "port": self.port, "users": dict(self.users), "arn": self.arn})

    def _user(self, name: str, args: CacheArgs, product: str) -> aws.elasticache.User:
        identity = f"{args.place.name}-{product}"
        return aws.elasticache.User(
            f"{name}-{product}",
            user_id=identity,
            user_name=identity,  # IAM asks that both be the same
            engine=ENGINE,
            access_string=ACCESS,
            authentication_mode={"type": "iam"},
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _user_group(self, name: str, args: CacheArgs, users: list[aws.elasticache.User]) -> aws.elasticache.UserGroup:
        return aws.elasticache.UserGroup(
            f"{name}-users",
            user_group_id=f"{args.place.name}-users",
            engine=ENGINE,
            user_ids=[user.user_id for user in users],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _group(self, name: str, args: CacheArgs, users: aws.elasticache.UserGroup) -> aws.elasticache.ReplicationGroup:
        return aws.elasticache.ReplicationGroup(
            f"{name}-group",
            replication_group_id=f"{args.place.name}-cache",
            description=f"The cache of {args.place.name}",
            engine=ENGINE,
            engine_version=args.size.version,
            node_type=args.size.node_type,
            num_cache_clusters=args.size.nodes,
            automatic_failover_enabled=True,
            multi_az_enabled=True,
            port=PORT,
            subnet_group_name=self._subnets(name, args).name,
            security_group_ids=[admit(self, name, args.place, args.network, (PORT,), args.tags).id],
            parameter_group_name=self._parameters(name, args).name,
            user_group_ids=[users.user_group_id],
            at_rest_encryption_enabled=True,
            kms_key_id=args.keys.data,
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            snapshot_retention_limit=SNAPSHOT_DAYS,
            snapshot_window="03:00-04:00",
            maintenance_window="sun:04:30-sun:05:30",
            final_snapshot_identifier=f"{args.place.name}-cache-final",
            auto_minor_version_upgrade=True,
            log_delivery_configurations=[self._slow_log(name, args)],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _subnets(self, name: str, args: CacheArgs) -> aws.elasticache.SubnetGroup:
        return aws.elasticache.SubnetGroup(
            f"{name}-subnets",
            name=f"{args.place.name}-cache",
            description=f"Where the cache of {args.place.name} may stand",
            subnet_ids=list(args.network.subnets),
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _parameters(self, name: str, args: CacheArgs) -> aws.elasticache.ParameterGroup:
        major = args.size.version.partition(".")[0]
        return aws.elasticache.ParameterGroup(
            f"{name}-parameters",
            name=f"{args.place.name}-cache-{major}",
            family=f"{ENGINE}{major}",
            description="Forget what was used least when memory runs out",
            parameters=[{"name": "maxmemory-policy", "value": "allkeys-lru"}],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _slow_log(self, name: str, args: CacheArgs) -> Any:  # noqa: ANN401 - the SDK's dictionary of inputs
        logs = aws.cloudwatch.LogGroup(
            f"{name}-slow-log",
            name=f"/aws/elasticache/{args.place.name}-cache/slow",
            retention_in_days=LOG_DAYS,
            kms_key_id=args.keys.logs,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return {
            "destination": logs.name,
            "destination_type": "cloudwatch-logs",
            "log_format": "json",
            "log_type": "slow-log",
        }
