"""``golive hold`` and ``golive lift``: keep a release back, in the stack file, where it is reviewed."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from golive.releases.engine import history
from golive.releases.errors import Refusal, answering
from golive.releases.history import Release, asked, updates
from golive.releases.rollback_plan import hold_on
from golive.releases.stack_file import StackFile
from settings.faults import did_you_mean
from settings.load import parse

_Stack = Annotated[str, typer.Option("--stack", "-s", help="The stack, such as dev.", show_default=False)]


def hold(
    stack: _Stack,
    release: Annotated[int, typer.Option("--release", help="The release to keep back.", show_default=False)],
    reason: Annotated[str, typer.Option("--reason", help="Why, for whoever meets the hold.", show_default=False)],
) -> None:
    """Keep back what a release brought: the program refuses to build it until the hold is lifted.

    Exit codes: 0 held, 1 refused, 2 unreadable.
    """
    with answering("hold"):
        file = _well(stack)
        made = brought(updates(history(stack)), release, reason)
        _write(file, stack, {**(file.data.get("holds") or {}), f"release-{release}": made})
    typer.echo(f"{file.path}: the hold release-{release} keeps back {', '.join(made.get('images', ['its settings']))}")


def lift(
    stack: _Stack,
    name: Annotated[str, typer.Argument(help="The hold's name, such as release-3.", show_default=False)],
) -> None:
    """Lift a hold, so that what it kept back can be deployed again.

    Exit codes: 0 lifted, 1 refused.
    """
    with answering("lift"):
        file = _well(stack)
        holds = dict(file.data.get("holds") or {})
        if name not in holds:
            hint = did_you_mean(name, list(holds)) or f"The holds are: {', '.join(holds) or 'none'}"
            raise Refusal(f"{file.path} has no hold {name}. {hint}")
        _write(file, stack, {key: each for key, each in holds.items() if key != name})
    typer.echo(f"{file.path}: the hold {name} is lifted ({holds[name]['reason']})")


def brought(done: Sequence[Release], number: int, reason: str) -> dict[str, Any]:
    """Make the hold on what release ``number`` brought, compared with the last good one before it that differs.

    Raises ``Refusal`` where there is no such release, or none before it.
    """
    bad = next((release for release in done if release.number == number), None)
    if bad is None:
        known = ", ".join(str(release.number) for release in done) or "none"
        raise Refusal(f"there is no release {number}. The releases are: {known}")
    earlier = [each for each in done if each.number < number and each.succeeded and asked(each.data) != asked(bad.data)]
    if not earlier:
        raise Refusal(f"no other release succeeded before {number}, so nobody knows what it brought")
    return hold_on(bad, earlier[-1], reason)


def _well(stack: str) -> StackFile:
    """Read the stack file, and refuse one with faults."""
    file = StackFile.read(stack)
    parse(dict(file.data), str(file.path))
    return file


def _write(file: StackFile, stack: str, holds: Mapping[str, Any]) -> None:
    settings = {key: value for key, value in file.data.items() if key != "holds"} | ({"holds": holds} if holds else {})
    parse(settings, f"Pulumi.{stack}.yaml")
    file.replace(file.with_settings(settings))
