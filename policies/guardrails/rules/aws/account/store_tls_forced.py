"""Warehouses, document stores and graphs refuse connections without TLS.

Fields: `parameters` of a parameter group: `require_ssl` of Redshift is true, which it is by default in families from
redshift-2.0 on; `tls` of DocumentDB and `neptune_enforce_ssl` of Neptune are on where nothing is said. A Redshift
cluster must not name the default group of redshift-1.0, and a serverless workgroup's `configParameters` set
`require_ssl` to true. Reference: FSBP Redshift.2, RedshiftServerless.2, DocumentDB.6.
"""

from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
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
WRONG = "takes connections without TLS"


def check(found: Object) -> Faults:
    """Ask a cluster for its group, and the others for their parameter."""
    if found.id == CLUSTER:
        if found.read("clusterParameterGroupName") == OLD_DEFAULT:
            yield found.fails(WRONG, "clusterParameterGroupName")
        return
    name, sound = SETTINGS.get(found.id, SETTINGS[GROUP])
    listed, key, value = _names(found)
    said = [each for each in found.items(listed) if each.read(key) == name or isinstance(each.peek(key), Unknown)]
    for each in said:
        if each.peek(key) == name and each.read(value) not in sound and not isinstance(each.peek(value), Unknown):
            yield each.fails(WRONG, value)
    if not said and _is_off_by_default(found) and not _has_unknown(found, listed):
        yield found.fails(WRONG, listed)


def _names(found: Object) -> tuple[str, str, str]:
    if found.id == WORKGROUP:
        return "configParameters", "parameterKey", "parameterValue"
    return "parameters", "name", "value"


def _is_off_by_default(found: Object) -> bool:
    return found.id == WORKGROUP or (found.id == GROUP and found.read("family") == OLD_FAMILY)


def _has_unknown(found: Object, listed: str) -> bool:
    places = (found.at(listed), *found.at(listed).elements())
    return any(isinstance(each.plain, Unknown) for each in places)


def _group(kind: str, name: str, value: Plain, **more: Plain) -> tuple[Resource, ...]:
    return made(kind, parameters=[{"name": name, "value": value}], **more)


def _workgroup(value: Plain) -> tuple[Resource, ...]:
    return made(WORKGROUP, configParameters=[{"parameterKey": "require_ssl", "parameterValue": value}])


RULE = Rule(
    id="store-tls-forced",
    title="Warehouses, document stores and graphs refuse connections without TLS",
    why="A client with an old setting sends its password and every answer readable across the network.",
    fix="Set require_ssl to true (tls to enabled, neptune_enforce_ssl to 1) in the parameters.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:94",),
    kinds=frozenset({*SETTINGS, CLUSTER}),
    check=EachObject(check),
    awaits=("clusterParameterGroupName",),
    allows={
        "a warehouse's group": _group(GROUP, "require_ssl", "true", family=OLD_FAMILY),
        "a new family": made(GROUP, family="redshift-2.0"),
        "a warehouse": made(CLUSTER),
        "a workgroup": _workgroup("true"),
        "documents by default": made(DOCUMENTS, family="docdb5.0"),
        "documents": _group(DOCUMENTS, "tls", "tls1.3+"),
    },
    refuses={
        "an old default": refusal(made(GROUP, family=OLD_FAMILY), f"ParameterGroup shop {WRONG}"),
        "switched off": refusal(_group(GROUP, "require_ssl", "false"), f"ParameterGroup shop {WRONG}"),
        "a warehouse with the old group": refusal(
            made(CLUSTER, clusterParameterGroupName=OLD_DEFAULT), f"Cluster shop {WRONG}"
        ),
        "a workgroup": refusal(_workgroup("false"), f"Workgroup shop {WRONG}"),
        "a workgroup that does not say": refusal(made(WORKGROUP), f"Workgroup shop {WRONG}"),
        "documents": refusal(_group(DOCUMENTS, "tls", "disabled"), f"ClusterParameterGroup shop {WRONG}"),
        **{
            kind: refusal(_group(kind, "neptune_enforce_ssl", "0"), f"{kind.rpartition(':')[2]} shop {WRONG}")
            for kind in sorted(GRAPHS)
        },
    },
)
