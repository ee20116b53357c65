"""``golive render``: write the manifests that a stack would apply."""

from pathlib import Path
from typing import Annotated

import typer

from settings.errors import SettingsError

REFUSED, UNREADABLE = 1, 2
"""The exit codes of a stack that can't be rendered, and of a stack file that can't be read."""


def render(
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack, such as dev.", show_default=False)],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The folder to write; replaced whole.", show_default=False)
    ],
) -> None:
    """Write the Kubernetes manifests that a stack would apply, one object a file.

    The stack file is Pulumi.<stack>.yaml in the current folder. The manifests come from the same program that the
    engine runs; no engine, cluster or credential is needed. Resources of other providers are left out.

    Exit codes: 0 written, 1 refused, 2 the stack file can't be read. Nothing is written unless all is.
    """
    # Only here: the settings load pydantic and the program Pulumi's SDKs, which would slow down every other verb.
    from settings.load import read  # noqa: PLC0415

    try:
        settings = read(Path(f"Pulumi.{stack}.yaml"))
        from golive.evaluation.exceptions import now  # noqa: PLC0415
        from golive.planning.manifests import RenderError, manifests, write  # noqa: PLC0415
        from golive.planning.mock_engine import PlanningError, plan  # noqa: PLC0415
        from stack.build import build  # noqa: PLC0415

        try:
            planned = plan(lambda: build(settings, at=now()), stack_name=stack)
            rendered = manifests(planned)
            write(rendered, output)
        except (PlanningError, RenderError) as problem:
            typer.echo(f"golive render: {problem}", err=True)
            raise typer.Exit(REFUSED) from None
        except OSError as problem:
            reason = f"{output} can't be written: {problem.strerror or problem}"
            typer.echo(f"golive render: {reason}. Name a folder that can be made.", err=True)
            raise typer.Exit(REFUSED) from None
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(REFUSED if error.reads else UNREADABLE) from None
    left_out = sorted({each.type.partition(":")[0] for each in planned} - {"golive", "kubernetes", "pulumi"})
    without = f", without the resources of {', '.join(left_out)}" if left_out else ""
    typer.echo(f"{output}: {len(rendered)} manifests of {stack}{without}")
