"""A PostgreSQL server refuses connections without TLS.

Field: `parameters` of a parameter group whose `family` is PostgreSQL's: `rds.force_ssl` is 1. From version 15 on that
is the default, of Aurora from 17 on. An instance without `parameterGroupName`, or a cluster without
`dbClusterParameterGroupName`, has the default of its `engineVersion`.
Reference: FSBP RDS.38.
"""

import re

from guardrails.aws.relations import INSTANCE, is_exempt, is_given
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Value
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

GROUP = "aws:rds/parameterGroup:ParameterGroup"
CLUSTER_GROUP = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
CLUSTER = "aws:rds/cluster:Cluster"
SETTING = "rds.force_ssl"
PROBLEM = "takes connections without TLS"
SAFE_BY_DEFAULT = {"postgres": 15, "aurora-postgresql": 17}
SERVERS = {
    INSTANCE: ("parameterGroupName", "replicateSourceDb", ("postgres",)),
    CLUSTER: ("dbClusterParameterGroupName", "replicationSourceIdentifier", ("aurora-postgresql", "postgres")),
}
"""Kind to the field that names a group, the one that names a source whose group it has, and the engines asked."""
_FAMILY = re.compile(r"(postgres|aurora-postgresql)(\d+)")


def check(obj: Object) -> Violations:
    """Ask a group for its setting, a server for its version where it has no group."""
    if obj.id in SERVERS:
        yield from _server(obj, *SERVERS[obj.id])
    else:
        yield from _group(obj)


def _server(obj: Object, field: str, source: str, engines: tuple[str, ...]) -> Violations:
    engine, version = obj.peek("engine"), obj.peek("engineVersion")
    ours = [engine] if isinstance(engine, str) else [*engines] if isinstance(engine, Unknown) else []
    since = max((SAFE_BY_DEFAULT[each] for each in ours if each in engines), default=0)
    if not _could_be_older(version, since) or _has_group(obj, field):
        return
    if not is_exempt(obj, source):
        doubts = [field for field in ("engine", "engineVersion") if isinstance(obj.peek(field), Unknown)]
        yield obj.undecided(doubts[0]) if doubts else obj.fails(PROBLEM, "engineVersion")


def _has_group(obj: Object, field: str) -> bool:
    """A group of somebody's making: those that AWS calls default have its old default."""
    return is_given(obj, field) and not str(obj.peek(field)).startswith("default.")


def _group(obj: Object) -> Violations:
    family = obj.read("family")
    known = _FAMILY.match(family) if isinstance(family, str) else None
    if known is None:
        return
    said = [
        each
        for each in obj.items("parameters")
        if each.peek("name") == SETTING or isinstance(each.peek("name"), Unknown)
    ]
    values = [each.read("value") for each in said if each.read("name") == SETTING]
    if any(not isinstance(value, Unknown) and value not in ("1", 1, True) for value in values) or (
        not said and int(known[2]) < SAFE_BY_DEFAULT[known[1]] and not _has_unknown(obj)
    ):
        yield obj.fails(PROBLEM, "parameters")


def _has_unknown(obj: Object) -> bool:
    parameters = obj.at("parameters")
    return isinstance(parameters.plain, Unknown) or any(
        isinstance(each.plain, Unknown) or isinstance(each.peek("name"), Unknown) for each in parameters.elements()
    )


def _could_be_older(version: Value, since: int) -> bool:
    """Older than the version that is safe by default; what nobody says may be old. No version is older than 0."""
    if isinstance(version, Unknown) or not since:
        return bool(since)
    major = str(version or "0").partition(".")[0]
    return not major.isdigit() or int(major) < since


def _settings(family: str, *values: Plain) -> tuple[Resource, ...]:
    return aws_resource(GROUP, family=family, parameters=[{"name": SETTING, "value": value} for value in values])


RULE = Rule(
    id="database-tls-forced",
    title="PostgreSQL refuses connections without TLS",
    why="A client with an old setting sends its password and every answer readable across the network.",
    fix="Set rds.force_ssl to 1 in the parameter group that the instance names.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:94", "optibid:63"),
    kinds=frozenset({GROUP, CLUSTER_GROUP, *SERVERS}),
    check=EachObject(check),
    known_after_deploy=tuple(field for field, _, _ in SERVERS.values()),
    allows={
        "forced": _settings("postgres14", "1"),
        "the default since 15": aws_resource(GROUP, family="postgres17"),
        "a group": aws_resource(INSTANCE, engine="postgres", parameterGroupName="shop"),
        "a cluster's group": aws_resource(
            CLUSTER, engine="aurora-postgresql", dbClusterParameterGroupName=Unknown.LATER
        ),
        "a new cluster": aws_resource(CLUSTER, engine="aurora-postgresql", engineVersion="17.4"),
        "another engine": aws_resource(INSTANCE, engine="mysql"),
    },
    refuses={
        "switched off": bad_example(_settings("postgres17", "0"), f"ParameterGroup shop {PROBLEM}"),
        "an old default": bad_example(aws_resource(GROUP, family="postgres14"), f"ParameterGroup shop {PROBLEM}"),
        "Aurora's old default": bad_example(
            aws_resource(CLUSTER_GROUP, family="aurora-postgresql16"), f"ClusterParameterGroup shop {PROBLEM}"
        ),
        "the default group by name": bad_example(
            aws_resource(INSTANCE, engine="postgres", engineVersion="14.9", parameterGroupName="default.postgres14"),
            f"Instance shop {PROBLEM}",
        ),
        "Aurora without a group": bad_example(
            aws_resource(CLUSTER, engine="aurora-postgresql", engineVersion="16.6"), f"Cluster shop {PROBLEM}"
        ),
        "no group": bad_example(
            aws_resource(INSTANCE, engine="postgres", engineVersion="14.9"), f"Instance shop {PROBLEM}"
        ),
    },
)
