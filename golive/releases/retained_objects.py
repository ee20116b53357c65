"""What releases have left in a cluster for pods of the old version, and what of it nothing needs any more.

Plain data in, plain data out. Only objects that are named by their content are looked at: any other is the engine's.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from golive.releases.kubectl import Object, texts

KEPT: Mapping[str, str] = {
    "ConfigMap": "configmaps",
    "ExternalSecret": "externalsecrets.external-secrets.io",
    "Job": "jobs.batch",
}
"""The kinds that the engine leaves behind, and what kubectl calls them."""

USERS = (
    "pods",
    "replicationcontrollers",
    "replicasets.apps",
    "deployments.apps",
    "statefulsets.apps",
    "daemonsets.apps",
    "controllerrevisions.apps",
    "cronjobs.batch",
    "rollouts.argoproj.io",
)
"""Whoever runs pods or can run them again: a ReplicaSet that is scaled to nothing is a version kept warm."""

_BY_CONTENT = re.compile(r".+-[0-9a-f]{10}")
_OVER = ("Complete", "Failed")


@dataclass(frozen=True, kw_only=True, order=True)
class Leftover:
    """One object that nothing needs."""

    namespace: str
    kind: str
    name: str


def leftovers(kept: Iterable[Object], users: Sequence[Object], wanted: Collection[str]) -> tuple[Leftover, ...]:
    """Choose from what is ``kept`` those that no user names, and no release of the ``wanted`` names would need."""
    named: dict[str, set[str]] = {}
    for user in users:
        named.setdefault(user["metadata"].get("namespace", ""), set()).update(texts(user))
    return tuple(
        sorted(
            Leftover(namespace=each["metadata"]["namespace"], kind=each["kind"], name=each["metadata"]["name"])
            for each in kept
            if _is_by_content(each)
            and each["metadata"]["name"] not in wanted
            and not _is_used(each, named.get(each["metadata"]["namespace"], set()))
        )
    )


def _is_by_content(found: Object) -> bool:
    return found["kind"] in KEPT and _BY_CONTENT.fullmatch(found["metadata"]["name"]) is not None


def _is_used(found: Object, named: Collection[str]) -> bool:
    """A Job is used until it is over, its pods being its own; anything else as long as somebody names it."""
    if found["kind"] != "Job":
        return found["metadata"]["name"] in named
    conditions = found.get("status", {}).get("conditions", ())
    return not any(each.get("type") in _OVER and each.get("status") == "True" for each in conditions)
