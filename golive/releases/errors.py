"""What a verb says when it can't do what it was asked: sentences on stderr, and an exit code."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from golive.releases.history import LedgerError
from settings.errors import SettingsError

REFUSED, UNKNOWN = 1, 2
"""The exit codes of what is refused, and of a stack file or a history that can't be read."""


class Refusal(Exception):  # noqa: N818 - it is no error of the program's, but its answer
    """Why something is not done: sentences for the user, without their full stops."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = reasons
        super().__init__("; ".join(reasons))


@contextmanager
def answering(verb: str) -> Iterator[None]:
    """Turn what is raised inside into sentences and the exit code of ``golive <verb>``."""
    try:
        yield
    except Refusal as refusal:
        for reason in refusal.reasons:
            typer.echo(f"golive {verb}: refused: {reason}{'' if reason.endswith(('.', '?')) else '.'}", err=True)
        typer.echo(f"golive {verb}: nothing was changed.", err=True)
        raise typer.Exit(REFUSED) from None
    except LedgerError as error:
        typer.echo(f"golive {verb}: {error}.", err=True)
        raise typer.Exit(UNKNOWN) from None
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(REFUSED if error.reads else UNKNOWN) from None
    except OSError as error:
        where = f"{error.filename} can't be read or written" if error.filename else "the disk does not obey"
        typer.echo(f"golive {verb}: {where} ({(error.strerror or str(error)).lower()}).", err=True)
        raise typer.Exit(UNKNOWN) from None
