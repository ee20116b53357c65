"""What stands ready in the second region: a database that follows the first one's, and a cluster that can grow."""

from typing import Annotated, Self

import pulumi
from pydantic import Field, model_validator

from components.args import Args, Wire
from components.aws.cluster import Cluster, ClusterArgs
from components.aws.data_stores.access import DataKeys, DataNetwork
from components.aws.data_stores.postgresql import Postgresql, PostgresqlArgs, PostgresqlSize
from components.aws.iam import Place
from settings.vocabulary import AwsRegion


class DatabaseReplica(Args):
    """A PostgreSQL server that follows the primary's."""

    source: Wire[str]
    """The ARN of the primary."""
    size: PostgresqlSize
    """Its own class and zones; the version and the storage are the primary's."""
    database: str
    vpc_id: Wire[str]
    subnets: Annotated[tuple[Wire[str], ...], Field(min_length=2)]
    """Isolated subnets, each in a zone of its own."""
    clients: tuple[Wire[str], ...] = ()
    """Security groups that may connect beside the standby cluster's."""
    keys: DataKeys


class StandbyArgs(Args):
    """The second region and what it holds."""

    primary: AwsRegion
    place: Place
    """The second region. Its name differs from the primary's, for roles of one account share their names' space."""
    cluster: ClusterArgs | None = None
    """The standby cluster at the size that the stack file states; none is cheaper, and takes longer to stand in."""
    database: DatabaseReplica | None = None
    tags: dict[str, str]

    @model_validator(mode="after")
    def _elsewhere(self) -> Self:
        if self.place.region == self.primary:
            raise ValueError(f"expected the standby in another region than {self.primary}")
        if self.cluster is not None and self.cluster.place != self.place:
            found = f"{self.cluster.place.name} in {self.cluster.place.region}"
            raise ValueError(f"expected the cluster at {self.place.name} in {self.place.region}; found {found}")
        if self.database is not None and self.cluster is None and not self.database.clients:
            raise ValueError("expected clients of the database, or a cluster; found neither")
        return self


class Standby(pulumi.ComponentResource):
    """Owns the standby of one environment; the caller passes a provider of the second region.

    Answers go-live-readiness:118 and go-live-readiness:153 (multi-region), production:49 and production:50 (disaster
    recovery and failover). The copies of buckets, images, secrets and backups are made where they are copied from, and
    the records that move viewers belong to the edge.
    """

    kubeconfig: pulumi.Output[str] | None
    """Of the standby cluster, if there is one."""
    database_address: pulumi.Output[str] | None
    """The host name of the replica, if there is one."""

    def __init__(self, name: str, args: StandbyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:Standby", name, None, opts)
        owned = pulumi.ResourceOptions(parent=self)
        cluster = Cluster(f"{name}-cluster", args.cluster, owned) if args.cluster is not None else None
        clients = (cluster.security_group,) if cluster is not None else ()
        database = self._database(name, args, args.database, clients) if args.database is not None else None
        self.kubeconfig = cluster.kubeconfig if cluster is not None else None
        self.database_address = database.address if database is not None else None
        self.register_outputs({"kubeconfig": self.kubeconfig, "database_address": self.database_address})

    def _database(
        self, name: str, args: StandbyArgs, replica: DatabaseReplica, clients: tuple[Wire[str], ...]
    ) -> Postgresql:
        network = DataNetwork(vpc_id=replica.vpc_id, subnets=replica.subnets, clients=(*clients, *replica.clients))
        made = PostgresqlArgs(
            place=args.place,
            network=network,
            keys=replica.keys,
            size=replica.size,
            database=replica.database,
            source=replica.source,
            tags=args.tags,
        )
        return Postgresql(f"{name}-postgresql", made, pulumi.ResourceOptions(parent=self))
