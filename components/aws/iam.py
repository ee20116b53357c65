"""IAM policies as typed statements: every action and resource named, every star with its reason."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from components.args import Args
from settings.amazon import AwsAccount
from settings.vocabulary import AwsRegion, DnsLabel

VERSION = "2012-10-17"
"""The version of the policy language; the older one knows no variables."""

EVERYTHING = "*"


class Statement(Args):
    """One statement of a policy.

    A ``*`` in a resource, a principal or a service's actions needs a reason, and the action ``*`` is refused.
    """

    sid: Annotated[str, Field(pattern=r"^[A-Za-z0-9]+$")]
    """What it is for, in letters and digits."""
    effect: Literal["Allow", "Deny"] = "Allow"
    actions: Annotated[tuple[str, ...], Field(min_length=1)]
    resources: tuple[str, ...] = ()
    """ARNs; a trust policy has none, and the policy of a key names ``*``, which is the key itself."""
    principals: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    """Kind (``AWS``, ``Service``, ``Federated``) to names; a policy of an identity has none."""
    conditions: Mapping[str, Mapping[str, str | tuple[str, ...]]] = Field(default_factory=dict)
    """Operator to key to value."""
    reason: str = ""
    """Why AWS knows no narrower resource, action or principal."""

    @model_validator(mode="after")
    def _narrow(self) -> Self:
        if self.effect == "Deny":
            return self
        if EVERYTHING in self.actions:
            raise ValueError(f"expected named actions in the statement {self.sid}, for example s3:GetObject; found *")
        names = [name for names in self.principals.values() for name in names]
        if not self.reason and (EVERYTHING in (*self.resources, *names) or any("*" in each for each in self.actions)):
            raise ValueError(f"expected names in the statement {self.sid}, or the reason for a *; found neither")
        return self

    def document(self) -> dict[str, Any]:
        """Give the statement as a policy spells it; the reason stays with us."""
        found: dict[str, Any] = {"Sid": self.sid, "Effect": self.effect}
        if self.principals:
            found["Principal"] = {kind: _one_or_many(names) for kind, names in sorted(self.principals.items())}
        found["Action"] = _one_or_many(self.actions)
        if self.resources:
            found["Resource"] = _one_or_many(self.resources)
        if self.conditions:
            found["Condition"] = {
                operator: {key: _one_or_many(value) for key, value in sorted(pairs.items())}
                for operator, pairs in sorted(self.conditions.items())
            }
        return found


def policy(*statements: Statement) -> str:
    """Write a policy as JSON text, which a preview shows whole."""
    return json.dumps({"Version": VERSION, "Statement": [statement.document() for statement in statements]})


def trust(*services: str, account: str = "") -> str:
    """Write the trust policy of a role that AWS services take on; ``account`` keeps other accounts' services out."""
    conditions = {"StringEquals": {"aws:SourceAccount": account}} if account else {}
    statement = Statement(
        sid="Service", actions=("sts:AssumeRole",), principals={"Service": services}, conditions=conditions
    )
    return policy(statement)


def pod_trust(account: str) -> str:
    """Write the trust policy of a role that pods take on through EKS Pod Identity."""
    statement = Statement(
        sid="Pods",
        actions=("sts:AssumeRole", "sts:TagSession"),
        principals={"Service": ("pods.eks.amazonaws.com",)},
        conditions={"StringEquals": {"aws:SourceAccount": account}},
    )
    return policy(statement)


class Place(Args):
    """Where resources lie and what they are called: enough to write their ARNs before they exist."""

    account: AwsAccount
    region: AwsRegion
    name: DnsLabel
    """The first part of every name: ``golive-prod``."""

    def arn(self, service: str, resource: str) -> str:
        """Write the ARN of a resource of this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"

    def role(self, role: str) -> str:
        """Write the ARN of a role that bears our name."""
        return f"arn:aws:iam::{self.account}:role/{self.name}-{role}"

    @property
    def boundary(self) -> str:
        """Write the ARN of the policy that bounds every role of ours."""
        return f"arn:aws:iam::{self.account}:policy/{self.name}-boundary"

    def alias(self, purpose: str) -> str:
        """Name the key of a purpose."""
        return f"alias/{self.name}/{purpose}"

    def by_key(self, sid: str, actions: tuple[str, ...], purpose: str, via: str = "") -> Statement:
        """Allow the use of the key of one purpose, known by its alias because its ARN holds random digits."""
        conditions: dict[str, Mapping[str, str | tuple[str, ...]]] = {
            "ForAnyValue:StringEquals": {"kms:ResourceAliases": self.alias(purpose)}
        }
        if via:
            conditions["StringEquals"] = {"kms:ViaService": f"{via}.{self.region}.amazonaws.com"}
        return Statement(sid=sid, actions=actions, resources=(self.arn("kms", "key/*"),), conditions=conditions)


def managed(name: str) -> str:
    """Write the ARN of a policy that AWS keeps."""
    return f"arn:aws:iam::aws:policy/{name}"


def _one_or_many(values: str | tuple[str, ...]) -> str | list[str]:
    if isinstance(values, str):
        return values
    return values[0] if len(values) == 1 else list(values)
