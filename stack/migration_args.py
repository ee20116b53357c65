"""What the Job of each migration is made of, and what a preview says of it."""

from collections.abc import Iterator, Mapping, Sequence

from components.args import Awaited, Wire
from components.platform.external_secrets import SecretKeys
from components.workload.migration import MigrationArgs
from components.workload.pod import Resources, SecretFiles
from stack.resolve import Workload


def warnings(workloads: Sequence[Workload]) -> Iterator[str]:
    """Say of each migration without a way back that there is none."""
    for workload in workloads:
        if workload.migration is not None and workload.migration.bars_the_way_back:
            revision = workload.migration.revision
            yield f"{workload.name}: the migration to {revision} has no way back; golive rollback refuses to cross it"


def arguments(
    workload: Workload,
    namespace: Wire[str],
    labels: Mapping[str, str],
    secrets: Sequence[SecretKeys],
    after: Awaited = (),
) -> MigrationArgs | None:
    """Say what the Job of a service's migration is made of; ``None`` where its release has no migration."""
    if workload.migration is None:
        return None
    return MigrationArgs(
        service=workload.name,
        namespace=namespace,
        labels=labels,
        image=workload.image,
        command=workload.migrate,
        revision=workload.migration.revision,
        kind=workload.migration.kind,
        reversible=workload.migration.reversible,
        resources=resources(workload),
        environment=workload.environment,
        secrets=files(workload, secrets),
        after=after,
    )


def resources(workload: Workload) -> Resources:
    """Give one pod of the service its share."""
    capacity = workload.capacity
    return Resources(
        cpu_request=capacity.cpu.request,
        cpu_limit=capacity.cpu.limit,
        memory_request=capacity.memory.request,
        memory_limit=capacity.memory.limit,
    )


def files(workload: Workload, secrets: Sequence[SecretKeys]) -> tuple[SecretFiles, ...]:
    """Mount what the service reads of each secret, from the Secret that all of the product's services share."""
    objects = {secret.name: secret.object for secret in secrets}
    return tuple(
        SecretFiles(name=secret.name, object=objects[secret.name], keys=secret.keys) for secret in workload.secrets
    )
