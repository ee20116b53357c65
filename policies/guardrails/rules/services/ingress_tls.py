"""An Ingress serves every host over TLS.

Each `spec.rules[].host` of an `Ingress` must be covered by a host of `spec.tls[].hosts`, letter by letter or by a
wildcard for one label; an entry without `hosts` covers all. A rule without a host needs any entry. Load balancers that
keep their certificates elsewhere say so in an annotation (`CERTIFICATES`), which covers all hosts as well. Nor may an
annotation (`IN_THE_CLEAR`) keep users of plain HTTP from being sent to TLS, unless another one sends them (`FORCES`).
"""

from dataclasses import replace

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.answer import NO, YES, Answer, doubtful, either
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

CERTIFICATES = (
    "alb.ingress.kubernetes.io/certificate-arn",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
    "networking.gke.io/managed-certificates",
    "networking.gke.io/certmap",
)
IN_THE_CLEAR = (
    "nginx.ingress.kubernetes.io/ssl-redirect",
    "nginx.org/redirect-to-https",
    "ingress.kubernetes.io/ssl-redirect",
)
"""Annotations that are "true" unless they say otherwise."""
FORCES = "nginx.ingress.kubernetes.io/force-ssl-redirect"
STAYS = "serves plain HTTP beside TLS: it does not send users from one to the other"
PLAIN = "serves plain HTTP: no entry of spec.tls covers"
EVERY = "serves plain HTTP: it has no spec.tls"


def check(ingress: Object) -> Violations:
    """Name each host that is served in the clear."""
    # The annotations are only asked when they matter, so that an unknown one spoils no Ingress that is covered.
    problem = [] if ingress.partial else list(_uncovered(ingress))
    if problem and not any(_names_certificate(ingress, key) for key in CERTIFICATES):
        yield from problem
    for key in IN_THE_CLEAR:
        said, forced = (ingress.read("metadata", "annotations", each) for each in (key, FORCES))
        if said in {"false", False} and forced not in {"true", True} and not isinstance(forced, Unknown):
            yield ingress.fails(STAYS, "metadata", "annotations", key)


def _uncovered(ingress: Object) -> Violations:
    tls, rules = ingress.at("spec", "tls"), ingress.at("spec", "rules")
    if tls.plain in (None, []):
        yield ingress.fails(EVERY, "spec", "tls")
        return
    for listed in (tls, rules):
        if not isinstance(listed.plain, list | None):
            yield listed.undecided()
    for host in (rule.at("host") for rule in rules.elements() if tls.elements()):
        match = either(_covers(entry, host.plain) for entry in tls.elements())
        if isinstance(host.plain, Unknown):
            yield from [] if match.certain else [host.undecided()]
        elif not match.possible:
            yield host.fails(f"{PLAIN} {host.plain}")
        yield from (doubt.undecided() for doubt in match.doubts)


def _names_certificate(ingress: Object, key: str) -> bool:
    """It does, or may and is on record."""
    value = ingress.read("metadata", "annotations", key)
    return isinstance(value, Unknown) or (isinstance(value, str) and bool(value.strip()))


def _covers(entry: Node, host: object) -> Answer:
    hosts = entry.at("hosts")
    if isinstance(entry.plain, Unknown) or not isinstance(hosts.plain, list | None):
        return doubtful(hosts)
    if not hosts.plain or host is None or host == "":
        return YES
    return either(_is(named, host) for named in hosts.elements())


def _is(named: Node, host: object) -> Answer:
    if isinstance(named.plain, Unknown):
        return doubtful(named)
    if not isinstance(named.plain, str) or not isinstance(host, str):
        return NO
    label, _, domain = host.partition(".")
    return Answer(possible=named.plain in {host, f"*.{domain}"} and bool(label))


def _old(ingress: tuple[Resource, ...]) -> tuple[Resource, ...]:
    return tuple(replace(each, type="kubernetes:extensions/v1beta1:Ingress") for each in ingress)


def _ingress(tls: Plain, *hosts: Plain, annotations: Plain = None) -> tuple[Resource, ...]:
    metadata: Plain = {"name": "api", "namespace": "shop", "annotations": annotations}
    rules: list[Plain] = [{"host": host} for host in hosts]
    spec: Plain = {"tls": tls, "rules": rules}
    return (declared("kubernetes:networking.k8s.io/v1:Ingress", "api", metadata=metadata, spec=spec),)


HOST = "api.254carbon.ai"
CLEAR = f"Ingress shop/api {EVERY}"
UNCOVERED = f"Ingress shop/api {PLAIN} {HOST}"

RULE = Rule(
    id="ingress-tls",
    title="Ingresses serve every host over TLS",
    why="What crosses the Internet in the clear can be read and changed on the way, tokens first of all.",
    fix="Name every host in spec.tls with the secret of its certificate, or in the load balancer's annotation.",
    severity=Severity.HIGH,
    covers=("optibid:53", "optibid:54", "optibid:456", "production:7", "go-live-readiness:94", "go-live-readiness:161"),
    kinds=frozenset({"extensions/Ingress", "networking.k8s.io/Ingress"}),
    check=EachObject(check),
    allows={
        "covered": _ingress([{"hosts": [HOST], "secretName": "api-tls"}], HOST),
        "by a wildcard": _ingress([{"hosts": ["*.254carbon.ai"]}], HOST),
        "by an entry for all": _ingress([{"secretName": "api-tls"}], HOST),
        "sent to TLS all the same": _ingress(
            [{"hosts": [HOST]}], HOST, annotations={IN_THE_CLEAR[0]: "false", FORCES: "true"}
        ),
        "at the load balancer": _ingress(None, HOST, annotations={CERTIFICATES[0]: "arn:aws:acm:us-east-1:0:c/0"}),
    },
    refuses={
        "no entry": bad_example(_ingress(None, HOST), CLEAR),
        "empty": bad_example(_ingress([], HOST), CLEAR),
        "both ways": bad_example(
            _ingress([{"hosts": [HOST]}], HOST, annotations={IN_THE_CLEAR[0]: "false"}), f"Ingress shop/api {STAYS}"
        ),
        "another host": bad_example(_ingress([{"hosts": ["hub.254carbon.ai"]}], HOST), UNCOVERED),
        "a wildcard is one label": bad_example(
            _ingress([{"hosts": ["*.254carbon.ai"]}], "a.api.254carbon.ai"),
            f"Ingress shop/api {PLAIN} a.api.254carbon.ai",
        ),
        "one of two": bad_example(_ingress([{"hosts": ["hub.254carbon.ai"]}], "hub.254carbon.ai", HOST), UNCOVERED),
        "an empty annotation": bad_example(_ingress(None, HOST, annotations={CERTIFICATES[0]: ""}), CLEAR),
        "an old version": bad_example(_old(_ingress(None, HOST)), CLEAR),
    },
)
