"""Whether the ways in which new versions take over can be gone on this platform."""

from collections.abc import Iterator

from settings.errors import Fault
from settings.models import Settings


def unfit(settings: Settings) -> Iterator[Fault]:
    """Refuse what the platform can't do for a canary, or for blue and green."""
    yield from _warm(settings)
    yield from _untested(settings)


def _warm(settings: Settings) -> Iterator[Fault]:
    """Refuse to keep an old version up where it would go on getting requests."""
    for name, placement in settings.products.items():
        if placement.canary and placement.canary.warm and settings.platform.mesh is None:
            found = f"'{placement.canary.warm}', and no platform.mesh"
            expected = "no warm where no mesh runs, or the mesh, for example mesh: {namespace: istio-system}"
            yield Fault(("products", name, "canary", "warm"), found, expected)


def _untested(settings: Settings) -> Iterator[Fault]:
    """Refuse blue and green without the test that has to pass before everybody changes over."""
    for name, placement in settings.products.items():
        if placement.blue_green and settings.platform.smoke_test is None:
            expected = "what tests a new version, for example smokeTest: {image: '254carbon/curl:v8.17.0'}"
            yield Fault(("platform", "smokeTest"), f"nothing, with products.{name}.blueGreen", expected)
