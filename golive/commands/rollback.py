"""``golive rollback``: deploy again what an earlier release deployed."""

import shlex
import time
from typing import Annotated, TypeAlias

import typer

from golive.evaluation.exceptions import closed, now
from golive.releases.config_diff import changes
from golive.releases.engine import deploy, history
from golive.releases.errors import Refusal, answering
from golive.releases.history import Release, asked, updates
from golive.releases.policy_check import refusals
from golive.releases.preflight import Findings, outside
from golive.releases.provenance import moved
from golive.releases.rollback_plan import WayBack, configuration, way_back
from golive.releases.stack_file import StackFile
from settings.errors import GUARDRAILS
from settings.load import parse

Unverified: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--unverified",
        help="Why to go on where nobody can say that images and secrets are there.",
        show_default=False,
    ),
]


def rollback(
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack, such as dev.", show_default=False)],
    to: Annotated[
        int | None, typer.Option("--to", help="The release to return to; else the last good one.", show_default=False)
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why, for the hold on what is left.", show_default=False)
    ] = None,
    unverified: Unverified = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show and judge only; change nothing.")] = False,  # noqa: FBT002 - a flag
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask before changing the team's stack.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Return a stack to the settings of an earlier release, and deploy them under the guardrails.

    The stack file is rewritten first, whole, with a hold on the release that is left; then it is deployed as `make up`
    does. A rollback that was cut off is completed by running it again.

    The registries are asked whether they still have the release's images, and the cluster whether the store still has
    the keys of its secrets. What is gone is refused, and so is what they can't say, but with --unverified.

    Exit codes: 0 done or nothing to do, 1 refused, 2 unreadable; else the engine's own.
    """
    with answering("rollback"):
        file = StackFile.read(stack)
        operations = history(stack)
        way = way_back(operations, file.data, to, reason)
        if way.done:
            typer.echo(f"release {way.target.number} is what {stack} runs; nothing to do")
            return
        text = file.with_config(configuration(way.target, file.config, way.settings))
        _show(file, way)
        remark = _accept(_judge(file, way, updates(operations)[-1]), unverified)
        if dry_run:
            typer.echo("a dry run: nothing was changed")
            return
        file.replace(text)
        begun = time.monotonic()
        code = deploy(stack, f"rollback to {way.target.number}{remark}", yes=yes)
    _end(file, way, code, unverified, time.monotonic() - begun)


def _end(file: StackFile, way: WayBack, code: int, unverified: str | None, seconds: float) -> None:
    """Say what came of the deployment, and what is left to do. Raises ``typer.Exit`` where it failed."""
    stack = way.target.stack
    if code:
        again = f"golive rollback --stack {stack} --to {way.target.number}"
        more = f" --unverified {shlex.quote(unverified)}" if unverified else ""
        sentence = f"not done; {file.path} says what is wanted. Run this again: {again}{more}"
        typer.echo(f"golive rollback: {sentence}", err=True)
        raise typer.Exit(code)
    typer.echo(f"it took {seconds:.0f} s; where stages are not waited for, golive watch says the rest")
    typer.echo(f"{stack} runs release {way.target.number} again. Review {file.path}, with its holds, and commit it")


def _show(file: StackFile, way: WayBack) -> None:
    target = way.target
    typer.echo(f"{file.path}: back to release {target.number}, of {target.started:%Y-%m-%d %H:%M:%S}Z")
    for change in changes(file.data, way.settings):
        typer.echo(f"  {change}")
    if way.bad is not None:
        typer.echo(f"the hold {way.bad.name} keeps release {way.bad.number} back until it is lifted")
    if sentence := moved(target):
        typer.echo(f"note: {sentence}")


def _judge(file: StackFile, way: WayBack, newest: Release) -> Findings:
    """Refuse what can't be safe, as far as this machine can say; then ask others. Raises ``Refusal``."""
    stack = way.target.stack
    late = closed(configuration(way.target, file.config, way.settings).get(GUARDRAILS), way.settings, stack, now())
    unsafe = [*_uncommitted(file, way, newest), *([late] if late else [])]
    if reasons := [*unsafe, *refusals(way.settings, stack)]:
        raise Refusal(*reasons)
    typer.echo("looking whether its images and secrets are still there", err=True)
    return outside(parse(dict(way.settings), str(file.path)), stack)


def _accept(found: Findings, reason: str | None) -> str:
    """Refuse what is gone, and what nobody can say but for a ``reason``; give what the history is told of that."""
    if reason is not None and not (reason.isprintable() and reason.strip()):
        raise Refusal("--unverified needs a reason, in one line")
    doubts = () if reason else tuple(f"{each}. To go on all the same: --unverified REASON" for each in found.unknown)
    if found.gone or doubts:
        raise Refusal(*found.gone, *doubts)
    for sentence in found.notes:
        typer.echo(f"note: {sentence}")
    for sentence in found.unknown:
        typer.echo(f"not verified: {sentence}")
    return f", unverified ({reason})" if found.unknown else ""


def _uncommitted(file: StackFile, way: WayBack, newest: Release) -> list[str]:
    """Refuse to overwrite what nobody else has: neither git, nor the history, nor this rollback.

    The holds and the promotion are not overwritten.
    """
    known = (asked(newest.data), asked(way.settings))
    if asked(file.data) in known or file.committed():
        return []
    return [f"{file.path} has changes that were neither deployed nor committed. Commit them, or take them back"]
