"""What the supervisor writes down, and the verbs read: one JSON file, replaced whole."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from toolchain.cluster.processes import Process


class Phase(StrEnum):
    """What the cluster as a whole is doing."""

    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


class State(StrEnum):
    """What one component is doing."""

    WAITING = "waiting"
    STARTING = "starting"
    RUNNING = "running"
    RESTARTING = "restarting"
    STOPPED = "stopped"
    UNWELL = "unwell"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One component, as the supervisor sees it."""

    name: str
    state: State
    version: str
    port: int
    health: str = ""
    process: Process | None = None
    restarts: int = 0
    said: str = ""
    """Why it does not run, in its own last words where it had some."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """One cluster, as its supervisor sees it."""

    folder: str
    """The cluster's folder: in a copied checkout, this names another one, whose processes are none of ours."""
    phase: Phase
    supervisor: Process
    said: str = ""
    """What it is at, or why it failed."""
    server: str = ""
    version: str = ""
    prometheus: str | None = None
    ports: Mapping[str, int] = field(default_factory=dict)
    components: tuple[Seen, ...] = ()

    def write(self, path: Path) -> None:
        """Replace the file."""
        half = path.with_name(f"{path.name}.half")
        half.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")
        half.chmod(0o600)
        half.replace(path)

    @property
    def processes(self) -> list[Process]:
        """The components' processes, dead or alive; the last started first."""
        return [each.process for each in reversed(self.components) if each.process]


def read(path: Path) -> Record | None:
    """Read a record of the cluster in this folder; ``None`` where there is none, or it is damaged, or another's."""
    try:
        record = _record(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return record if record.folder == os.path.realpath(path.parent) else None


def _record(raw: dict[str, Any]) -> Record:
    components = tuple(
        Seen(**{**each, "state": State(each["state"]), "process": _process(each["process"])})
        for each in raw["components"]
    )
    supervisor = Process(**raw["supervisor"])
    return Record(**{**raw, "phase": Phase(raw["phase"]), "supervisor": supervisor, "components": components})


def _process(raw: dict[str, Any] | None) -> Process | None:
    return Process(**raw) if raw else None
