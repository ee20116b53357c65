"""``golive settings``: judge stack files without an engine."""

from pathlib import Path
from typing import Annotated

import typer
from guardrails.enforcement import KEY

from catalog import PRODUCTS
from golive.enforcement import Terms, of_stack_file, today
from settings.errors import SettingsError
from settings.load import read
from stack.join import Workload, join

FAULTY, UNREADABLE = 1, 2
"""The exit codes of faults, and of a file that can't be read; the worst counts."""

app = typer.Typer(no_args_is_help=True, help="Judge stack files.")


@app.callback()
def settings() -> None:
    """Judge stack files without an engine."""


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Stack files, such as Pulumi.prod.yaml.", show_default=False)],
) -> None:
    """Check stack files against the settings' types and the catalogue, and their levels and waivers; list every fault.

    Exit codes: 0 all are well, 1 some have faults, 2 some can't be read.
    """
    worst = 0
    for file in files:
        try:
            workloads, terms = _judged(file)
        except SettingsError as error:
            typer.echo(str(error), err=True)
            worst = max(worst, FAULTY if error.reads else UNREADABLE)
            continue
        faults = terms.listed()
        if faults:
            worst = max(worst, FAULTY)
            lines = [f"{file}: {_counted(len(faults), 'fault')} in {KEY}", *(f"  {fault}" for fault in faults)]
            typer.echo("\n".join(lines), err=True)
        else:
            typer.echo(f"{file}: ok ({_summed(workloads, terms)})")
    if worst:
        raise typer.Exit(worst)


def _judged(file: Path) -> tuple[tuple[Workload, ...], Terms]:
    """Read both keys of a stack file. Raises ``SettingsError``, and then what is wrong with the levels is not said."""
    return join(read(file), PRODUCTS), of_stack_file(file, today())


def _summed(workloads: tuple[Workload, ...], terms: Terms) -> str:
    products = len({workload.product for workload in workloads})
    parts = [_counted(products, "product"), _counted(len(workloads), "service")]
    waivers = len(terms.enforcement.waivers)
    return ", ".join([*parts, *([_counted(waivers, "waiver")] if waivers else [])])


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
