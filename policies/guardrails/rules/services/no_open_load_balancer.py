"""A load balancer serves the inside, or a list of addresses.

A `Service` of `type: LoadBalancer` must say one of: an annotation of its cloud that makes it internal (`INTERNAL`), or
`spec.loadBalancerSourceRanges` with ranges that are not the world. What the cloud does by default is not counted on: it
depends on which controller is installed.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.cidr import is_world, network
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme"
"""Where it is set, it outvotes every other annotation."""
INTERNAL = (
    (SCHEME, "internal"),
    ("service.beta.kubernetes.io/aws-load-balancer-internal", "true"),
    ("service.beta.kubernetes.io/azure-load-balancer-internal", "true"),
    ("networking.gke.io/load-balancer-type", "Internal"),
    ("cloud.google.com/load-balancer-type", "Internal"),
)
"""Annotations and the values that mean inside. Clouds differ in case, so that is ignored."""
PROBLEM = "is a load balancer that is open to the Internet"
RANGES = ("spec", "loadBalancerSourceRanges")


def check(service: Object) -> Violations:
    """Name each load balancer that lets the world in."""
    if service.read("spec", "type") != "LoadBalancer" or _is_closed(service.at(*RANGES).plain) or _is_internal(service):
        return
    ranges = [each.read() for each in service.items(*RANGES)]
    if isinstance(service.at(*RANGES).plain, list | None) and (not ranges or any(map(_is_world, ranges))):
        yield service.fails(PROBLEM, *RANGES)


def _is_closed(ranges: Plain) -> bool:
    """Known ranges, none of them the world. The annotations need not be asked then."""
    if not isinstance(ranges, list) or not ranges:
        return False
    return not any(isinstance(cidr, Unknown) or _is_world(cidr) for cidr in ranges)


def _is_internal(service: Object) -> bool:
    scheme = service.at("metadata", "annotations", SCHEME).record_unknown()
    if isinstance(scheme, str) and not isinstance(scheme, Unknown) and scheme.lower() != "internal":
        return False
    said = [(service.at("metadata", "annotations", key), value) for key, value in INTERNAL]
    if any(isinstance(place.plain, str) and place.plain.lower() == value.lower() for place, value in said):
        return True
    # None of them says so; one that is unknown still may, and is on record.
    return any([isinstance(place.record_unknown(), Unknown) for place, _ in said])  # noqa: C419 - all are to be noted


def _is_world(cidr: object) -> bool:
    if isinstance(cidr, Unknown):
        return False
    named = cidr.strip() if isinstance(cidr, str) else cidr
    return network(named) is None or is_world(named)


def _service(annotations: Plain = None, **spec: Plain) -> tuple[Resource, ...]:
    metadata: Plain = {"name": "api", "namespace": "shop", "annotations": annotations}
    return (declared("kubernetes:core/v1:Service", "api", metadata=metadata, spec={"type": "LoadBalancer", **spec}),)


OPEN = f"Service shop/api {PROBLEM}"

RULE = Rule(
    id="no-open-load-balancer",
    title="Load balancers are internal or limited to known addresses",
    why="A load balancer of one service goes around the gateway, its TLS, its limits and its firewall.",
    fix="Use type ClusterIP and let users in through the gateway, or say internal or loadBalancerSourceRanges.",
    severity=Severity.HIGH,
    covers=("production:17", "go-live-readiness:97", "optibid:69", "optibid:73"),
    kinds=frozenset({"core/Service"}),
    check=EachObject(check),
    allows={
        "in the cluster": _service(type="ClusterIP"),
        "unset": _service(type=None),
        "internal": _service({"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"}),
        "internal elsewhere": _service({"cloud.google.com/load-balancer-type": "Internal"}),
        "known addresses": _service(loadBalancerSourceRanges=["198.51.100.0/24", "2001:db8::/32"]),
    },
    refuses={
        "the world in two halves": bad_example(_service(loadBalancerSourceRanges=["0.0.0.0/1", "128.0.0.0/1"]), OPEN),
        "internal outvoted": bad_example(
            _service({"service.beta.kubernetes.io/aws-load-balancer-internal": "true", SCHEME: "internet-facing"}), OPEN
        ),
        "open": bad_example(_service(), OPEN),
        "no ranges": bad_example(_service(loadBalancerSourceRanges=[]), OPEN),
        "the world": bad_example(_service(loadBalancerSourceRanges=["198.51.100.0/24", "0.0.0.0/0"]), OPEN),
        "the world of IPv6": bad_example(_service(loadBalancerSourceRanges=["::/0"]), OPEN),
        "no range": bad_example(_service(loadBalancerSourceRanges=["office"]), OPEN),
        "facing the Internet": bad_example(
            _service({"service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing"}), OPEN
        ),
        "internal is false": bad_example(
            _service({"service.beta.kubernetes.io/aws-load-balancer-internal": "false"}), OPEN
        ),
    },
)
