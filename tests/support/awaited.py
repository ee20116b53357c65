"""Live objects as an API server returns them, for tests of waiting."""

from typing import Any

from toolchain.plugins.awaiting.outcome import Failed, Outcome, Waiting

Object = dict[str, Any]
NAMESPACE = "market"
LABELS = {"app": "web"}


def live(api_version: str, kind: str, name: str = "web", *, generation: int = 1, **parts: Any) -> Object:  # noqa: ANN401 - JSON
    """Make an object; ``parts`` are its sections, ``metadata`` is added to."""
    metadata = {"name": name, "namespace": NAMESPACE, "uid": f"uid-{kind}-{name}", "generation": generation}
    return {"apiVersion": api_version, "kind": kind, **parts, "metadata": {**metadata, **parts.get("metadata", {})}}


def condition(kind: str, status: str = "True", reason: str = "", message: str = "") -> Object:
    return {"type": kind, "status": status, "reason": reason, "message": message}


def owned_by(owner: Object) -> list[Object]:
    return [{"kind": owner["kind"], "name": owner["metadata"]["name"], "uid": owner["metadata"]["uid"]}]


def deployment(
    *conditions: Object,
    revision: str = "1",
    generation: int = 1,
    observed: int | None = None,
    replicas: int = 3,
    available: int = 3,
    volumes: tuple[Object, ...] = (),
) -> Object:
    """A Deployment whose controller has seen it, unless ``observed`` says otherwise."""
    return live(
        "apps/v1",
        "Deployment",
        generation=generation,
        metadata={"annotations": {"deployment.kubernetes.io/revision": revision} if revision else {}},
        spec={
            "replicas": replicas,
            "selector": {"matchLabels": LABELS},
            "template": {"spec": {"volumes": list(volumes)}},
        },
        status={
            "observedGeneration": generation if observed is None else observed,
            "availableReplicas": available,
            "conditions": list(conditions),
        },
    )


AVAILABLE = condition("Available", reason="MinimumReplicasAvailable")
COMPLETE = condition("Progressing", reason="NewReplicaSetAvailable")
ROLLING = condition("Progressing", reason="ReplicaSetUpdated")


def replica_set(owner: Object, *, revision: str = "1", replicas: int = 3, ready: int = 3) -> Object:
    return live(
        "apps/v1",
        "ReplicaSet",
        f"web-{revision}",
        metadata={
            "labels": LABELS,
            "annotations": {"deployment.kubernetes.io/revision": revision},
            "ownerReferences": owned_by(owner),
        },
        spec={"replicas": replicas},
        status={"readyReplicas": ready} if ready else {},
    )


def pod(
    owner: Object | None = None,
    *conditions: Object,
    name: str = "web-x",
    phase: str = "Running",
    containers: tuple[Object, ...] = (),
) -> Object:
    return live(
        "v1",
        "Pod",
        name,
        metadata={"labels": LABELS, "ownerReferences": owned_by(owner) if owner else []},
        status={"phase": phase, "conditions": list(conditions), "containerStatuses": list(containers)},
    )


SCHEDULED, INITIALIZED, READY = condition("PodScheduled"), condition("Initialized"), condition("Ready")
UNREADY = condition("Ready", "False", "ContainersNotReady", "containers with unready status: [app]")


def waiting_container(reason: str, message: str = "", name: str = "app") -> Object:
    return {"name": name, "ready": False, "state": {"waiting": {"reason": reason, "message": message}}}


def ended_container(code: int, reason: str, message: str = "", *, field: str = "state") -> Object:
    return {
        "name": "app",
        "ready": False,
        field: {"terminated": {"exitCode": code, "reason": reason, "message": message}},
    }


def warning(about: Object, reason: str, message: str, when: str = "2026-01-01T00:00:00Z") -> Object:
    return live(
        "v1",
        "Event",
        f"{about['metadata']['name']}.{reason}.{when}",
        type="Warning",
        involvedObject={"uid": about["metadata"]["uid"]},
        reason=reason,
        message=message,
        lastTimestamp=when,
    )


NEW = deployment(observed=0, available=0)
ON_ITS_WAY = deployment(ROLLING, available=1)
DONE = deployment(AVAILABLE, ROLLING)
HALF, FULL = replica_set(NEW, ready=1), replica_set(NEW)
ONE = "1 of 3 replicas available"


def words(outcome: Outcome) -> str:
    """What is awaited, or why it fails."""
    assert isinstance(outcome, Waiting | Failed)
    return outcome.words


def by_kind(related: list[Object]) -> dict[str, list[Object]]:
    """Sort objects as a reader gives them to a judgement."""
    found: dict[str, list[Object]] = {}
    for entry in related:
        found.setdefault(entry["kind"], []).append(entry)
    return found
