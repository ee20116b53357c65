"""``golive cost``: what a stack would cost a month, and what a change would cost."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from golive.cost.estimate import Estimate

REFUSED, UNREADABLE = 1, 2
"""The exit codes of a stack or a revision that can't be planned, and of a stack file that can't be read."""


def cost(
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack, such as prod.", show_default=False)],
    against: Annotated[
        str, typer.Option("--against", help="A git revision to compare with, such as main.", metavar="REV")
    ] = "",
) -> None:
    """Estimate what a stack costs a month, by component, and what it costs more than at another git revision.

    A sketch for reviewers: list prices of us-east-1, dated and with their sources in golive/cost/prices.tsv. What has
    no price there is named, and so is what use pays for; neither is in the sums.

    Exit codes: 0 estimated, 1 the stack or the revision can't be planned, 2 the stack file can't be read.
    """
    # Only here: the program loads Pulumi's SDKs, which would slow down every other verb.
    from golive.cost.estimate import estimate  # noqa: PLC0415
    from golive.cost.prices import prices  # noqa: PLC0415
    from golive.cost.revision import RevisionError, plan_of  # noqa: PLC0415
    from golive.planning.mock_engine import PlanningError, plan  # noqa: PLC0415
    from settings.errors import SettingsError  # noqa: PLC0415
    from settings.load import read  # noqa: PLC0415
    from stack.build import build  # noqa: PLC0415

    try:
        settings = read(Path(f"Pulumi.{stack}.yaml"))
        then = estimate(plan_of(against, stack, Path.cwd()), prices()) if against else None
        now = estimate(plan(lambda: build(settings, at=datetime.max), stack_name=stack), prices())
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(REFUSED if error.reads else UNREADABLE) from None
    except (PlanningError, RevisionError) as problem:
        typer.echo(f"golive cost: {problem}", err=True)
        raise typer.Exit(REFUSED) from None
    lines = report(stack, now) if then is None else difference(stack, now, against, then)
    typer.echo("\n".join(lines))


def report(stack: str, found: "Estimate") -> Iterator[str]:
    """The estimate as lines of text."""
    yield f"{stack}: at least {_usd(found.total)} USD a month{_basis(found)}"
    width = max((len(name) for name in found.components), default=0)
    for name, usd in found.components.items():
        yield f"  {name:<{width}}  {_usd(usd):>12}"
    yield from _left_out(found)


def difference(stack: str, now: "Estimate", revision: str, then: "Estimate") -> Iterator[str]:
    """Both estimates side by side, with what each component costs more or less."""
    change = now.total - then.total
    yield f"{stack}: {_signed(change)} USD a month against {revision}, now at least {_usd(now.total)}{_basis(now)}"
    names = sorted({*now.components, *then.components})
    width = max((len(name) for name in names), default=0)
    for name in names:
        before, after = then.components.get(name, Decimal(0)), now.components.get(name, Decimal(0))
        if before != after:
            yield f"  {name:<{width}}  {_usd(before):>12} -> {_usd(after):>12}  {_signed(after - before):>13}"
    gone = [line for line in then.unpriced if line not in now.unpriced]
    if gone:
        yield f"no longer there, and never priced: {len(gone)}"
        yield from (f"  {line}" for line in gone)
    yield from _left_out(now)


def _left_out(found: "Estimate") -> Iterator[str]:
    if found.unpriced:
        yield f"not priced, and in no sum: {len(found.unpriced)}"
        yield from (f"  {line}" for line in found.unpriced)
    if found.by_use:
        yield "paid for by use, and in no sum:"
        yield from (f"  {what} ({count})" for what, count in found.by_use.items())


def _basis(found: "Estimate") -> str:
    days = f" (list prices of us-east-1, {found.days[0]} to {found.days[1]}" if found.days else " (nothing is priced"
    elsewhere = f"; also for {', '.join(found.elsewhere)}" if found.elsewhere else ""
    return f"{days}{elsewhere})"


def _usd(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _signed(amount: Decimal) -> str:
    return f"{amount:+,.2f}"
