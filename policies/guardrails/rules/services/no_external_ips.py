"""No Service claims addresses of its own choosing.

Field: `spec.externalIPs` of a `Service` must be absent or empty. Any address may stand there, and the nodes then take
the traffic that is meant for it (CVE-2020-8554).
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

PROBLEM = "claims external addresses"


def check(service: Object) -> Violations:
    """Name each Service that claims an address."""
    claimed = service.read("spec", "externalIPs")
    if claimed is not None and not isinstance(claimed, Unknown) and service.at("spec", "externalIPs").plain != []:
        yield service.fails(PROBLEM, "spec", "externalIPs")


def _service(**spec: Plain) -> tuple[Resource, ...]:
    return (declared("kubernetes:core/v1:Service", "api", spec={"ports": [{"port": 80}], **spec}),)


RULE = Rule(
    id="no-external-ips",
    title="Services claim no external addresses",
    why="Whoever may write externalIPs can take over the traffic to any address, that of another service included.",
    fix="Remove spec.externalIPs, and let users in through the gateway: edge in the catalogue.",
    severity=Severity.HIGH,
    covers=("production:6", "go-live-readiness:97", "optibid:73"),
    kinds=frozenset({"core/Service"}),
    check=EachObject(check),
    allows={"unset": _service(), "empty": _service(externalIPs=[]), "null": _service(externalIPs=None)},
    refuses={
        "one": bad_example(_service(externalIPs=["203.0.113.7"]), f"Service shop/api {PROBLEM}"),
        "no list": bad_example(_service(externalIPs="203.0.113.7"), f"Service shop/api {PROBLEM}"),
        "a patch": bad_example(
            (declared("kubernetes:core/v1:ServicePatch", "api", spec={"externalIPs": ["203.0.113.7"]}),),
            f"Service shop/api {PROBLEM}",
        ),
    },
)
