"""What the benchmark computes and measures on; what it measures is no test's business."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from benchmarks import linters, measure, schemas
from benchmarks.__main__ import tired
from benchmarks.manifests import manifests, write
from benchmarks.measure import Command, FailedError, Run, Summary, growth, interleaved, ratios, run
from benchmarks.show import show
from tests.support.check_runs import found

MIB = 1024 * 1024


def command(name: str, *arguments: str) -> Command:
    return Command(name=name, arguments=[sys.executable, *arguments], folder=Path.cwd())


def summary(*seconds: float, peak: int = MIB) -> Summary:
    return Summary.of([Run(seconds=each, peak=peak) for each in seconds])


def test_the_manifests_are_the_same_every_time_and_as_many_as_asked(tmp_path: Path) -> None:
    write(manifests(300), tmp_path / "some.yaml")

    written = list(yaml.safe_load_all((tmp_path / "some.yaml").read_text()))

    assert written == manifests(300)
    assert manifests(400)[:300] == written
    assert "&id" not in (tmp_path / "some.yaml").read_text(), "no program that renders manifests writes aliases"
    assert len({(each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"]) for each in written}) == 300


def test_every_mistake_is_found(tmp_path: Path) -> None:
    write(manifests(1000), tmp_path / "some.yaml")

    report = found(tmp_path / "some.yaml")

    rules = {finding["rule"] for finding in report["findings"]}
    assert report["summary"]["objects"] == 1000
    assert {"image-tag-pinned", "limits", "no-privileged-container", "probes", "no-host-network"} <= rules
    assert "selector-matches-template" in rules


def test_a_summary_tells_the_median_the_extremes_and_the_highest_peak() -> None:
    told = Summary.of([Run(seconds=3, peak=10), Run(seconds=1, peak=30), Run(seconds=2, peak=20)]).told()

    assert told == {"runs": 3, "seconds": {"median": 2, "least": 1, "most": 3}, "peakBytes": 30}
    with pytest.raises(ValueError, match="no run"):
        Summary.of([])


def test_ratios_and_growth_compare_medians() -> None:
    small, large = {"a": summary(1, 2, 9), "b": summary(1)}, {"a": summary(30, peak=3 * MIB)}

    assert ratios(small, "a") == {"a": 1, "b": 0.5}
    assert growth(small, large) == {"a": {"seconds": 15, "peak": 3}}


def test_programs_take_turns_until_one_has_taken_long_enough() -> None:
    order: list[str] = []

    def once(asked: Command) -> Run:
        order.append(asked.name)
        return Run(seconds=60 if asked.name == "slow" else 1, peak=MIB)

    told: list[str] = []
    summaries = interleaved([command("fast"), command("slow")], 4, once, patience=100, say=told.append)

    assert told[:2] == ["  1 of 4: fast: 1.0 s", "  1 of 4: slow: 60.0 s"]
    assert len(told) == len(order)
    assert order == ["fast", "slow", "fast", "slow", "fast", "fast"]
    assert summaries["slow"].runs == 2


def test_a_run_that_never_ends_is_given_up_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "LONGEST", 0.2)

    with pytest.raises(FailedError, match="endless was given up after 0 s"):
        run(command("endless", "-c", "import signal; signal.pause()"), tmp_path / "log")


def test_a_tool_that_would_take_too_long_is_left_out_in_words() -> None:
    found = tired({1_000: {"fast": summary(1), "slow": summary(30)}}, 10_000)

    assert found == {"slow": "1,000 documents took it 30 s, so it was spared 10,000"}


def test_a_run_tells_its_time_and_memory(tmp_path: Path) -> None:
    large = run(command("large", "-c", f"x = bytearray(64 * {MIB}); print(len(x))"), tmp_path / "log")
    small = run(command("small", "-c", "pass"), tmp_path / "log")

    assert large.seconds > 0
    assert large.peak - small.peak > 32 * MIB


def test_a_program_that_does_not_do_its_work_is_not_measured(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match=r"broken ended with exit code 3:\nwhy"):
        run(command("broken", "-c", "print('why'); raise SystemExit(3)"), tmp_path / "log")


def test_schemas_hold_what_they_refer_to_and_nothing_else(tmp_path: Path) -> None:
    kind = {"group": "apps.example.com", "kind": "Thing", "version": "v1"}
    quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity"
    openapi: dict[str, Any] = {
        "definitions": {
            "thing": {
                "properties": {"part": {"items": {"$ref": "#/definitions/part"}}},
                "x-kubernetes-group-version-kind": [kind],
            },
            "part": {
                "properties": {"size": {"$ref": f"#/definitions/{quantity}"}, "whole": {"$ref": "#/definitions/thing"}}
            },
            quantity: {"type": "string"},
            "other": {},
        }
    }

    schemas.write(openapi, tmp_path / "schemas")

    (written,) = (tmp_path / "schemas").iterdir()
    schema = json.loads(written.read_text())
    assert written.name == "thing-apps-v1.json"
    assert schema["$ref"] == "#/definitions/thing"
    assert sorted(schema["definitions"]) == [quantity, "part", "thing"]
    assert schema["definitions"][quantity] == {"type": ["string", "number"]}
    assert schemas.file_name({"group": "", "kind": "Pod", "version": "v1"}) == "pod-v1"


def test_whatever_is_built_is_pinned_by_hash() -> None:
    pinned = {each.name for each in linters.LINTERS if each.build is not None}

    assert pinned <= {folder.name for folder in linters.PINS.iterdir()}
    for folder in linters.PINS.iterdir():
        hashes = "h1:" if (folder / "go.mod").exists() else "--hash=sha256:"
        lock = folder / ("go.sum" if (folder / "go.mod").exists() else "requirements.lock")
        assert hashes in lock.read_text(), folder.name


def test_a_tool_that_cannot_be_had_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (linter,) = (each for each in linters.LINTERS if each.build is None)

    assert "not on PATH" in str(linters.prepare(linter, lambda _: None))


def test_the_tables_name_every_tool_and_what_is_missing() -> None:
    figures = {**summary(1, 2).told(), "ratio": 1.0, "findings": 1234}
    told = {
        "check": {
            "tools": {"golive": {"checks": 120}},
            "missing": {"kube-linter": "it is not on PATH"},
            "leftOut": {"checkov": "too slow"},
            "sizes": {"1000": {"golive": figures}},
            "growth": {"golive": {"seconds": 9.5, "peak": 1.5}},
        },
        "previews": {"prod": {"with the pack": figures}},
    }
    console = Console(width=120, file=io.StringIO(), record=True)

    show(told, console)

    text = console.export_text()
    for words in (
        "1,000 documents",
        "1,234",
        "120",
        "missing: kube-linter",
        "9.5 times the seconds",
        "preview of prod",
    ):
        assert words in text


def test_judging_manifests_loads_nothing_that_only_other_verbs_and_formats_need(tmp_path: Path) -> None:
    others = {
        "typer",
        "pydantic",
        "pulumi",
        "pulumi_policy",
        "ruamel.yaml",
        "rich",
        "xml.etree.ElementTree",
        "golive.commands.render",
    }
    file = tmp_path / "manifests.yaml"
    write(manifests(10), file)
    asked = f"""
import atexit, sys
from golive.cli import main

atexit.register(lambda: print(sorted({others!r} & sys.modules.keys()), file=sys.stderr))
main()
"""

    command = [sys.executable, "-c", asked, "check", str(file)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)

    assert "10 objects in 1 file" in answer.stdout
    assert answer.stderr == "[]\n"
