"""Where a checkout's cluster keeps what it makes."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from toolchain.paths import WORK

LONGEST_LOG = 64 * 1024 * 1024
"""Bytes that one component's log may grow to."""


@dataclass(frozen=True)
class Layout:
    """Paths below one folder, by default ``.golive/cluster``."""

    folder: Path

    @property
    def kubeconfig(self) -> Path:
        """What the user's kubectl, the engine and the tests connect with."""
        return self.folder / "kubeconfig"

    @property
    def record(self) -> Path:
        """What the supervisor says about itself and its components."""
        return self.folder / "record.json"

    @property
    def lock(self) -> Path:
        """Held by the supervisor as long as it lives."""
        return self.folder / "supervisor.lock"

    @property
    def turn(self) -> Path:
        """Held by whoever starts or stops the cluster."""
        return self.folder.with_name(f"{self.folder.name}.lock")

    @property
    def logs(self) -> Path:
        """One log for every component, and the supervisor's."""
        return self.folder / "logs"

    @property
    def data(self) -> Path:
        """What etcd and Prometheus remember."""
        return self.folder / "data"

    @property
    def private(self) -> Path:
        """Keys, certificates and the components' kubeconfigs."""
        return self.folder / "private"

    @property
    def generated(self) -> Path:
        """Configuration files and manifests without secrets, written again at every start."""
        return self.folder / "generated"

    def log(self, component: str) -> Path:
        """The log of one component."""
        return self.logs / f"{component}.log"

    def bound_log(self, component: str) -> None:
        """Empty a log that has grown too long; what writes to it appends, and goes on at the start."""
        with suppress(OSError):
            if self.log(component).stat().st_size > LONGEST_LOG:
                os.truncate(self.log(component), 0)

    def last_line(self, component: str) -> str:
        """Last line that the component has logged, shortened, or an empty string."""
        try:
            with self.log(component).open("rb") as log:
                log.seek(0, 2)
                log.seek(max(0, log.tell() - 4096))
                lines = log.read().decode(errors="replace").strip().splitlines()
        except OSError:
            return ""
        return "".join(each for each in lines[-1] if each.isprintable())[:300] if lines else ""


HERE = Layout(WORK / "cluster")
"""This checkout's own."""
