"""PostgreSQL by RDS: two zones, encrypted, reached by TLS and IAM alone, and hard to lose."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

import pulumi
import pulumi_aws as aws
from pydantic import Field, model_validator

from components.args import Args, Wire
from components.aws.data_stores.access import DataKeys, DataNetwork, admit
from components.aws.iam import Place, managed, trust

PORT = 5432
ADMINISTRATOR = "golive_admin"
"""Who sets databases up; products sign in as users of their own."""
BACKUP_DAYS = 30
"""What go-live-readiness:115 asks; RDS keeps 35 at most."""
LOG_DAYS = 365
SECONDS_BETWEEN_MEASUREMENTS = 60
INSIGHTS_DAYS = 7
"""What Performance Insights keeps without a price of its own."""
SLOW_MILLISECONDS = 1000
"""From how long on a statement is logged."""

PARAMETERS: Mapping[str, tuple[str, str]] = {
    "rds.force_ssl": ("1", "immediate"),
    "log_connections": ("1", "immediate"),
    "log_disconnections": ("1", "immediate"),
    "log_statement": ("ddl", "immediate"),
    "log_min_duration_statement": (str(SLOW_MILLISECONDS), "immediate"),
    "shared_preload_libraries": ("pg_stat_statements", "pending-reboot"),
}
"""Setting to value and to when it holds; the first refuses every connection without TLS."""


class PostgresqlSize(Args):
    """How big it is; what the stack file says of it."""

    version: Annotated[str, Field(pattern=r"^\d{2}(\.\d+)?$")]
    """PostgreSQL's version, for example ``17`` or ``17.6``; RDS adds minor ones by itself."""
    instance_class: Annotated[str, Field(pattern=r"^db\.[a-z0-9-]+\.[a-z0-9]+$")]
    """For example ``db.m7g.large``."""
    storage_gib: Annotated[int, Field(ge=20, le=65536)]
    """What it starts with."""
    most_storage_gib: Annotated[int, Field(ge=20, le=65536)]
    """How far RDS may grow it."""
    zones: Annotated[int, Field(ge=1, le=2)] = 2
    """Two keep a standby in another zone."""

    @model_validator(mode="after")
    def _can_grow(self) -> Self:
        # RDS wants at least a tenth more to grow into, and grows not at all where both are the same.
        if self.most_storage_gib != self.storage_gib and self.most_storage_gib * 10 < self.storage_gib * 11:
            room = f"{self.most_storage_gib} for {self.storage_gib}"
            raise ValueError(
                f"expected most_storage_gib to be storage_gib or a tenth more, as 110 for 100; found {room}"
            )
        return self


class PostgresqlArgs(Args):
    """A database server for one environment."""

    place: Place
    network: DataNetwork
    keys: DataKeys
    size: PostgresqlSize
    database: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
    """The first database in it."""
    source: Wire[str] | None = None
    """The ARN of the instance in another region that this one follows, until somebody promotes it."""
    tags: dict[str, str]


class Postgresql(pulumi.ComponentResource):
    """Owns the instance, its settings, its place in the network, its logs and the role that measures it.

    Answers go-live-readiness:26 and production:95 (database), go-live-readiness:94 (encryption both ways),
    go-live-readiness:115 (daily backups for thirty days), production:50 (failover) and optibid:63 (credentials).
    The administrator's password is made, kept and rotated by AWS; no program ever sees it.
    """

    address: pulumi.Output[str]
    """The host name that clients connect to."""
    port: int
    arn: pulumi.Output[str]
    """What a replica in another region copies, and what a backup selects."""
    resource_id: pulumi.Output[str]
    """What an IAM policy for ``rds-db:connect`` names."""
    secret_arn: pulumi.Output[str]
    """The administrator's credentials in Secrets Manager; empty for an instance that follows another."""

    def __init__(self, name: str, args: PostgresqlArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:Postgresql", name, None, opts)
        logs = self._logs(name, args)
        instance = self._instance(name, args, logs)
        self.address = instance.address
        self.port = PORT
        self.arn = instance.arn
        self.resource_id = instance.resource_id
        self.secret_arn = instance.master_user_secrets.apply(
            lambda secrets: (secrets[0].secret_arn or "") if secrets else ""
        )
        self.register_outputs(
            {
                "address": self.address,
                "port": self.port,
                "arn": self.arn,
                "resource_id": self.resource_id,
                "secret_arn": self.secret_arn,
            }
        )

    def _instance(self, name: str, args: PostgresqlArgs, logs: list[aws.cloudwatch.LogGroup]) -> aws.rds.Instance:
        identifier, size = identifier_of(args.place), args.size
        return aws.rds.Instance(
            f"{name}-instance",
            identifier=identifier,
            **_origin(args),
            instance_class=size.instance_class,
            max_allocated_storage=size.most_storage_gib,
            storage_type="gp3",
            storage_encrypted=True,
            kms_key_id=args.keys.data,
            multi_az=size.zones > 1,
            port=PORT,
            iam_database_authentication_enabled=True,
            db_subnet_group_name=self._subnets(name, args).name,
            vpc_security_group_ids=[admit(self, name, args.place, args.network, (PORT,), args.tags).id],
            publicly_accessible=False,
            parameter_group_name=self._parameters(name, args).name,
            ca_cert_identifier="rds-ca-rsa2048-g1",
            auto_minor_version_upgrade=True,
            allow_major_version_upgrade=False,
            backup_retention_period=BACKUP_DAYS,
            backup_window="03:00-04:00",
            maintenance_window="sun:04:30-sun:05:30",
            copy_tags_to_snapshot=True,
            delete_automated_backups=False,
            deletion_protection=True,
            skip_final_snapshot=False,
            final_snapshot_identifier=f"{identifier}-final",
            performance_insights_enabled=True,
            performance_insights_kms_key_id=args.keys.data,
            performance_insights_retention_period=INSIGHTS_DAYS,
            monitoring_interval=SECONDS_BETWEEN_MEASUREMENTS,
            monitoring_role_arn=self._measuring_role(name, args).arn,
            enabled_cloudwatch_logs_exports=["postgresql", "upgrade"],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=logs),
        )

    def _subnets(self, name: str, args: PostgresqlArgs) -> aws.rds.SubnetGroup:
        return aws.rds.SubnetGroup(
            f"{name}-subnets",
            name=identifier_of(args.place),
            description=f"Where {identifier_of(args.place)} may stand",
            subnet_ids=list(args.network.subnets),
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _parameters(self, name: str, args: PostgresqlArgs) -> aws.rds.ParameterGroup:
        major = args.size.version.partition(".")[0]
        return aws.rds.ParameterGroup(
            f"{name}-parameters",
            # Another major version needs another group while the old one is in use.
            name=f"{identifier_of(args.place)}-{major}",
            family=f"postgres{major}",
            description="TLS only, and a record of connections and slow statements",
            parameters=[
                {"name": setting, "value": value, "apply_method": when} for setting, (value, when) in PARAMETERS.items()
            ],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _logs(self, name: str, args: PostgresqlArgs) -> list[aws.cloudwatch.LogGroup]:
        """Make the log groups before RDS does, for RDS would keep them for ever and in plain."""
        return [
            aws.cloudwatch.LogGroup(
                f"{name}-{kind}-log",
                name=f"/aws/rds/instance/{identifier_of(args.place)}/{kind}",
                retention_in_days=LOG_DAYS,
                kms_key_id=args.keys.logs,
                tags=args.tags,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for kind in ("postgresql", "upgrade")
        ]

    def _measuring_role(self, name: str, args: PostgresqlArgs) -> aws.iam.Role:
        role = aws.iam.Role(
            f"{name}-measuring",
            name=f"{identifier_of(args.place)}-measuring",
            description=f"RDS measures {identifier_of(args.place)} from within",
            assume_role_policy=trust("monitoring.rds.amazonaws.com", account=args.place.account),
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.iam.RolePolicyAttachment(
            f"{name}-measuring-policy",
            role=role.name,
            policy_arn=managed("service-role/AmazonRDSEnhancedMonitoringRole"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return role


def identifier_of(place: Place) -> str:
    """Name the instance of an environment; its ARN follows from it."""
    return f"{place.name}-postgresql"


def _origin(args: PostgresqlArgs) -> dict[str, Any]:
    """What a database is made from; one that follows has its source's engine, size, database and users."""
    if args.source is not None:
        return {"replicate_source_db": args.source}
    return {
        "engine": "postgres",
        "engine_version": args.size.version,
        "allocated_storage": args.size.storage_gib,
        "db_name": args.database,
        "username": ADMINISTRATOR,
        "manage_master_user_password": True,
        "master_user_secret_kms_key_id": args.keys.secrets,
    }
