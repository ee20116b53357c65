"""What routes lead to: Services of the stack, their ports, and what operators make."""

from collections.abc import Iterator, Sequence

from guardrails.kubernetes.name_index import NameIndex
from guardrails.kubernetes.operator_pods import Operators
from guardrails.model.answer import NO, YES, Answer, doubtful, either
from guardrails.model.findings import Violation
from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.model.values import Unknown

SERVICE = "core/Service"


class Backends:
    """All Services of a stack, and all that operators may add."""

    def __init__(self, name_index: NameIndex, operators: Operators) -> None:
        self._residents, self._operators = name_index, operators

    def lost(self, name: Node, home: Node, port: Node | None = None) -> Iterator[Violation]:
        """What is wrong with a reference to a Service by its name, the namespace that `home` says, and a port.

        Whose namespace the stack has nothing in is somebody else's.
        """
        if name.plain is None or isinstance(name.record_unknown(), Unknown):
            return
        ours = self._residents.are_in(home)
        if not ours.possible:
            return
        services = list(self._residents.known_as(SERVICE, name, home))
        operator_services = list(self._operators.serving(name, home))
        nowhere = name.fails(f"leads to Service {name.plain}, which the stack does not have")
        faults = list(either((*(match for _, match in services), *operator_services)).unless(nowhere))
        yield from faults if ours.certain or not faults else (doubt.undecided() for doubt in ours.doubts)
        if not faults and port is not None and not either(operator_services).possible:
            yield from _through(services, port, name)


def _through(services: Sequence[tuple[Object, Answer]], port: Node, name: Node) -> Iterator[Violation]:
    """The port is one of those of the Service."""
    wanted = port.record_unknown()
    if isinstance(wanted, str | int) and not isinstance(wanted, bool) and wanted != "":
        problem = port.fails(f"leads to port {wanted} of Service {name.plain}, which has no such port")
        yield from either([match & has_port(service, wanted) for service, match in services]).unless(problem)


def has_port(service: Object, wanted: str | int) -> Answer:
    """A Service has a port of this number, or of this name. One that only gives a name to another host has all."""
    if service.at("spec", "type").plain == "ExternalName":
        return YES
    ports = service.at("spec", "ports")
    if ports.plain is not None and not isinstance(ports.plain, list):
        return doubtful(ports)
    return either(_is(port.at("name" if isinstance(wanted, str) else "port"), wanted) for port in ports.elements())


def _is(place: Node, wanted: str | int) -> Answer:
    if isinstance(place.plain, Unknown):
        return doubtful(place)
    return YES if place.plain == wanted else NO
