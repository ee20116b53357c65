"""The command ``golive``: one module for each verb, gathered here."""

import typer

from golive import rules, settings
from golive.check import check
from golive.cost.command import cost
from golive.hold import hold, lift
from golive.promote import promote
from golive.releases import releases
from golive.render import render
from golive.report import report
from golive.rollback import rollback

app = typer.Typer(
    name="golive",
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
app.command()(releases)
app.command()(rollback)
app.command()(promote)
app.command()(hold)
app.command()(lift)


@app.callback()
def golive() -> None:
    """Previewed, judged and rolled back: deployment checklists as infrastructure."""


def main() -> None:
    """Run the command; the console entry point."""
    app()
