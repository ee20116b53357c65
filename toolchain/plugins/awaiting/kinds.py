"""What is awaited of which kind, and for how long.

Kinds that are not listed, custom resources among them, are ready as soon as the API server has them: so does the
ordinary provider. That goes for ReplicaSets, CronJobs, Namespaces and CustomResourceDefinitions, too. An object's
``pulumi.com/waitFor`` takes the place of what is listed here, and ``pulumi.com/skipAwait`` waits for nothing.
"""

from collections.abc import Mapping

from toolchain.plugins.awaiting import deployment, filled_in, job, pod, replicas, storage, traffic, wait_for
from toolchain.plugins.awaiting.fields import annotation, text
from toolchain.plugins.awaiting.outcome import Family
from toolchain.plugins.awaiting.reader import Live

SKIP = "pulumi.com/skipAwait"
TIMEOUT = "pulumi.com/timeoutSeconds"
DELETION_TIMEOUT = 600.0
FAMILIES: Mapping[tuple[str, str], Family] = {
    ("apps/v1", "DaemonSet"): replicas.DAEMON_SET,
    ("apps/v1", "Deployment"): deployment.FAMILY,
    ("apps/v1", "StatefulSet"): replicas.STATEFUL_SET,
    ("batch/v1", "Job"): job.FAMILY,
    ("networking.k8s.io/v1", "Ingress"): traffic.INGRESS,
    ("v1", "PersistentVolume"): storage.VOLUME,
    ("v1", "PersistentVolumeClaim"): storage.CLAIM,
    ("v1", "Pod"): pod.FAMILY,
    ("v1", "ReplicationController"): replicas.REPLICATION_CONTROLLER,
    ("v1", "ResourceQuota"): filled_in.QUOTA,
    ("v1", "Secret"): filled_in.SECRET,
    ("v1", "Service"): traffic.SERVICE,
}
SKIPS_DELETION = frozenset(
    {
        ("apps/v1", "DaemonSet"),
        ("apps/v1", "Deployment"),
        ("apps/v1", "StatefulSet"),
        ("batch/v1", "Job"),
        ("v1", "Namespace"),
        ("v1", "Pod"),
        ("v1", "ReplicationController"),
    }
)
"""Kinds of which the ordinary provider does not await the deletion either where ``skipAwait`` is set."""


def readiness(live: Live, inputs: Live) -> Family | None:
    """Say how ``live`` becomes ready; None where there is nothing to wait for.

    ``inputs`` is what the program asked for: it alone may ask to skip the wait. Raises ``wait_for.Malformed``.
    """
    if skips(inputs):
        return None
    asked = annotation(live, wait_for.ANNOTATION)
    if asked:
        return wait_for.family(asked)
    return listed(live)


def listed(live: Live) -> Family | None:
    """Say what is listed for the kind of ``live``."""
    return FAMILIES.get((text(live, "apiVersion"), text(live, "kind")))


def skips(inputs: Live) -> bool:
    """Say whether the program asks to skip the wait."""
    return annotation(inputs, SKIP) == "true"


def awaits_deletion(inputs: Live) -> bool:
    """Say whether a deletion is awaited."""
    kind = (text(inputs, "apiVersion"), text(inputs, "kind"))
    return not (skips(inputs) and kind in SKIPS_DELETION)


def patience(asked: float | None, inputs: Live, default: float) -> float:
    """Return the seconds to wait: the resource's ``customTimeouts``, else the annotation's, else the default.

    An annotation that is no whole number is passed over, as the ordinary provider does.
    """
    if asked:
        return asked
    written = annotation(inputs, TIMEOUT)
    try:
        return float(int(written)) if written else default
    except ValueError:
        return default
