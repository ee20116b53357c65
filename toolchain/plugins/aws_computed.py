"""What AWS would compute, for a stack that nobody deploys: the same inputs always give the same values."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from toolchain.plugins.values import Properties, plain

ACCOUNT = "123456789012"
"""The account that Amazon's own examples use."""


def computed(token: str, inputs: Properties, region: str) -> Properties:
    """Return the outputs that AWS would compute for a resource: its identity, its ARN, its addresses.

    They follow from the type, the region and the inputs alone; a type without an entry below gets an id and an ARN.
    """
    given = sorted(f"{key}={plain(value)!r}" for key, value in inputs.items())
    digest = hashlib.sha256(f"{token}{region}{given}".encode()).hexdigest()
    return COMPUTED.get(token, _any)(_Made(token=token, inputs=inputs, region=region, digest=digest))


@dataclass(frozen=True, kw_only=True)
class _Made:
    """A resource as if it had been made."""

    token: str
    inputs: Properties
    region: str
    digest: str
    """64 hexadecimal digits that belong to this resource."""

    def text(self, name: str) -> str:
        """Return a known text among the inputs, or digits in its place."""
        known = plain(self.inputs.get(name))
        return known if isinstance(known, str) else self.digest[:7]

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{ACCOUNT}:{resource}"

    @property
    def uuid(self) -> str:
        digest = self.digest
        return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))


def _any(made: _Made) -> Properties:
    service, kind = made.token.split(":")[1].split("/")
    name = made.text("name")
    return {"id": name, "arn": made.arn(service, f"{kind.lower()}/{name}")}


def _cluster(made: _Made) -> Properties:
    name, host = made.text("name"), made.digest[:32].upper()
    return {
        "id": name,
        "arn": made.arn("eks", f"cluster/{name}"),
        "endpoint": f"https://{host}.gr7.{made.region}.eks.amazonaws.com",
        "certificateAuthority": {"data": "Z29saXZl"},
        "identities": [{"oidcs": [{"issuer": f"https://oidc.eks.{made.region}.amazonaws.com/id/{host}"}]}],
        "status": "ACTIVE",
    }


def _node_group(made: _Made) -> Properties:
    cluster, name = made.text("clusterName"), made.text("nodeGroupName")
    return {"id": f"{cluster}:{name}", "arn": made.arn("eks", f"nodegroup/{cluster}/{name}/{made.uuid}")}


def _addon(made: _Made) -> Properties:
    cluster, name = made.text("clusterName"), made.text("addonName")
    return {"id": f"{cluster}:{name}", "arn": made.arn("eks", f"addon/{cluster}/{name}/{made.uuid}")}


def _key(made: _Made) -> Properties:
    return {"id": made.uuid, "keyId": made.uuid, "arn": made.arn("kms", f"key/{made.uuid}")}


def _alias(made: _Made) -> Properties:
    return {"id": made.text("name"), "arn": made.arn("kms", made.text("name"))}


def _log_group(made: _Made) -> Properties:
    return {"id": made.text("name"), "arn": made.arn("logs", f"log-group:{made.text('name')}")}


def _role(made: _Made) -> Properties:
    name = made.text("name")
    path = made.text("path") if "path" in made.inputs else "/"
    return {"id": name, "arn": f"arn:aws:iam::{ACCOUNT}:role{path}{name}"}


COMPUTED: dict[str, Callable[[_Made], Properties]] = {
    "aws:cloudwatch/logGroup:LogGroup": _log_group,
    "aws:eks/addon:Addon": _addon,
    "aws:eks/cluster:Cluster": _cluster,
    "aws:eks/nodeGroup:NodeGroup": _node_group,
    "aws:iam/role:Role": _role,
    "aws:kms/alias:Alias": _alias,
    "aws:kms/key:Key": _key,
}
