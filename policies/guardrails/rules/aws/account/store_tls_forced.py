"""Warehouses, document stores and graphs refuse connections without TLS.

Fields: `parameters` of a parameter group: `require_ssl` of Redshift is true, which it is by default in families from
redshift-2.0 on; `tls` of DocumentDB and `neptune_enforce_ssl` of Neptune are on where nothing is said. A Redshift
cluster must not name the default group of redshift-1.0, and a serverless workgroup's `configParameters` set
`require_ssl` to true. Reference: FSBP Redshift.2, RedshiftServerless.2, DocumentDB.6.
"""

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

CLUSTER, GROUP = "aws:redshift/cluster:Cluster", "aws:redshift/parameterGroup:ParameterGroup"
WORKGROUP = "aws:redshiftserverless/workgroup:Workgroup"
DOCUMENTS = "aws:docdb/clusterParameterGroup:ClusterParameterGroup"
GRAPHS = frozenset(
    {"aws:neptune/clusterParameterGroup:ClusterParameterGroup", "aws:neptune/parameterGroup:ParameterGroup"}
)
OLD_FAMILY = "redshift-1.0"
OLD_DEFAULT = f"default.{OLD_FAMILY}"
TRUE: tuple[Plain, ...] = ("true", True)
SETTINGS: dict[str, tuple[str, tuple[Plain, ...]]] = {
    GROUP: ("require_ssl", TRUE),
    WORKGROUP: ("require_ssl", TRUE),
    DOCUMENTS: ("tls", ("enabled", "fips-140-3", "tls1.2+", "tls1.3+")),
    **dict.fromkeys(GRAPHS, ("neptune_enforce_ssl", ("1", 1))),
}
"""Kind to the parameter that forces TLS and the values that do."""
PROBLEM = "takes connections without TLS"


def check(obj: Object) -> Violations:
    """Ask a cluster for its group, and the others for their parameter."""
    if obj.id == CLUSTER:
        if obj.read("clusterParameterGroupName") == OLD_DEFAULT:
            yield obj.fails(PROBLEM, "clusterParameterGroupName")
        return
    name, sound = SETTINGS.get(obj.id, SETTINGS[GROUP])
    listed, key, value = _names(obj)
    said = [each for each in obj.items(listed) if each.read(key) == name or isinstance(each.peek(key), Unknown)]
    for each in said:
        if each.peek(key) == name and each.read(value) not in sound and not isinstance(each.peek(value), Unknown):
            yield each.fails(PROBLEM, value)
    if not said and _is_off_by_default(obj) and not _has_unknown(obj, listed):
        yield obj.fails(PROBLEM, listed)


def _names(obj: Object) -> tuple[str, str, str]:
    if obj.id == WORKGROUP:
        return "configParameters", "parameterKey", "parameterValue"
    return "parameters", "name", "value"


def _is_off_by_default(obj: Object) -> bool:
    return obj.id == WORKGROUP or (obj.id == GROUP and obj.read("family") == OLD_FAMILY)


def _has_unknown(obj: Object, listed: str) -> bool:
    places = (obj.at(listed), *obj.at(listed).elements())
    return any(isinstance(each.plain, Unknown) for each in places)


def _group(kind: str, name: str, value: Plain, **more: Plain) -> tuple[Resource, ...]:
    return aws_resource(kind, parameters=[{"name": name, "value": value}], **more)


def _workgroup(value: Plain) -> tuple[Resource, ...]:
    return aws_resource(WORKGROUP, configParameters=[{"parameterKey": "require_ssl", "parameterValue": value}])


RULE = Rule(
    id="store-tls-forced",
    title="Warehouses, document stores and graphs refuse connections without TLS",
    why="A client with an old setting sends its password and every answer readable across the network.",
    fix="Set require_ssl to true (tls to enabled, neptune_enforce_ssl to 1) in the parameters.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:94",),
    kinds=frozenset({*SETTINGS, CLUSTER}),
    check=EachObject(check),
    known_after_deploy=("clusterParameterGroupName",),
    allows={
        "a warehouse's group": _group(GROUP, "require_ssl", "true", family=OLD_FAMILY),
        "a new family": aws_resource(GROUP, family="redshift-2.0"),
        "a warehouse": aws_resource(CLUSTER),
        "a workgroup": _workgroup("true"),
        "documents by default": aws_resource(DOCUMENTS, family="docdb5.0"),
        "documents": _group(DOCUMENTS, "tls", "tls1.3+"),
    },
    refuses={
        "an old default": bad_example(aws_resource(GROUP, family=OLD_FAMILY), f"ParameterGroup shop {PROBLEM}"),
        "switched off": bad_example(_group(GROUP, "require_ssl", "false"), f"ParameterGroup shop {PROBLEM}"),
        "a warehouse with the old group": bad_example(
            aws_resource(CLUSTER, clusterParameterGroupName=OLD_DEFAULT), f"Cluster shop {PROBLEM}"
        ),
        "a workgroup": bad_example(_workgroup("false"), f"Workgroup shop {PROBLEM}"),
        "a workgroup that does not say": bad_example(aws_resource(WORKGROUP), f"Workgroup shop {PROBLEM}"),
        "documents": bad_example(_group(DOCUMENTS, "tls", "disabled"), f"ClusterParameterGroup shop {PROBLEM}"),
        **{
            kind: bad_example(_group(kind, "neptune_enforce_ssl", "0"), f"{kind.rpartition(':')[2]} shop {PROBLEM}")
            for kind in sorted(GRAPHS)
        },
    },
)
