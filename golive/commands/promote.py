"""``golive promote``: copy to one environment the releases that have soaked in another."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from golive.evaluation.exceptions import now
from golive.releases.config_diff import changes
from golive.releases.engine import history
from golive.releases.errors import Refusal, answering
from golive.releases.history import DESTROY, UPDATE, Release
from golive.releases.policy_check import refusals
from golive.releases.stack_file import StackFile
from settings.faults import did_you_mean
from settings.load import parse
from settings.vocabulary import duration_seconds


def promote(
    source: Annotated[str, typer.Option("--from", help="The stack to copy from.", show_default=False)],
    target: Annotated[str, typer.Option("--to", help="The stack to copy to.", show_default=False)],
    service: Annotated[
        list[str] | None, typer.Option(help="Promote this service only; repeatable.", show_default=False)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show and judge only; change nothing.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Copy releases, and nothing else, from one stack file to another, to be reviewed and deployed there.

    A release comes only if the source runs it, and has run it unchanged as long as the target's promotion says.

    Exit codes: 0 copied or nothing to copy, 1 refused, 2 unreadable.
    """
    with answering("promote"):
        origin, file = StackFile.read(source), StackFile.read(target)
        for each in (origin, file):
            parse(dict(each.data), str(each.path))
        wanted = copied(origin.data, file.data, service or ())
        moving = [name for name, entry in wanted.items() if entry != file.data["releases"][name]]
        if not moving:
            typer.echo(f"{file.path} has these releases already; nothing to copy")
            return
        settings = {**file.data, "releases": {**file.data["releases"], **wanted}}
        soak = promotion_of(file.data, source, target)
        unready = unsoaked(history(source), origin.data, moving, soak, now())
        if reasons := [*unready, *refusals(settings, target)]:
            raise Refusal(*reasons)
        for change in changes(file.data, settings):
            typer.echo(f"  {change}")
        if dry_run:
            typer.echo("a dry run: nothing was changed")
            return
        file.replace(file.with_settings(settings))
    typer.echo(f"{file.path}: review it, commit it, and deploy it with make up STACK={target}")


def copied(source: Mapping[str, Any], target: Mapping[str, Any], only: Sequence[str]) -> dict[str, Any]:
    """Choose the releases to copy: those named, or all of the source. Raises ``Refusal`` for unknown ones."""
    offered, known = source.get("releases") or {}, target.get("releases") or {}
    for name in only or offered:
        for side, services in (("source", offered), ("target", known)):
            if name not in services:
                hint = did_you_mean(name, list(services)) if only else "Name the others with --service."
                raise Refusal(f"the {side} knows no service {name}. {hint or ''}".strip().removesuffix("."))
    return {name: offered[name] for name in only or offered}


def promotion_of(target: Mapping[str, Any], source: str, name: str) -> timedelta:
    """Read from the target's settings how long a release soaks. Raises ``Refusal`` where it may not come."""
    promotion = parse(dict(target), f"Pulumi.{name}.yaml").promotion
    if promotion is None:
        raise Refusal(f"Pulumi.{name}.yaml has no promotion. Add one, such as {{source: {source}, soak: 24h}}")
    if promotion.source != source:
        raise Refusal(f"Pulumi.{name}.yaml takes releases from {promotion.source}, and not from {source}")
    return timedelta(seconds=duration_seconds(promotion.soak))


def unsoaked(
    operations: Sequence[Release], source: Mapping[str, Any], services: Sequence[str], soak: timedelta, at: datetime
) -> Iterator[str]:
    """Say of each of ``services`` why its release may not be promoted at the time ``at``; nothing where it may."""
    done = [release for release in operations if release.kind in (UPDATE, DESTROY)]
    if not done or done[-1].kind == DESTROY:
        yield "the source has nothing deployed. Deploy it first"
        return
    if not done[-1].succeeded:
        yield f"release {done[-1].number} of the source is {done[-1].outcome}. Get it deployed first"
        return
    for service in services:
        image = source["releases"][service]["image"]
        since = running_since(done, service, image)
        if since is None:
            runs = done[-1].images.get(service, "nothing")
            yield f"{service}: the source's file says {image!r}, and {runs!r} was deployed. Deploy it first"
        elif at - since < soak:
            left = int((soak - (at - since)).total_seconds())
            yield f"{service}: {image!r} has to run {soak} in the source, and {timedelta(seconds=left)} are left"


def running_since(done: Sequence[Release], service: str, image: str) -> datetime | None:
    """Find the end of the update that brought the image, if every operation since wanted the same one."""
    since = None
    for release in reversed(done):
        if release.kind == DESTROY or release.images.get(service) != image:
            break
        since = release.ended if release.succeeded else since
    return since
