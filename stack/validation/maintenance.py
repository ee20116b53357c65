"""Whether a product can be closed to its users: only what this stack leads them through can answer instead."""

from collections.abc import Iterator

from settings.errors import Fault
from settings.faults import did_you_mean
from settings.models import Settings


def unclosable(settings: Settings) -> Iterator[Fault]:
    """Refuse to close what runs nowhere here, and what users reach by a way that the stack doesn't own."""
    for name, notice in (settings.maintenance or {}).items():
        path = "maintenance", name
        if name not in settings.products:
            known = list(settings.products)
            expected = f"one of {', '.join(known)}"
            yield Fault(path, "a product that does not run here", expected, hint=did_you_mean(name, known))
        elif settings.aws is None:
            found = f"'{notice}', and no aws.edge to say it at"
            yield Fault(path, found, "no maintenance where users don't come through an edge of this stack")
