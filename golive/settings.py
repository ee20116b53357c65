"""``golive settings``: judge stack files without an engine."""

from pathlib import Path
from typing import Annotated

import typer

from catalog import PRODUCTS
from settings.errors import SettingsError
from settings.load import read
from stack.join import join

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
    """Check stack files against the settings' types and the catalogue, and list every fault of every file.

    Exit codes: 0 all are well, 1 some have faults, 2 some can't be read.
    """
    worst = 0
    for file in files:
        try:
            workloads = join(read(file), PRODUCTS)
        except SettingsError as error:
            typer.echo(str(error), err=True)
            worst = max(worst, FAULTY if error.reads else UNREADABLE)
        else:
            products = len({workload.product for workload in workloads})
            typer.echo(f"{file}: ok ({_counted(products, 'product')}, {_counted(len(workloads), 'service')})")
    if worst:
        raise typer.Exit(worst)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
