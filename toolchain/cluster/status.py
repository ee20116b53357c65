"""What ``make cluster-status`` says."""

from collections.abc import Callable, Iterator

from toolchain.cluster.layout import Layout
from toolchain.cluster.record import Phase, Record, Seen, State

HEADER = ("COMPONENT", "STATE", "PID", "PORT", "RESTARTS", "VERSION")


def text(record: Record | None, layout: Layout, *, alive: bool, asked: Callable[[str], bool]) -> tuple[bool, list[str]]:
    """Return whether all is well, and the lines that say so.

    ``alive`` is whether the supervisor lives; ``asked`` asks a component at its address whether it is well.
    """
    if record is None or not alive:
        return False, list(_stopped(record))
    seen = [_truth(each, asked) for each in record.components]
    bad = [each for each in seen if each.state not in (State.RUNNING, State.MISSING)]
    well = record.phase is Phase.RUNNING and not bad
    lines = [f"cluster: {record.phase}{_at(record)}{f' ({record.said})' if record.said else ''}", *_table(seen)]
    lines += [f"{each.name}: {each.said}" for each in seen if each.said]
    lines += [f"{each.name}'s log ends with: {last}" for each in bad if (last := layout.last_line(each.name))]
    lines.append(f"logs: {layout.logs}")
    return well, lines


def _truth(seen: Seen, asked: Callable[[str], bool]) -> Seen:
    """Correct what the supervisor saw last by what is so now."""
    if seen.state is not State.RUNNING:
        return seen
    if not (seen.process and seen.process.alive):
        return Seen(**{**vars(seen), "state": State.STOPPED, "said": "its process is gone"})
    if not asked(seen.health):
        return Seen(**{**vars(seen), "state": State.UNWELL, "said": "it runs, but does not answer that it is well"})
    return seen


def _stopped(record: Record | None) -> Iterator[str]:
    if record and record.phase is Phase.FAILED:
        yield f"cluster: not running; the last start failed: {record.said}"
    elif record and record.phase in (Phase.RUNNING, Phase.STARTING, Phase.STOPPING):
        yield f"cluster: not running; its supervisor (pid {record.supervisor.pid}) ended without notice"
    else:
        yield "cluster: not running"
    yield "start it with `make cluster`"


def _at(record: Record) -> str:
    return f", Kubernetes {record.version} at {record.server}" if record.version else ""


def _table(seen: list[Seen]) -> list[str]:
    rows = [HEADER, *(_row(each) for each in seen)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _row(seen: Seen) -> tuple[str, ...]:
    pid = str(seen.process.pid) if seen.process else "-"
    return (seen.name, seen.state, pid, str(seen.port or "-"), str(seen.restarts), seen.version or "-")
