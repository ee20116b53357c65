"""Go modules that tests read and nothing builds: from a module cache or the module proxy, and checked by hash."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from toolchain import golang, paths
from toolchain.locks import locked

PROGRESS = "another test run is downloading Go modules; waiting for it"


class ModuleError(Exception):
    """A sentence about a module that can't be had, or is not what its hash says."""


@dataclass(frozen=True, kw_only=True)
class Module:
    """One version of one module, by the hash that ``go.sum`` would show."""

    path: str
    version: str
    hash: str
    """``h1:`` and the sum over all files of the module's zip."""

    def archive(self) -> zipfile.ZipFile:
        """The module's zip, from Go's own cache, from golive's, or through the module proxy. Raises ``ModuleError``."""
        where = next((zip_ for zip_ in self._cached() if zip_.is_file()), None) or self._downloaded()
        opened = zipfile.ZipFile(where)
        if (found := _sum(opened)) != self.hash:
            raise ModuleError(f"{where} has the hash {found}, expected {self.hash}. Delete it.")
        return opened

    def _cached(self) -> Iterator[Path]:
        go_path = os.environ.get("GOPATH", "").split(os.pathsep)[0] or str(Path.home() / "go")
        ours = paths.cache() / "modules"
        for root in (ours, os.environ.get("GOMODCACHE") or Path(go_path) / "pkg" / "mod"):
            yield Path(root) / "cache" / "download" / self.path / "@v" / f"{self.version}.zip"

    def _downloaded(self) -> Path:
        root = paths.cache() / "modules"
        with (
            locked(root.with_name("modules.lock"), lambda: _say(PROGRESS)),
            tempfile.TemporaryDirectory() as scratch,
        ):
            environment = {**os.environ, "GOMODCACHE": str(root), "GOFLAGS": "-modcacherw", "GOSUMDB": "off"}
            environment |= {"GOPATH": f"{scratch}/go", "GOTOOLCHAIN": "local", "GOWORK": "off"}
            done = subprocess.run(
                [_go(Path(scratch)), "mod", "download", "-json", f"{self.path}@{self.version}"],
                cwd=scratch,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode != 0:
            raise ModuleError(f"{self.path} could not be downloaded: {(done.stdout + done.stderr).strip()}")
        return Path(json.loads(done.stdout)["Zip"])


def _go(scratch: Path) -> str:
    """The Go of the machine; else the one that the engine is built with."""
    return shutil.which("go") or str(golang.install(scratch, _say))


def _say(progress: str) -> None:
    sys.stderr.write(f"{progress}\n")


def _sum(opened: zipfile.ZipFile) -> str:
    """Go's `h1` of a zip: the hash of the sorted list of its files' hashes."""
    lines = (f"{hashlib.sha256(opened.read(name)).hexdigest()}  {name}\n" for name in sorted(opened.namelist()))
    return "h1:" + base64.b64encode(hashlib.sha256("".join(lines).encode()).digest()).decode()
