"""The cluster of a copy of the checkout, driven as make drives it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.checkouts import Copy
from toolchain.cluster import Cluster, kubectl, running
from toolchain.cluster.layout import Layout
from toolchain.cluster.processes import Process
from toolchain.cluster.record import Record, read

START_SECONDS = 900
"""How long a start may take on a machine that is busy with other tests; nothing is built in that time."""


@dataclass(frozen=True)
class Answer:
    """What a user sees of one command."""

    code: int
    output: str


@dataclass(frozen=True)
class OwnCluster:
    """What a user can do with one checkout's cluster, and what a test sees of it."""

    checkout: Copy

    @property
    def layout(self) -> Layout:
        """Where the copy's cluster keeps what it makes."""
        return Layout(self.checkout.folder / ".golive" / "cluster")

    def act(self, action: str, **environment: str) -> Answer:
        """Run ``make cluster`` and its like to the end."""
        answer = subprocess.run(
            [sys.executable, "-m", "toolchain", "cluster", action],
            cwd=self.checkout.folder,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        return Answer(answer.returncode, answer.stdout)

    def running(self) -> Cluster | None:
        """The cluster, if it answers."""
        return running(self.layout)

    def record(self) -> Record:
        """What the supervisor has written down."""
        found = read(self.layout.record)
        assert found is not None
        return found

    def processes(self) -> dict[str, Process]:
        """The supervisor's process and its components', by name."""
        record = self.record()
        components = {each.name: each.process for each in record.components if each.process}
        return {"supervisor": record.supervisor, **components}

    def kubectl(self, *arguments: str, given: str | None = None) -> Answer:
        """Ask the cluster as its administrator."""
        answer = subprocess.run(
            [str(kubectl()), "--kubeconfig", str(self.layout.kubeconfig), *arguments],
            env={"PATH": os.environ["PATH"], "HOME": str(self.layout.generated)},
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return Answer(answer.returncode, answer.stdout)

    def apply(self, *objects: dict[str, object]) -> Answer:
        """Create objects, or have them refused."""
        listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
        return self.kubectl("apply", "--filename", "-", given=listed)

    def files_for_others(self) -> list[Path]:
        """Files that somebody else on this machine could reach and read."""
        folder = self.layout.folder
        closed = [each for each in (folder, *folder.rglob("*")) if each.is_dir() and not each.stat().st_mode & 0o077]
        return [
            each
            for each in folder.rglob("*")
            if each.is_file() and each.stat().st_mode & 0o077 and not any(above in closed for above in each.parents)
        ]
