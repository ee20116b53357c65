"""Pods that may not connect anywhere may at least resolve names.

For every workload in a `Namespace` that the stack makes: if a `NetworkPolicy` of that namespace selects its pods and
denies what it does not allow (`policyTypes` holds `Egress`, or is absent beside `egress` rules), then one that selects
them must allow port 53 by UDP. A rule without `ports`, a range and a named port with `dns` in its name do as well; to
whom is not looked at. An absent `protocol` means TCP, which is not enough. Pods on the node's network are exempt.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from guardrails.examples.kubernetes import bad_example, declared, running
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.network_peers import DNS
from guardrails.kubernetes.pod_templates import Template, templates
from guardrails.kubernetes.pods import WORKLOADS
from guardrails.kubernetes.selectors import by_selector
from guardrails.model.answer import NO, YES, Answer, doubtful, either
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import ANY, Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

NAMESPACE, POLICY = "core/Namespace", "networking.k8s.io/NetworkPolicy"
PROBLEM = "resolves no names: its egress is denied and no policy opens DNS for it"


def check(stack: Inventory) -> Violations:
    """Name each workload that is cut off from DNS."""
    name_index = stack.name_index
    denied = any(obj.id in {POLICY, ANY} for obj in stack)
    namespaces = [obj for obj in stack if denied and obj.id == NAMESPACE and not obj.partial]
    homes: defaultdict[str, list[Template]] = defaultdict(list)
    for obj in stack if namespaces else ():
        for template in () if obj.partial else templates(obj):
            home = obj.at("metadata", "namespace").plain
            if isinstance(home, str | None):
                homes[home or "default"].append(template)
            else:
                yield obj.undecided("metadata", "namespace")
    for namespace in namespaces:
        name = namespace.at("metadata", "name").plain
        if not isinstance(name, str):
            yield namespace.undecided("metadata", "name")
            continue
        policies = _Policies(list(name_index.living_in(namespace, POLICY)))
        for template in homes.get(name, ()):
            yield from _reaches(template, policies)


class _Policies:
    """The policies of one namespace that deny egress, by the labels that they select."""

    def __init__(self, obj: Sequence[tuple[Object, Answer]]) -> None:
        self._all = [(policy, denies) for policy, home in obj if (denies := home & _denies(policy)).possible]
        self._by_label: defaultdict[tuple[str, str], list[tuple[Object, Answer]]] = defaultdict(list)
        self._wide: list[tuple[Object, Answer]] = []
        for policy, denies in self._all:
            wanted = policy.at("spec", "podSelector", "matchLabels").plain
            pairs = [(k, v) for k, v in wanted.items() if isinstance(v, str)] if isinstance(wanted, dict) else []
            (self._by_label[pairs[0]] if pairs else self._wide).append((policy, denies))

    def on(self, template: Template) -> Iterator[tuple[Object, Answer]]:
        """Those that may select a template's pods, and on what it depends."""
        labels = template.labels.plain
        known = [(k, v) for k, v in labels.items() if isinstance(v, str)] if isinstance(labels, dict) else []
        whole = labels is None or (isinstance(labels, dict) and len(known) == len(labels))
        near = [each for pair in known for each in self._by_label.get(pair, ())]
        for policy, denies in [*self._wide, *near] if whole else self._all:
            selector = policy.at("spec", "podSelector")
            match = denies & (YES if selector.plain is None else by_selector(selector, template.labels))
            if match.possible:
                yield policy, match


def _reaches(template: Template, policies: _Policies) -> Violations:
    on = list(policies.on(template))
    network = template.pod.read("hostNetwork") if on else True
    if network is True or isinstance(network, Unknown):
        return
    opened = either(match & _opens(policy) for policy, match in on)
    closed = either(match for _, match in on)
    if not opened.possible and closed.certain:
        yield template.owner.fails(PROBLEM)
    elif not opened.certain:
        yield from (doubt.undecided() for doubt in (*opened.doubts, *closed.doubts))


def _denies(policy: Object) -> Answer:
    types, egress = policy.at("spec", "policyTypes"), policy.at("spec", "egress")
    if types.plain in (None, []):
        return doubtful(egress) if isinstance(egress.plain, Unknown) else Answer(possible=bool(egress.plain))
    if not isinstance(types.plain, list):
        return doubtful(types)
    return either(
        doubtful(each) if isinstance(each.plain, Unknown) else Answer(possible=each.plain == "Egress")
        for each in types.elements()
    )


def _opens(policy: Object) -> Answer:
    egress = policy.at("spec", "egress")
    if not isinstance(egress.plain, list | None):
        return doubtful(egress)
    return either(_opens_in(rule.at("ports")) for rule in egress.elements())


def _opens_in(ports: Node) -> Answer:
    if ports.plain in (None, []):
        return YES
    return either(map(_is_dns, ports.elements())) if isinstance(ports.plain, list) else doubtful(ports)


def _is_dns(port: Node) -> Answer:
    protocol, number, end = port.at("protocol"), port.at("port"), port.at("endPort")
    if not isinstance(protocol.plain, Unknown) and protocol.plain != "UDP":
        return NO
    open_ = [place for place in (protocol, number, end) if isinstance(place.plain, Unknown)]
    if open_:
        return doubtful(*open_)
    if isinstance(number.plain, str):
        return Answer(possible="dns" in number.plain)
    if number.plain is None:
        return YES
    last = end.plain if isinstance(end.plain, int) else number.plain
    return Answer(possible=isinstance(number.plain, int) and isinstance(last, int) and number.plain <= DNS <= last)


def _policy(name: str = "deny-all", ports: Plain = None, **spec: Plain) -> Resource:
    rules: Plain = None if ports is None else [{"ports": ports}]
    fields: Plain = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "egress": rules, **spec}
    return declared("kubernetes:networking.k8s.io/v1:NetworkPolicy", name, spec=fields)


SHOP = declared("kubernetes:core/v1:Namespace", "shop", namespace=None)
UDP: Plain = [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]
APP: Plain = {"matchLabels": {"app": "api"}}
CUT_OFF = f"Deployment shop/api {PROBLEM}"

RULE = Rule(
    id="dns-allowed",
    title="Pods whose egress is denied may resolve names",
    why="A default deny without DNS breaks every call by name, and it looks like an outage of the others.",
    fix="Add a NetworkPolicy that allows UDP and TCP 53 to the cluster's DNS; the component Namespace makes one.",
    severity=Severity.HIGH,
    covers=("production:16", "new-services:209", "optibid:28"),
    kinds=frozenset({NAMESPACE, POLICY}) | WORKLOADS,
    check=WholeStack(check),
    allows={
        "for all": (SHOP, running(), _policy(), _policy("dns", UDP)),
        "for the workload": (SHOP, running(), _policy(), _policy("dns", UDP, podSelector=APP)),
        "a range": (SHOP, running(), _policy("low", [{"port": 1, "endPort": 1023, "protocol": "UDP"}])),
        "nothing is denied": (SHOP, running(), _policy(policyTypes=["Ingress"])),
        "a namespace of others": (running(), _policy()),
    },
    refuses={
        "no such policy": bad_example((SHOP, running(), _policy()), CUT_OFF),
        "TCP alone": bad_example((SHOP, running(), _policy(), _policy("dns", [{"port": 53}])), CUT_OFF),
        "another port": bad_example((SHOP, running(), _policy("dns", [{"port": 54, "protocol": "UDP"}])), CUT_OFF),
        "for others": bad_example(
            (SHOP, running(), _policy(), _policy("dns", UDP, podSelector={"matchLabels": {"app": "web"}})), CUT_OFF
        ),
        "rules without types": bad_example(
            (SHOP, running(), _policy("store", [{"port": 5432}], policyTypes=None)), CUT_OFF
        ),
    },
)
