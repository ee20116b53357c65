"""What a release leaves in the cluster for the pods that it runs: objects that are named by their content."""

from collections.abc import Sequence

from catalog import PRODUCTS
from components.platform.external_secrets import SecretKeys
from components.workload.service_deployment import config_name
from settings.models import Settings
from stack.join import Workload, join, namespaces


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
    return frozenset(configured | secrets)
