"""What a release leaves in the cluster for the pods that it runs: objects that are named by their content."""

from collections.abc import Iterator, Sequence

from catalog import PRODUCTS
from components.args import ENVIRONMENT, MANAGED_BY, OWNER, PART_OF
from components.platform.external_secrets import SecretKeys
from components.workload.migration import job_name
from components.workload.service_deployment import config_name
from settings.models import Settings
from stack.aws.region import MANAGER
from stack.migration_args import arguments
from stack.resolve import Workload, join, namespaces


def secret_keys(members: Sequence[Workload]) -> tuple[SecretKeys, ...]:
    """Name each secret of a product once, with all the keys that its services read."""
    keys: dict[str, dict[str, None]] = {}
    for workload in members:
        for secret in workload.secrets:
            keys.setdefault(secret.name, {}).update(dict.fromkeys(secret.keys))
    return tuple(SecretKeys(name=name, keys=tuple(keys[name])) for name in sorted(keys))


def kept(settings: Settings) -> frozenset[str]:
    """Name every such object of an environment. Raises ``SettingsError`` as ``join`` does."""
    workloads = join(settings, PRODUCTS)
    configured = {config_name(workload.name, workload.environment) for workload in workloads}
    secrets = {secret.object for members in namespaces(workloads).values() for secret in secret_keys(members)}
    return frozenset(configured | secrets | set(_jobs(settings, workloads)))


def _jobs(settings: Settings, workloads: Sequence[Workload]) -> Iterator[str]:
    for namespace, members in namespaces(workloads).items():
        for workload in members:
            job = arguments(workload, namespace, labels_of(settings, workload.product), secret_keys(members))
            if job is not None:
                yield job_name(job)


def labels_of(settings: Settings, product: str) -> dict[str, str]:
    """Say whom the objects of a product belong to."""
    return {PART_OF: product, MANAGED_BY: MANAGER, OWNER: settings.owner, ENVIRONMENT: settings.environment}
