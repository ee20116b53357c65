"""``golive settings``: judge stack files without an engine."""

from pathlib import Path
from typing import Annotated

import typer
from guardrails.exceptions.enforcement import KEY

from golive.evaluation.exceptions import now, of_stack_file, today
from settings.errors import SettingsError

FAULTY, UNREADABLE = 1, 2
"""The exit codes of faults, and of a file that can't be read; the worst counts."""

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Judge stack files.")


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
        # A file that can't be read at all says so twice in the same words, and is told once.
        told = dict([_products(file), _waivers(file)])
        worst = max(worst, *told.values())
        if any(told.values()):
            typer.echo("\n".join(words for words, code in told.items() if code), err=True)
        else:
            typer.echo(f"{file}: ok ({', '.join(filter(None, told))})")
    if worst:
        raise typer.Exit(worst)


def _products(file: Path) -> tuple[str, int]:
    """What the settings come to, or every fault of them, in words; and the exit code."""
    # Only here: see golive.evaluation.exceptions.
    from catalog import PRODUCTS  # noqa: PLC0415
    from settings.load import read  # noqa: PLC0415
    from stack.resolve import join  # noqa: PLC0415
    from stack.validation.migrations import untimely  # noqa: PLC0415

    try:
        settings = read(file)
        workloads = join(settings, PRODUCTS)
        if early := tuple(untimely(settings, now())):
            raise settings.origin.refuse(early)
    except SettingsError as error:
        return str(error), FAULTY if error.reads else UNREADABLE
    products = len({workload.product for workload in workloads})
    return f"{_counted(products, 'product')}, {_counted(len(workloads), 'service')}", 0


def _waivers(file: Path) -> tuple[str, int]:
    """How many waivers there are, if any, or every fault of them and of the levels; and the exit code."""
    try:
        terms = of_stack_file(file, today())
    except SettingsError as error:
        return str(error), UNREADABLE
    faults = terms.listed()
    if faults:
        return "\n  ".join([f"{file}: {_counted(len(faults), 'fault')} in {KEY}", *faults]), FAULTY
    waivers = len(terms.enforcement.waivers)
    return _counted(waivers, "waiver") if waivers else "", 0


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
