"""What a type token says about a Kubernetes object."""

from dataclasses import dataclass

from toolchain.plugins import shapes
from toolchain.plugins.immutable_kinds import CLUSTER_WIDE
from toolchain.plugins.serve import Refusal


@dataclass(frozen=True)
class Kind:
    """What a type token says about an object."""

    group: str
    version: str
    kind: str
    known: bool
    """Whether the SDK has a class for it; otherwise it is a custom resource."""

    @classmethod
    def of(cls, token: str) -> "Kind":
        """Read ``kubernetes:<group>/<version>:<Kind>``. Raises ``Refusal`` if the API version is not in two parts."""
        _, module, kind = token.split(":")
        group, slash, version = module.partition("/")
        if not slash:
            raise Refusal(f"{token} has an API version without a group: write {kind}'s as group/version.")
        return cls("" if group == "core" else group, version, kind, shapes.resource(token) is not None)

    @property
    def api_version(self) -> str:
        """The ``apiVersion`` of such an object."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def patch(self) -> bool:
        """Whether it is a patch of an object that somebody else owns."""
        return self.kind.endswith("Patch")

    @property
    def plain(self) -> str:
        """The ``kind`` of the object itself, also in a patch."""
        return self.kind.removesuffix("Patch")

    @property
    def namespaced(self) -> bool:
        """Whether it surely lives in a namespace; of custom resources only the cluster knows."""
        return self.known and self.plain not in CLUSTER_WIDE
