"""The figures as tables for people."""

from typing import Any

from rich.console import Console
from rich.table import Table

MIB = 1024 * 1024


def show(figures: dict[str, Any], console: Console) -> None:
    """Print what ``benchmarks`` found; the same as the JSON, rounded."""
    for size, found in figures["check"]["sizes"].items():
        _linters(f"{int(size):,} documents", found, figures["check"]["tools"], console)
    for name, why in figures["check"]["missing"].items():
        console.print(f"missing: {name}: {why}")
    for name, why in figures["check"]["leftOut"].items():
        console.print(f"left out: {name}: {why}")
    for name, grown in figures["check"]["growth"].items():
        console.print(
            f"growth of {name}: {grown['seconds']:.1f} times the seconds, {grown['peak']:.1f} times the memory"
        )
    for name, found in figures["previews"].items():
        _previews(name, found, console)


def _linters(title: str, found: dict[str, Any], tools: dict[str, Any], console: Console) -> None:
    table = Table(title=title)
    for heading in ("tool", "checks", "findings", "seconds", "least to most", "peak MiB", "times golive"):
        table.add_column(heading, justify="left" if heading == "tool" else "right")
    for name, figures in found.items():
        seconds = figures["seconds"]
        table.add_row(
            name,
            f"{tools[name]['checks']}",
            f"{figures['findings']:,}",
            f"{seconds['median']:.2f}",
            f"{seconds['least']:.2f} to {seconds['most']:.2f}",
            f"{figures['peakBytes'] / MIB:.0f}",
            f"{figures['ratio']:.2f}",
        )
    console.print(table)


def _previews(title: str, found: dict[str, Any], console: Console) -> None:
    table = Table(title=f"preview of {title}")
    for heading in ("preview", "seconds", "least to most", "times the one without"):
        table.add_column(heading, justify="left" if heading == "preview" else "right")
    for name, figures in found.items():
        seconds = figures["seconds"]
        spread = f"{seconds['least']:.2f} to {seconds['most']:.2f}"
        table.add_row(name, f"{seconds['median']:.2f}", spread, f"{figures['ratio']:.2f}")
    console.print(table)
