"""Secrets that are named here and kept elsewhere: a store, and what to copy from it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

import pulumi
import pulumi_kubernetes as k8s
from pydantic import Field, field_validator

from components.args import Args, Awaited, Labels, Wire, labelled
from settings.vocabulary import AwsRegion, DnsLabel, Duration, canonical_duration

API_VERSION = "external-secrets.io/v1"
STORE = "secrets"
READY: Mapping[str, str] = {"pulumi.com/waitFor": "condition=Ready"}
"""A workload must not start before its secrets are there, so the deployment waits until they are copied."""


class AwsSecrets(Args):
    """AWS Secrets Manager, read with the pod identity of the operator itself."""

    provider: Literal["aws"] = "aws"
    region: AwsRegion


class FakeSecrets(Args):
    """Made-up values, the same ones for everybody: for development, where no secret is at stake."""

    provider: Literal["fake"] = "fake"


Key: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
"""A property of a secret; a dot would be read as a path into the value."""


class SecretKeys(Args):
    """One secret and the keys it holds."""

    name: DnsLabel
    """The last part of the remote key."""
    keys: Annotated[tuple[Key, ...], Field(min_length=1)]
    """The properties to copy, each to a key of its own name; whatever else the store holds stays there."""

    @property
    def object(self) -> str:
        """The name of the Secret that the operator makes: other keys make another Secret, under another name."""
        return f"{self.name}-{hashlib.sha256(json.dumps(sorted(self.keys)).encode()).hexdigest()[:10]}"


class ExternalSecretsArgs(Args):
    """Which secrets one product needs in one environment, and where they are kept."""

    namespace: Wire[DnsLabel]
    labels: Labels
    environment: DnsLabel
    product: DnsLabel
    store: Annotated[AwsSecrets | FakeSecrets, Field(discriminator="provider")]
    secrets: tuple[SecretKeys, ...]
    refresh: Duration = "1h"
    """How often the operator looks for a rotated value."""
    after: Awaited = ()
    """What has to be there first: the values, and the operator's right to read them."""

    @field_validator("secrets")
    @classmethod
    def _different(cls, secrets: tuple[SecretKeys, ...]) -> tuple[SecretKeys, ...]:
        names = [secret.name for secret in secrets]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"expected each secret once, with all its keys; named twice: {', '.join(twice)}")
        return secrets


def remote_key(environment: str, product: str, secret: str) -> str:
    """Give the name of a secret in the store: ``prod/market-intelligence/postgresql``."""
    return f"{environment}/{product}/{secret}"


class ExternalSecrets(pulumi.ComponentResource):
    """Owns a SecretStore and one ExternalSecret for each secret; the values never pass through the program.

    Answers go-live-readiness:15 and new-services:37; rotation in the store reaches the cluster within ``refresh``
    (go-live-readiness:96). A Secret is named by its keys, and stays in the cluster with its ExternalSecret when the
    program moves on: pods of the old version that mount it may still start (see ``ServiceDeployment``).
    The AWS store names no credentials: the operator's own role reads, which may read this environment's values alone.
    """

    store: pulumi.Output[str]
    """The SecretStore's name, known in a preview."""

    def __init__(self, name: str, args: ExternalSecretsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:platform:ExternalSecrets", name, None, opts)
        store = k8s.apiextensions.CustomResource(
            f"{name}-store",
            api_version=API_VERSION,
            kind="SecretStore",
            metadata={
                "name": STORE,
                "namespace": args.namespace,
                "labels": labelled(args.labels, STORE),
                "annotations": READY,
            },
            spec={"provider": _provider(args)},
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.after)),
        )
        for secret in args.secrets:
            k8s.apiextensions.CustomResource(
                f"{name}-{secret.name}",
                api_version=API_VERSION,
                kind="ExternalSecret",
                metadata={
                    "name": secret.object,
                    "namespace": args.namespace,
                    "labels": labelled(args.labels, secret.name),
                    "annotations": READY,
                },
                spec=_external_secret(args, secret),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[store], retain_on_delete=True),
            )
        self.store = store.urn.apply(lambda _: STORE)
        self.register_outputs({"store": self.store})


def _external_secret(args: ExternalSecretsArgs, secret: SecretKeys) -> dict[str, Any]:
    """Say which properties to copy, one by one: a key that is missing in the store is an error, not a gap.

    The interval is written as the operator writes it back, so that a refresh does not take that for somebody's change.
    """
    remote = remote_key(args.environment, args.product, secret.name)
    return {
        "refreshPolicy": "Periodic",
        "refreshInterval": canonical_duration(args.refresh),
        "secretStoreRef": {"kind": "SecretStore", "name": STORE},
        "target": {"name": secret.object, "creationPolicy": "Owner", "deletionPolicy": "Retain"},
        "data": [{"secretKey": key, "remoteRef": {"key": remote, "property": key}} for key in secret.keys],
    }


def _provider(args: ExternalSecretsArgs) -> dict[str, Any]:
    """Say where the values are kept."""
    match args.store:
        case AwsSecrets(region=region):
            return {"aws": {"service": "SecretsManager", "region": region}}
        case FakeSecrets():
            return {"fake": {"data": [_made_up(args, secret) for secret in args.secrets]}}


def _made_up(args: ExternalSecretsArgs, secret: SecretKeys) -> dict[str, str]:
    """Make up one secret for the fake store: every value says that it is none."""
    values = {key: f"not-a-secret-{secret.name}-{key}" for key in secret.keys}
    return {
        "key": remote_key(args.environment, args.product, secret.name),
        "value": json.dumps(values, sort_keys=True),
    }
