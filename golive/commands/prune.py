"""``golive prune``: delete the configuration, the secrets and the migrations that no version needs any more."""

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated

import typer

from golive.releases.engine import history
from golive.releases.errors import Refusal, answering
from golive.releases.history import Release, updates
from golive.releases.kubectl import delete, listed
from golive.releases.retained_objects import KEPT, USERS, Leftover, leftovers
from golive.releases.stack_file import StackFile


def prune(
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack, such as dev.", show_default=False)],
    keep: Annotated[int, typer.Option("--keep", min=1, help="Keep what the last N releases need.")] = 10,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show only; delete nothing.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Delete what earlier releases left in the cluster, once nothing uses it.

    The engine leaves ConfigMaps, ExternalSecrets and migration Jobs behind: pods of the old version may still start.
    Whatever a pod, or an object that can start pods, names stays, and so does what the last releases need.

    Exit codes: 0 done or nothing to do, 1 refused, 2 unknown.
    """
    with answering("prune"):
        StackFile.read(stack)
        found = unneeded(stack, updates(history(stack))[-keep:])
        for each in found:
            typer.echo(f"{each.namespace}: {each.kind} {each.name}")
        if dry_run or not found:
            typer.echo(f"{len(found)} of them can go; nothing was deleted" if found else "nothing to delete")
            return
        for (namespace, kind), several in groupby(found, lambda each: (each.namespace, each.kind)):
            delete(stack, namespace, KEPT[kind], [each.name for each in several])
    typer.echo(f"{len(found)} deleted")


def unneeded(stack: str, kept: Sequence[Release]) -> tuple[Leftover, ...]:
    """Find what none of the ``kept`` releases needs and nothing in the cluster uses.

    Raises ``Refusal`` and ``LedgerError`` where that can't be known.
    """
    from components.args import ENVIRONMENT, MANAGED_BY  # noqa: PLC0415 - as below
    from stack.aws.region import MANAGER  # noqa: PLC0415

    if not kept:
        raise Refusal("nothing was ever deployed, so nothing was left")
    if kept[-1].outcome == "in-progress":
        raise Refusal(f"release {kept[-1].number} is still under way. Wait for its end")
    wanted = {name for release in kept for name in needed(release)}
    ours = f"--selector={MANAGED_BY}={MANAGER},{ENVIRONMENT}={stack}"
    namespaces = [each["metadata"]["name"] for each in listed(stack, ["namespaces"], ours)]
    if not namespaces:
        raise Refusal(f"the cluster has no namespace of {stack}. Is it the one that {stack} is deployed to?")
    within = [("--namespace", namespace) for namespace in namespaces]
    # In this order: what somebody makes in the meantime is not among those that can go.
    left = [each for where in within for each in listed(stack, list(KEPT.values()), ours, *where)]
    users = [user for where in within for user in listed(stack, USERS, *where)]
    return leftovers(left, users, wanted)


def needed(release: Release) -> frozenset[str]:
    """Name what the pods of a release need. Raises ``Refusal`` where nobody knows."""
    # Only here: the program loads Pulumi's SDKs, which would slow down every other verb.
    from settings.errors import SettingsError  # noqa: PLC0415
    from stack.retained import kept  # noqa: PLC0415

    settings = release.settings
    if settings is None:
        raise Refusal(
            f"release {release.number} has settings that this program can't read, so nobody knows what it needs. "
            "Keep fewer releases with --keep"
        )
    try:
        return kept(settings.model_copy(update={"holds": {}}))
    except SettingsError as error:
        raise Refusal(f"what release {release.number} needs can't be known: {error}. Keep fewer with --keep") from None
