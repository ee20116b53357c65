"""The ports that pods declare."""

from collections.abc import Iterator

from guardrails.kubernetes.pods import Pod
from guardrails.model.answer import NO, YES, Answer, doubtful
from guardrails.model.node import Node
from guardrails.model.values import Plain, Unknown


def target(port: Node) -> Node:
    """Where a Service's port leads to: its `targetPort`, or its `port` where that is absent."""
    return port.at("port" if port.peek("targetPort") is None else "targetPort")


def number(wanted: Plain) -> Plain:
    """A port's number as one, however it is written; a name as it is."""
    return int(wanted) if isinstance(wanted, str) and wanted.isascii() and wanted.isdigit() else wanted


def declares(pod: Pod, wanted: Plain, protocol: Node | None = None) -> Answer:
    """A container that serves declares a port of this number, or of this name, and protocol; TCP where nothing is said.

    A pod that declares no ports at all may listen on any number, for the declaration is optional; a name needs it.
    """
    ports = list(_ports(pod))
    lost = [port for port in ports if isinstance(port.plain, Unknown) or not isinstance(port.plain, dict)]
    known = [port for port in ports if isinstance(port.plain, dict)]
    if isinstance(wanted, int) and not known and not lost:
        return YES
    field = "containerPort" if isinstance(wanted, int) else "name"
    spoken = "TCP" if protocol is None else protocol.plain or "TCP"
    doubts = list(lost)
    for port in known:
        places = [port.at(field), port.at("protocol"), *([] if protocol is None else [protocol])]
        open_ = [place for place in places if isinstance(place.plain, Unknown)]
        named = port.at(field).plain
        same = isinstance(named, Unknown) or named == wanted
        if not same or (not open_ and (port.at("protocol").plain or "TCP") != spoken):
            continue
        if not open_:
            return YES
        doubts += open_
    return doubtful(*doubts) if doubts else NO


def resolved(pod: Pod, wanted: Node) -> Node:
    """The place that gives the number of a port which is wanted by number or by name, as far as anybody can say."""
    named = number(wanted.plain)
    if not isinstance(named, str):
        return wanted.child(named, wanted.path)
    lost = wanted
    for port in _ports(pod):
        name = port.at("name")
        if name.plain == named:
            return port.at("containerPort")
        if isinstance(name.plain, Unknown):
            lost = name
    return lost


def _ports(pod: Pod) -> Iterator[Node]:
    """The declared ports, and every place where more could stand."""
    for field in ("containers", "initContainers"):
        listed = pod.at(field)
        if listed.plain is not None and not isinstance(listed.plain, list):
            yield listed
        for container in listed.elements():
            policy = container.at("restartPolicy")
            if field == "initContainers" and policy.plain != "Always":
                yield from [policy] if isinstance(policy.plain, Unknown) else []
                continue
            ports = container.at("ports")
            if ports.plain is not None and not isinstance(ports.plain, list):
                yield ports
            yield from ports.elements()
