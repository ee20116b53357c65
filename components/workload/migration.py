"""A change of a service's database, as a Job that runs once, before any pod of the release."""

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pulumi
import pulumi_kubernetes as k8s
from pydantic import Field

from components.args import Args, Awaited, Labels, Wire, labelled
from components.workload.pod import SECRETS_PATH, Resources, SecretFiles, confined_container, confined_pod
from settings.vocabulary import DnsLabel, ImageReference

DEADLINE_SECONDS = 3600
"""How long a migration may take."""

KEPT_SECONDS = 10 * 365 * 24 * 3600
"""How long a Job stays when it is over: ten years, so that its end comes by ``golive prune`` and not by the clock.

A Job that is gone while its release still runs would be made again by the next deployment, and the migration with it.
"""

NO_PROXY = {"sidecar.istio.io/inject": "false"}
"""A mesh's proxy would outlive the migration, and the Job would never be over."""

KIND = "golive/migration"
REVERSIBLE = "golive/reversible"
"""Annotations by which a preview says what a migration does."""


class MigrationArgs(Args):
    """Which revision a release needs, and how its service gets there."""

    service: DnsLabel
    namespace: Wire[DnsLabel]
    labels: Labels
    image: ImageReference
    command: Annotated[tuple[str, ...], Field(min_length=1)]
    """What runs; the revision is added as the last word."""
    revision: str
    kind: Literal["expand", "contract"]
    reversible: bool
    resources: Resources
    environment: Mapping[str, str] = {}
    """The service's own configuration; nothing secret."""
    secrets: tuple[SecretFiles, ...] = ()
    after: Awaited = ()
    """What must be there before it starts: its secrets, and the way to its stores."""


def account(service: str) -> str:
    """Name the pods of a service's migrations, and their account: no Service and no budget selects them."""
    return f"{service}-migration"


def job_name(args: MigrationArgs) -> str:
    """Name a Job by its revision and by what it runs: the same migration has the same name, another one another."""
    content = json.dumps(_spec(args), sort_keys=True).encode()
    return f"{args.service}-{args.revision}-{hashlib.sha256(content).hexdigest()[:10]}"


class Migration(pulumi.ComponentResource):
    """Owns an account without a token, and the Job (signal-service-v2:46, optibid:43).

    A deployment waits until the Job is done. One that fails is not tried again by itself, and fails the deployment: a
    database is half-way then, and somebody has to look. The Job stays in the cluster when the program moves on. Going
    back to its release therefore runs nothing, for the Job is there and done.
    """

    job: pulumi.Output[str]
    """The Job's name, known in a preview."""

    def __init__(self, name: str, args: MigrationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:workload:Migration", name, None, opts)
        owner = account(args.service)
        labels = labelled(args.labels, owner)
        created = k8s.core.v1.ServiceAccount(
            f"{name}-account",
            metadata={"name": owner, "namespace": args.namespace, "labels": labels},
            automount_service_account_token=False,
            opts=pulumi.ResourceOptions(parent=self),
        )
        called = job_name(args)
        annotations = {KIND: args.kind, REVERSIBLE: str(args.reversible).lower()}
        job = k8s.batch.v1.Job(
            f"{name}-job",
            metadata={"name": called, "namespace": args.namespace, "labels": labels, "annotations": annotations},
            spec=_spec(args),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[created, *args.after],
                retain_on_delete=True,
                custom_timeouts=pulumi.CustomTimeouts(create=f"{DEADLINE_SECONDS}s", update=f"{DEADLINE_SECONDS}s"),
            ),
        )
        self.job = job.urn.apply(lambda _: called)
        self.register_outputs({"job": self.job})


def _spec(args: MigrationArgs) -> Any:  # noqa: ANN401 - a Job's spec, whose type the SDK spells as a dict
    variables = {**args.environment, "SECRETS_PATH": SECRETS_PATH}
    container: k8s.core.v1.ContainerArgsDict = {
        **confined_container("migration", args.image, args.resources, args.secrets),
        "command": [*args.command, args.revision],
        "env": [{"name": key, "value": value} for key, value in sorted(variables.items())],
    }
    return {
        "backoff_limit": 0,
        "active_deadline_seconds": DEADLINE_SECONDS,
        "ttl_seconds_after_finished": KEPT_SECONDS,
        "template": {
            "metadata": {"labels": {**labelled(args.labels, account(args.service)), **NO_PROXY}},
            "spec": {
                **confined_pod(account(args.service), args.secrets, container),
                "restart_policy": "Never",
            },
        },
    }
