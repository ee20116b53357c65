"""``golive watch``: how the rollouts of a stack go, until each has ended, and an exit code that says how."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from catalog import PRODUCTS
from golive.releases.errors import REFUSED, UNKNOWN, Refusal, answering
from golive.rollouts.display import Display
from golive.rollouts.status import Sight, State, Wanted, see
from golive.rollouts.stream import Look, looks
from settings.faults import did_you_mean
from settings.load import read
from settings.vocabulary import duration_seconds, is_duration
from stack.resolve import Workload, join

GRACE_SECONDS = 600
"""What a stage may take beside its soak: the controller itself gives a version up that makes no progress so long."""
SILENCE_SECONDS = 60.0
"""How long the cluster may say nothing."""
INTERRUPTED = 130


def watch(
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack, such as dev.", show_default=False)],
    service: Annotated[str | None, typer.Option(help="One service; otherwise all with stages.")] = None,
    timeout: Annotated[str | None, typer.Option(help="When to give up, such as 90m; otherwise by the stages.")] = None,
) -> None:
    """Show stage, weight, gates and time left of each rollout, until all run what the stack file says.

    Exit codes: 0 healthy, 1 aborted, degraded or not ended in time, 2 unreadable. Whatever can't be read is no success.
    """
    with answering("watch"):
        watched = _watched(stack, service)
        limit = _limit(watched, timeout)
        wanted = [_wanted(each) for each in watched]
        try:
            with looks(stack, sorted({each.namespace for each in wanted})) as seen, Display(Console()) as display:
                code, words = follow(wanted, seen, display, limit)
        except KeyboardInterrupt:
            typer.echo("golive watch: nobody watches any more; the rollouts go on.", err=True)
            raise typer.Exit(INTERRUPTED) from None
    typer.echo(f"golive watch: {words}.", err=code != 0)
    raise typer.Exit(code)


def follow(wanted: Sequence[Wanted], seen: Iterator[Look], display: Display, limit: float) -> tuple[int, str]:
    """Look until every rollout has ended, one has failed or the time is up; give the exit code and its words."""
    began = spoke = time.monotonic()
    sights: list[Sight] = []
    for look in seen:
        now = time.monotonic()
        if look.fault:
            if now - spoke > SILENCE_SECONDS:
                return UNKNOWN, f"the cluster says nothing ({look.fault})"
        else:
            spoke = now
            sights = [see(each, look.rollouts, look.runs, look.at) for each in wanted]
            display.show(sights, look.at)
            if all(each.state in (State.HEALTHY, State.FAILED) for each in sights):
                return _ended(sights)
        if now - began > limit:
            open_ = "; ".join(f"{each.service}: {each.says}" for each in sights if each.state is not State.HEALTHY)
            return REFUSED, f"not ended within {limit:.0f} s ({open_ or look.fault})"
    return UNKNOWN, "the cluster was not read to the end"


def _ended(sights: Sequence[Sight]) -> tuple[int, str]:
    failed = [f"{each.service} failed: {each.says}" for each in sights if each.state is State.FAILED]
    if failed:
        return REFUSED, "; ".join(failed)
    return 0, f"healthy: {', '.join(each.service for each in sights)}"


def _watched(stack: str, service: str | None) -> tuple[Workload, ...]:
    """Read the stack file and choose what is rolled out in stages. Raises ``Refusal`` where that is nothing."""
    staged = tuple(
        each for each in join(read(Path(f"Pulumi.{stack}.yaml")), PRODUCTS) if each.canary or each.blue_green
    )
    if service is None and not staged:
        raise Refusal(f"no product of {stack} has a canary or blue and green, so there is nothing to watch")
    names = [each.name for each in staged]
    if service is not None and service not in names:
        hint = did_you_mean(service, names) or f"Those with stages are: {', '.join(names) or 'none'}"
        raise Refusal(f"{stack} rolls out no {service} in stages. {hint}")
    return tuple(each for each in staged if service in (None, each.name))


def _limit(watched: Sequence[Workload], timeout: str | None) -> float:
    if timeout is None:
        return max(_patience(each) for each in watched)
    if not is_duration(timeout):
        raise Refusal(f"--timeout: found {timeout!r}; expected a duration above zero, for example 90m")
    return duration_seconds(timeout)


def _patience(workload: Workload) -> int:
    stages = workload.canary.stages if workload.canary else ()
    soaks = [each.soak for each in stages] if workload.blue_green is None else [None, workload.blue_green.soak]
    return sum(GRACE_SECONDS + (duration_seconds(soak) if soak else 0) for soak in soaks)


def _wanted(workload: Workload) -> Wanted:
    environment = workload.environment["ENVIRONMENT"]
    return Wanted(namespace=workload.namespace, service=workload.name, image=workload.image, environment=environment)
