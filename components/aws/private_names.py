"""The names by which services inside the network find the stores that AWS runs."""

from collections.abc import Mapping
from typing import Annotated

import pulumi
import pulumi_aws as aws
from pydantic import Field

from components.args import Args, Wire
from settings.vocabulary import HostName

SECONDS = 60
"""How long an answer may be remembered: a failover to another address is seen within a minute."""


class PrivateNamesArgs(Args):
    """Which name leads where, and in which network."""

    vpc: Wire[str]
    """The id of the VPC; nobody outside it sees the names."""
    names: Annotated[Mapping[HostName, Wire[str]], Field(min_length=1)]
    """Name to the name that AWS gave the store."""
    tags: Mapping[str, str]


class PrivateNames(pulumi.ComponentResource):
    """Owns a private zone for each domain among the names, and a record for each name.

    Answers production:95 and optibid:30 (services reach their stores): the name in a stack file stays when a store is
    replaced, restored or moved. A client that checks the host name in a certificate has to expect AWS's own name.
    """

    zones: Mapping[str, pulumi.Output[str]]
    """Domain to the id of its zone."""

    def __init__(self, name: str, args: PrivateNamesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:PrivateNames", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        domains = sorted({host.partition(".")[2] for host in args.names})
        self.zones = {
            domain: aws.route53.Zone(
                f"{name}-{domain}",
                name=domain,
                comment="names of data stores",
                vpcs=[{"vpc_id": args.vpc}],
                force_destroy=False,
                tags=args.tags,
                opts=child,
            ).zone_id
            for domain in domains
        }
        for host, target in args.names.items():
            aws.route53.Record(
                f"{name}-{host}",
                zone_id=self.zones[host.partition(".")[2]],
                name=host,
                type="CNAME",
                ttl=SECONDS,
                records=[target],
                opts=child,
            )
        self.register_outputs({"zones": dict(self.zones)})
