"""The command ``golive``: one module for each verb, gathered here."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from golive import rules, settings
from golive.check import check
from golive.cost.command import cost
from golive.render import render
from golive.report import report

LATER = {
    "releases": "golive.releases",
    "rollback": "golive.rollback",
    "promote": "golive.promote",
    "hold": "golive.hold",
    "lift": "golive.hold",
    "prune": "golive.prune",
    "watch": "golive.watch",
}
"""Verbs whose modules are loaded when they are asked for: reading settings takes longer than judging many manifests."""


class Verbs(TyperGroup):
    """All verbs, those of ``LATER`` among them."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - Typer keeps the type to itself
        """Name the verbs in the order of the help."""
        return [*super().list_commands(ctx), *LATER]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - as above
        """Return a verb, loaded if it was not yet."""
        if cmd_name not in LATER:
            return super().get_command(ctx, cmd_name)
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(cmd_name)(getattr(import_module(LATER[cmd_name]), cmd_name))
        return get_command(alone)


app = typer.Typer(
    name="golive",
    cls=Verbs,
    help="Production deployment checklists as infrastructure that can be previewed, judged and rolled back.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(settings.app, name="settings")
app.add_typer(rules.app, name="rules")
app.command()(check)
app.command()(cost)
app.command()(render)
app.command()(report)


@app.callback()
def golive() -> None:
    """Previewed, judged and rolled back: deployment checklists as infrastructure."""


def main() -> None:
    """Run the command; the console entry point."""
    app()
