"""Rollouts on a screen: a live table on a terminal, a line for each change elsewhere."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from golive.rollouts.status import Sight, State

COLOURS = {State.WAITING: "yellow", State.MOVING: "cyan", State.HEALTHY: "green", State.FAILED: "red"}


class Display:
    """Shows sights as they come. A context: a live table is put away at its end, its last state stays."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False) if console.is_terminal else None
        self._said: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Begin."""
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End, whatever happened."""
        if self._live:
            self._live.stop()

    def show(self, sights: Sequence[Sight], at: datetime) -> None:
        """Show where everything stands."""
        if self._live:
            self._live.update(table(sights), refresh=True)
            return
        for sight in sights:
            line = spoken(sight)
            if self._said.get(sight.service) != line:
                self._said[sight.service] = line
                left = "" if sight.left is None else f", {clock(sight.left)} left"
                self._console.print(Text(f"{at:%H:%M:%S}Z {line}{left}"), soft_wrap=True)


def spoken(sight: Sight) -> str:
    """Say where a rollout stands, in one line without its clock, so that it is new only when something is."""
    stage = f"stage {sight.stage} of {sight.stages}" if sight.stages else ""
    weight = f"{sight.weight} percent" if sight.weight is not None else ""
    parts = [part for part in (sight.state.value, stage, weight, _gates(sight), _words(sight)) if part]
    return f"{sight.service}: {', '.join(parts)}"


def table(sights: Sequence[Sight]) -> Table:
    """Make the table: one row a service."""
    made = Table("service", "state", "stage", "weight", "gates", "left", "")
    for each in sights:
        made.add_row(
            each.service,
            Text(each.state.value, style=COLOURS[each.state]),
            f"{each.stage} of {each.stages}" if each.stages else "",
            f"{each.weight} %" if each.weight is not None else "",
            Text(_gates(each).replace("; ", "\n")),
            clock(each.left) if each.left is not None else "",
            Text(_words(each)),
        )
    return made


def clock(seconds: int) -> str:
    """Write seconds as people read them: ``45s``, ``12m 05s``."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes}m {rest:02}s" if minutes else f"{rest}s"


def _gates(sight: Sight) -> str:
    if sight.state is State.FAILED:
        return ""
    return "; ".join(
        f"{gate.name} {gate.shown if gate.value else '-'} ({gate.bound or gate.phase.lower()}) "
        f"{gate.measured}/{gate.wanted}"
        for gate in sight.gates
    )


def _words(sight: Sight) -> str:
    return "" if sight.says == sight.state.value else sight.says
