"""Database clusters keep thirty days of backups, and are backed up on a schedule.

Fields: `spec.backup.retentionPolicy` of a CloudNativePG `Cluster` is thirty days or more ("30d", "5w", "1m"), and a
`ScheduledBackup` of its namespace names the cluster in `spec.cluster.name`. Where the Barman plugin makes the backups
(`spec.plugins` names it), the retention is its ObjectStore's, and only the schedule is asked for. A cluster with
`spec.replica.enabled` copies another, which has its own backups.
"""

import re

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.selectors import same_namespace
from guardrails.model.answer import Answer, doubtful, either
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

CLUSTER, SCHEDULE = "postgresql.cnpg.io/Cluster", "postgresql.cnpg.io/ScheduledBackup"
POLICY = ("spec", "backup", "retentionPolicy")
DAYS = {"d": 1, "w": 7, "m": 30}
ENOUGH = 30
SHORT = f"keeps its backups for less than {ENOUGH} days"
NEVER = "is backed up by no ScheduledBackup of its namespace"
_POLICY = re.compile(r"([0-9]{1,6})([dwm])")


def check(stack: Inventory) -> Violations:
    """Name each cluster that a bad day would lose."""
    schedules = [obj for obj in stack if obj.id == SCHEDULE and not obj.partial]
    for cluster in stack:
        if cluster.id != CLUSTER or cluster.partial:
            continue
        copies = cluster.read("spec", "replica", "enabled")
        if copies is True or isinstance(copies, Unknown):
            continue
        if not list(cluster.items("spec", "plugins")) and cluster.at("spec", "plugins").plain in (None, []):
            yield from _kept(cluster)
        matches = (_names(schedule, cluster) for schedule in schedules)
        yield from either(matches).unless(cluster.fails(NEVER, "metadata", "name"))


def _kept(cluster: Object) -> Violations:
    policy = cluster.read(*POLICY)
    said = _POLICY.fullmatch(policy) if isinstance(policy, str) else None
    if not isinstance(policy, Unknown) and (said is None or int(said[1]) * DAYS[said[2]] < ENOUGH):
        yield cluster.fails(SHORT, *POLICY)


def _names(schedule: Object, cluster: Object) -> Answer:
    wanted, own = schedule.at("spec", "cluster", "name"), cluster.at("metadata", "name")
    return same_namespace(schedule, cluster) & _same(wanted, own)


def _same(wanted: Node, own: Node) -> Answer:
    open_ = [place for place in (wanted, own) if isinstance(place.plain, Unknown)]
    return doubtful(*open_) if open_ else Answer(possible=wanted.plain == own.plain)


def _cluster(retention: Plain = "30d", **spec: Plain) -> Resource:
    fields: Plain = {"backup": {"retentionPolicy": retention}, **spec}
    return declared("kubernetes:postgresql.cnpg.io/v1:Cluster", "db", spec=fields)


def _schedule(cluster: str = "db", namespace: str = "shop") -> Resource:
    spec: Plain = {"schedule": "0 0 2 * * *", "cluster": {"name": cluster}}
    return declared("kubernetes:postgresql.cnpg.io/v1:ScheduledBackup", "nightly", namespace=namespace, spec=spec)


RULE = Rule(
    id="cluster-backed-up",
    title="Database clusters keep thirty days of backups",
    why="What was deleted by mistake is missed weeks later, and a replica deletes it as well.",
    fix="Set spec.backup.retentionPolicy to 30d or more, and declare a ScheduledBackup for the cluster.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:115", "optibid:75", "production:11"),
    kinds=frozenset({CLUSTER, SCHEDULE}),
    check=WholeStack(check),
    allows={
        "thirty days": (_cluster(), _schedule()),
        "in weeks": (_cluster("6w"), _schedule()),
        "a plugin's retention": (_cluster(None, plugins=[{"name": "barman-cloud.cloudnative-pg.io"}]), _schedule()),
        "a copy": (_cluster(None, replica={"enabled": True, "source": "db"}),),
    },
    refuses={
        "too short": bad_example((_cluster("7d"), _schedule()), f"Cluster shop/db {SHORT}"),
        "no retention": bad_example((_cluster(None), _schedule()), f"Cluster shop/db {SHORT}"),
        "no schedule": bad_example((_cluster(),), f"Cluster shop/db {NEVER}"),
        "another cluster's": bad_example((_cluster(), _schedule("web")), f"Cluster shop/db {NEVER}"),
        "another namespace's": bad_example((_cluster(), _schedule(namespace="other")), f"Cluster shop/db {NEVER}"),
    },
)
