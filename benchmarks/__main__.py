"""``python -m benchmarks``: ``golive check`` beside the field's linters, and previews with and without the guardrails.

Everything that is compared is measured in one run, in turn, several times. Ratios of medians count: seconds are this
machine's. A tool that can't be had is named, never left out.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks import manifests, previews
from benchmarks.linters import LINTERS, Ready, prepare
from benchmarks.measure import PATIENCE, Command, FailedError, Summary, growth, interleaved, ratios, run
from benchmarks.show import show
from toolchain.errors import ToolchainError
from toolchain.paths import WORK

SIZES = (1_000, 10_000)
GOLIVE = "golive"
EXECUTABLE = Path(sys.executable).with_name(GOLIVE)


def say(line: str) -> None:
    """Print one line of progress beside the tables."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - the benchmark's own voice


def main(arguments: list[str] | None = None) -> int:
    """Measure, print tables and write JSON. Returns 1 where something could not be measured at all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5, help="runs of each program (default: 5)")
    parser.add_argument("--output", type=Path, default=WORK / "benchmarks.json", help="the JSON's file")
    parser.add_argument("--skip-previews", action="store_true", help="measure golive check only")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="golive-benchmarks-") as folder:
        try:
            scratch = Path(folder)
            figures: dict[str, Any] = {"schema": 1, "check": _check(scratch, asked.repetitions), "previews": {}}
            _write(figures, asked.output)
            if not asked.skip_previews:
                figures["previews"] = _previews(scratch, asked.repetitions)
        except (FailedError, ToolchainError) as problem:
            say(f"error: {problem}")
            return 1
    _write(figures, asked.output)
    show(figures, Console(width=120))
    say(f"written to {asked.output}")
    return 0


def _write(figures: Mapping[str, Any], file: Path) -> None:
    """Keep what was measured so far: the rest may yet fail."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _check(scratch: Path, repetitions: int) -> dict[str, Any]:
    prepared = {linter.name: prepare(linter, say) for linter in LINTERS}
    ready = {name: found for name, found in prepared.items() if isinstance(found, Ready)}
    summaries: dict[int, dict[str, Summary]] = {}
    findings: dict[int, dict[str, Counter[str]]] = {}
    checks: dict[str, int] = {}
    left_out: dict[str, str] = {}
    for size in SIZES:
        left_out |= tired(summaries, size)
        for name in left_out:
            ready.pop(name, None)
        file = scratch / f"{size}.yaml"
        manifests.write(manifests.manifests(size), file)
        report = _golive(file)
        checks |= {GOLIVE: report["summary"]["rules"]} | {
            name: one.checks() for name, one in ready.items() if name not in checks
        }
        findings[size] = {GOLIVE: Counter(finding["rule"] for finding in report["findings"])}
        say(f"counting what each finds in {size:,} documents")
        findings[size] |= {name: one.findings(file) for name, one in ready.items()}
        commands = [Command(name=GOLIVE, arguments=[str(EXECUTABLE), "check", str(file)], folder=scratch)]
        commands += [
            Command(name=name, arguments=one.judging(file), folder=scratch, environment=one.environment)
            for name, one in ready.items()
        ]
        say(f"measuring on {size:,} documents: {', '.join(one.name for one in commands)}")
        summaries[size] = interleaved(commands, repetitions, lambda command: run(command, scratch / "log"), say=say)
    return {
        "tools": {name: {"checks": count} for name, count in checks.items()},
        "missing": {name: found for name, found in prepared.items() if isinstance(found, str)},
        "leftOut": left_out,
        "sizes": {f"{size}": _sized(summaries[size], findings[size]) for size in SIZES},
        "growth": growth(summaries[SIZES[0]], summaries[SIZES[-1]]),
    }


def tired(summaries: Mapping[int, Mapping[str, Summary]], size: int) -> dict[str, str]:
    """The tools that would take longer than ``PATIENCE`` for so many documents, and why, in words."""
    return {
        name: f"{smaller:,} documents took it {summary.median:.0f} s, so it was spared {size:,}"
        for smaller, found in summaries.items()
        for name, summary in found.items()
        if summary.median * size / smaller > PATIENCE
    }


def _sized(summaries: Mapping[str, Summary], findings: Mapping[str, Counter[str]]) -> dict[str, Any]:
    compared = ratios(summaries, GOLIVE)
    return {
        name: {
            **summary.told(),
            "ratio": compared[name],
            "findings": findings[name].total(),
            "findingsByCheck": dict(findings[name].most_common()),
        }
        for name, summary in summaries.items()
    }


def _golive(file: Path) -> dict[str, Any]:
    """Our own report; its exit code 1 says that there are findings, as there should be."""
    command = [str(EXECUTABLE), "check", "--format", "json", str(file)]
    answer = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    report: dict[str, Any] = json.loads(answer.stdout)
    return report


def _previews(scratch: Path, repetitions: int) -> dict[str, Any]:
    found = {}
    for name, commands in (
        ("prod", previews.prod(scratch, say)),
        (f"{previews.RESOURCES} resources", previews.synthetic(scratch, say)),
    ):
        say(f"measuring previews of {name}")
        summaries = interleaved(commands, repetitions, lambda command: run(command, scratch / "log"), say=say)
        compared = ratios(summaries, previews.WITHOUT)
        found[name] = {each: {**summary.told(), "ratio": compared[each]} for each, summary in summaries.items()}
    return found


if __name__ == "__main__":
    sys.exit(main())
