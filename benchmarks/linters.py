"""The field's linters, built or installed at versions pinned by hash, into the cache outside the checkout."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import schemas
from toolchain import golang
from toolchain.errors import ToolchainError
from toolchain.golang import Say
from toolchain.locks import locked
from toolchain.paths import cache

PINS = Path(__file__).parent / "linters"
"""A folder for each tool: ``go.mod`` and ``go.sum``, or ``requirements.lock``, pin everything that is in it."""


@dataclass(frozen=True, kw_only=True)
class Linter:
    """One tool beside ours."""

    name: str
    build: Callable[["Linter", Path, Path, Say], None] | None
    """Makes it, from a folder to work in and one for the result; None for a tool that is taken from ``PATH`` alone."""
    program: Callable[[Path], Sequence[str]]
    """How it is started, from its folder."""
    judge: Callable[[Path, Path], Sequence[str]]
    """Its arguments, for its folder and a file."""
    report: Callable[[Path, Path], Sequence[str]]
    """The same with a report for programs."""
    count: Callable[[str], Counter[str]]
    """The findings of such a report, by check."""
    listing: Sequence[str]
    """The arguments by which it lists its checks; empty for one that has one check."""
    counted: re.Pattern[str] = re.compile(r"^.+$", re.MULTILINE)
    """What each check looks like in that list."""


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A linter that can run."""

    linter: Linter
    folder: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """What it needs around it: its packages, where it is in Python."""
        return {**os.environ, "PYTHONPATH": str(self.folder / "packages"), "PYTHONWARNINGS": "ignore"}

    def judging(self, file: Path) -> list[str]:
        """The command that judges a file for people."""
        return [*self.linter.program(self.folder), *self.linter.judge(self.folder, file)]

    def findings(self, file: Path) -> Counter[str]:
        """What it finds in a file, by check."""
        return self.linter.count(self._answer(self.linter.report(self.folder, file)))

    def checks(self) -> int:
        """How many checks it makes."""
        listing = self.linter.listing
        return len(set(self.linter.counted.findall(self._answer(listing)))) if listing else 1

    def _answer(self, arguments: Sequence[str]) -> str:
        command = [*self.linter.program(self.folder), *arguments]
        answer = subprocess.run(
            command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        return answer.stdout.decode(errors="replace")


def prepare(linter: Linter, say: Say) -> Ready | str:
    """Make a linter, or take what was made before; a sentence where it can't be had."""
    root = cache() / "benchmarks"
    root.mkdir(parents=True, exist_ok=True)
    if linter.build is None:
        if shutil.which(linter.name) is None:
            return "it is not on PATH, and the module proxy does not serve it to be pinned"
        return Ready(linter=linter, folder=root)
    folder = root / f"{linter.name}-{_pinned(linter)}"
    try:
        with locked(folder.with_suffix(".lock"), lambda: say(f"another benchmark is making {linter.name}; waiting")):
            if not folder.exists():
                with golang.scratch(root) as scratch:
                    (scratch / "done").mkdir()
                    linter.build(linter, scratch, scratch / "done", say)
                    (scratch / "done").rename(folder)
    except (ToolchainError, OSError, subprocess.CalledProcessError) as problem:
        return f"it could not be made: {str(problem).splitlines()[0]}"
    return Ready(linter=linter, folder=folder)


def _pinned(linter: Linter) -> str:
    """Changes with whatever pins the linter."""
    digest = hashlib.sha256()
    for file in sorted([*(PINS / linter.name).iterdir(), *(PINS / "kubernetes").iterdir()]):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _from_go(linter: Linter, scratch: Path, done: Path, say: Say) -> None:
    go = golang.install(scratch, say)
    tool = (PINS / linter.name / "go.mod").read_text(encoding="utf-8").split("\ntool ")[1].split()[0]
    command = [str(go), "build", "-v", "-trimpath", "-ldflags", "-s -w", "-o", str(done / linter.name), tool]
    golang.run(f"building {linter.name}", command, PINS / linter.name, golang.environment(scratch), say)


def _with_schemas(linter: Linter, scratch: Path, done: Path, say: Say) -> None:
    _from_go(linter, scratch, done, say)
    say("making schemas from Kubernetes' own OpenAPI document ...")
    module = "@".join((PINS / "kubernetes" / "go.mod").read_text(encoding="utf-8").split("\nrequire ")[1].split())
    fetched = subprocess.run(
        [str(scratch / "packages" / "go" / "bin" / "go"), "mod", "download", "-json", module],
        cwd=PINS / "kubernetes",
        env=golang.environment(scratch),
        capture_output=True,
        check=True,
    )
    openapi = Path(json.loads(fetched.stdout)["Dir"]) / "api" / "openapi-spec" / "swagger.json"
    schemas.write(json.loads(openapi.read_text(encoding="utf-8")), done / "schemas")


def _from_python(linter: Linter, scratch: Path, done: Path, say: Say) -> None:
    lock = str(PINS / linter.name / "requirements.lock")
    command = [*golang.PIP, "--target", str(done / "packages"), "-r", lock]
    golang.run(f"installing {linter.name}", command, scratch, None, say)


def _kube_score_findings(report: str) -> Counter[str]:
    """Criticals and warnings, by check; grades are 1, 5, 7 and 10."""
    bad = (
        check["check"]["id"]
        for judged in json.loads(report)
        for check in judged["checks"] or ()
        if not check["skipped"] and check["grade"] <= _WARNING
    )
    return Counter(bad)


_WARNING = 5


def _kubeconform_findings(report: str) -> Counter[str]:
    summary = json.loads(report)["summary"]
    return Counter({"schema": summary["invalid"] + summary["errors"]})


def _kube_linter_findings(report: str) -> Counter[str]:
    reports: list[Any] = json.loads(report)["Reports"] or []
    return Counter(one["Check"] for one in reports)


def _checkov_findings(report: str) -> Counter[str]:
    return Counter(check["check_id"] for check in json.loads(report)["results"]["failed_checks"])


def _schemas(folder: Path) -> list[str]:
    location = str(folder / "schemas" / "{{.ResourceKind}}{{.KindSuffix}}.json")
    return ["-schema-location", location, "-ignore-missing-schemas"]


_CHECKOV = ("--framework", "kubernetes", "--compact", "--quiet", "--skip-download")

LINTERS = (
    Linter(
        name="kube-score",
        build=_from_go,
        program=lambda folder: [str(folder / "kube-score")],
        judge=lambda _, file: ["score", "--output-format", "ci", str(file)],
        report=lambda _, file: ["score", "--output-format", "json", str(file)],
        count=_kube_score_findings,
        listing=("list",),
    ),
    Linter(
        name="kubeconform",
        build=_with_schemas,
        program=lambda folder: [str(folder / "kubeconform")],
        judge=lambda folder, file: [*_schemas(folder), str(file)],
        report=lambda folder, file: [*_schemas(folder), "-output", "json", "-summary", str(file)],
        count=_kubeconform_findings,
        listing=(),
    ),
    Linter(
        name="checkov",
        build=_from_python,
        program=lambda _: [sys.executable, "-m", "checkov.main"],
        judge=lambda _, file: ["--file", str(file), *_CHECKOV],
        report=lambda _, file: ["--file", str(file), *_CHECKOV, "--output", "json"],
        count=_checkov_findings,
        listing=("--list", "--framework", "kubernetes"),
        counted=re.compile(r"\bCKV2?_K8S_\d+\b"),
    ),
    Linter(
        name="kube-linter",
        build=None,
        program=lambda _: ["kube-linter"],
        judge=lambda _, file: ["lint", str(file)],
        report=lambda _, file: ["lint", "--format", "json", str(file)],
        count=_kube_linter_findings,
        listing=("checks", "list"),
        counted=re.compile(r"^Name: .+$", re.MULTILINE),
    ),
)
