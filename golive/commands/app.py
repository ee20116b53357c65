"""The verbs of the command ``golive``: one module for each, gathered here."""

from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command

CHECK: Final = "check"
"""The verb that reads its command line itself."""

VERBS: Final = {
    CHECK: "golive.commands.check",
    "cost": "golive.commands.cost",
    "render": "golive.commands.render",
    "report": "golive.commands.report",
    "settings": "golive.commands.settings",
    "rules": "golive.commands.rules",
    "releases": "golive.commands.releases",
    "rollback": "golive.commands.rollback",
    "promote": "golive.commands.promote",
    "hold": "golive.commands.hold",
    "lift": "golive.commands.hold",
    "prune": "golive.commands.prune",
    "watch": "golive.commands.watch",
}
"""Each verb's module, in the order of the help. It is loaded when the verb is asked for: to load all takes longer than
to judge a thousand manifests. A verb with verbs of its own is the module's ``app``."""


class Verbs(TyperGroup):
    """The verbs, none of them loaded before it is needed."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - whatever Typer says of a group
        super().__init__(**settings)
        names: Any = dict.fromkeys(VERBS)
        self.commands = names

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - Typer keeps the type to itself
        """Load a verb; None where there is none of this name."""
        if cmd_name not in VERBS:
            return None
        module = import_module(VERBS[cmd_name])
        if hasattr(module, "app"):
            group = get_command(module.app)
            group.name = cmd_name
            return group
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        if cmd_name == CHECK:
            alone.command(cmd_name, help=module.HELP, add_help_option=False, context_settings=_UNREAD)(_check)
        else:
            alone.command(cmd_name)(getattr(module, cmd_name))
        return get_command(alone)


_UNREAD: Final = {"ignore_unknown_options": True, "allow_extra_args": True}


def _check(context: typer.Context) -> None:
    from golive.commands.check import check  # noqa: PLC0415 - as all verbs

    raise typer.Exit(check(context.args))


app = typer.Typer(
    name="golive",
    cls=Verbs,
    help="Production deployment checklists as infrastructure that can be previewed, judged and rolled back.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _told(asked: bool) -> None:  # noqa: FBT001 - as Typer calls it
    if asked:
        typer.echo(f"golive {version('golive')}")
        raise typer.Exit


@app.callback()
def golive(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_told, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Previewed, judged and rolled back: deployment checklists as infrastructure."""
