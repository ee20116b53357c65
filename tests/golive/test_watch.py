"""``golive watch`` says healthy of what was asked for, seen and taken over, and of nothing else."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from golive.commands.app import app
from golive.commands.watch import SILENCE_SECONDS, follow
from golive.releases.history import LedgerError
from golive.rollouts.display import Display, clock, table
from golive.rollouts.status import Sight, State, Wanted, see
from golive.rollouts.stream import Look, looks, parse
from tests.support.fake_api import Reply, serving
from tests.support.scripted_rollout import IMAGE, SPACE, rollout, run
from toolchain.plugins.api.client import Client
from toolchain.plugins.api.kubeconfig import Connection
from toolchain.plugins.api.transport import Transport
from toolchain.rollouts import look

NOW = datetime(2026, 3, 1, 10, 0, 10, tzinfo=UTC)
WANTED = Wanted(namespace=SPACE, service="marketplace", image=IMAGE, environment="prod")


def seen(found: dict[str, Any], *runs: dict[str, Any]) -> Sight:
    return see(WANTED, [found], runs, NOW)


def said(found: dict[str, Any], *runs: dict[str, Any]) -> tuple[State, str]:
    sight = seen(found, *runs)
    return sight.state, sight.says


def test_a_stage_on_its_way() -> None:
    sight = seen(rollout(), run())
    assert (sight.state, sight.stage, sight.stages, sight.weight, sight.left) == (State.MOVING, 1, 3, 10, 20)
    (gate,) = sight.gates
    assert (gate.name, gate.shown, gate.bound, gate.measured, gate.wanted) == ("error-ratio", "0.002", "< 0.01", 1, 5)


def test_the_weight_is_what_the_mesh_was_told() -> None:
    found = rollout(position=2, canary={"weights": {"canary": {"weight": 17}}})
    assert seen(found).weight == 17
    assert seen(rollout(position=2)).weight == 50


def test_a_pause_has_an_end() -> None:
    found = rollout("Paused", pauseConditions=[{"reason": "CanaryPauseStep", "startTime": "2026-03-01T10:00:00Z"}])
    found["spec"]["strategy"]["canary"]["steps"][1] = {"pause": {"duration": "1m"}}
    assert (seen(found).state, seen(found).left) == (State.MOVING, 50)


def test_healthy() -> None:
    sight = seen(rollout("Healthy", 5, message=None))
    assert (sight.state, sight.weight, sight.stage) == (State.HEALTHY, 100, 3)


def spoilt(*keys: str, value: object) -> dict[str, Any]:
    found = rollout("Healthy", 5)
    here: Any = found
    for key in keys[:-1]:
        here = here[key]
    here[keys[-1]] = value
    return found


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (spoilt("metadata", "name", value="web"), "there is no Rollout marketplace in market-intelligence"),
        (spoilt("metadata", "namespace", value="else"), "there is no Rollout marketplace in market-intelligence"),
        (
            spoilt("spec", "template", "spec", "containers", value=[{"image": "a:1"}]),
            f"the cluster was asked for a:1, not for {IMAGE}",
        ),
        (spoilt("spec", "template", value=None), f"the cluster was asked for no image, not for {IMAGE}"),
        (spoilt("status", "observedGeneration", value="1"), "the controller has not seen it yet"),
        (spoilt("status", "observedGeneration", value=None), "the controller has not seen it yet"),
        (spoilt("metadata", "generation", value="two"), "the controller has not seen it yet"),
        (spoilt("status", value=None), "the controller has not seen it yet"),
        (
            spoilt("status", "stableRS", value="old"),
            "the controller calls it healthy and names another stable version",
        ),
        (
            spoilt("status", "currentPodHash", value=""),
            "the controller calls it healthy and names another stable version",
        ),
        (spoilt("status", "phase", value=None), "its status can't be read: phase is missing"),
        (spoilt("status", "phase", value="Fine"), "its status can't be read: phase Fine"),
    ],
)
def test_what_is_missing_or_unreadable_is_not_healthy(found: dict[str, Any], words: str) -> None:
    assert said(found) == (State.WAITING, words)


def test_another_environment_is_no_success() -> None:
    found = spoilt("metadata", "labels", value={"golive/environment": "staging"})
    assert said(found) == (State.FAILED, "the cluster runs staging, and not prod")


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (
            {"phase": "Failed", "measurements": [{"value": "[0.25]"}]},
            "error-ratio was 0.25, and has to be < 0.01",
        ),
        ({"phase": "Failed", "measurements": [{"value": "[]"}]}, "error-ratio had no data, and has to be < 0.01"),
        ({"phase": "Failed", "measurements": []}, "error-ratio had no data, and has to be < 0.01"),
        (
            {"phase": "Failed", "measurements": [{"value": "[NaN]"}]},
            "error-ratio had no data (not a number), and has to be < 0.01",
        ),
        (
            {"phase": "Error", "message": "connection refused"},
            "error-ratio could not be measured (connection refused)",
        ),
        ({"phase": "Inconclusive"}, "error-ratio was inconclusive (0.002)"),
    ],
)
def test_an_abort_says_why_in_words(result: dict[str, Any], words: str) -> None:
    failed = run(str(result["phase"]), 3, **result)
    sight = seen(rollout("Degraded", 0, abort=True), failed)
    assert (sight.state, sight.weight) == (State.FAILED, 0)
    assert sight.says == f"{words}, at 50 percent; back to the stable version"


def test_an_abort_without_a_run_says_what_the_controller_says() -> None:
    found = rollout("Degraded", 0, message="ProgressDeadlineExceeded: no progress")
    old = run("Failed")
    old["metadata"]["labels"]["rollouts-pod-template-hash"] = "old"
    assert said(found, old) == (State.FAILED, "ProgressDeadlineExceeded: no progress")
    assert said(rollout("Degraded", 0, message=None)) == (State.FAILED, "nobody says why")


def test_an_inconclusive_analysis_waits_for_nobody() -> None:
    found = rollout("Paused", pauseConditions=[{"reason": "InconclusiveAnalysisRun"}])
    assert seen(found, run("Inconclusive")).state is State.FAILED


def watched(*given: Look, limit: float = 60) -> tuple[int, str, str]:
    shown = io.StringIO()
    with Display(Console(file=shown, width=200)) as display:
        code, words = follow([WANTED], iter(given), display, limit)
    return code, words, shown.getvalue()


def at(second: int, found: dict[str, Any] | None, *runs: dict[str, Any], fault: str = "") -> Look:
    moment = NOW + timedelta(seconds=second)
    return Look(at=moment, rollouts=(found,) if found else (), runs=runs, fault=fault)


def test_follows_to_the_end_and_says_each_change_once() -> None:
    code, words, shown = watched(
        at(0, rollout(), run()),
        at(1, rollout(), run()),
        at(2, None, fault="connection reset"),
        at(3, rollout(position=2)),
        at(4, rollout("Healthy", 5)),
    )
    assert (code, words) == (0, "healthy: marketplace")
    assert shown.splitlines() == [
        (
            "10:00:10Z marketplace: moving, stage 1 of 3, 10 percent, error-ratio 0.002 (< 0.01) 1/5, "
            "more replicas need to be updated, 20s left"
        ),
        "10:00:13Z marketplace: moving, stage 2 of 3, 50 percent, more replicas need to be updated",
        "10:00:14Z marketplace: healthy, stage 3 of 3, 100 percent",
    ]


def test_a_failure_is_an_exit_code_and_words() -> None:
    failed = run("Failed", 3, phase="Failed", measurements=[{"value": "[0.25]"}])
    code, words, _ = watched(at(0, rollout("Degraded", 0, abort=True), failed))
    assert code == 1
    assert words == (
        "marketplace failed: error-ratio was 0.25, and has to be < 0.01, at 50 percent; back to the stable version"
    )


def test_time_is_up_or_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    clocks: Iterator[float] = iter([0.0, 1.0, 100.0, 0.0, 1.0, SILENCE_SECONDS + 1])
    monkeypatch.setattr("golive.commands.watch.time.monotonic", lambda: next(clocks))
    code, words, _ = watched(at(0, rollout()), at(1, rollout()))
    assert (code, words) == (1, "not ended within 60 s (marketplace: more replicas need to be updated)")
    code, words, _ = watched(at(0, None, fault="gone"), at(1, None, fault="gone"), limit=1000)
    assert (code, words) == (2, "the cluster says nothing (gone)")


def test_an_end_of_the_looks_is_no_success() -> None:
    assert watched(at(0, rollout()))[0] == 2
    assert watched()[0] == 2


def test_a_terminal_gets_a_table() -> None:
    shown = io.StringIO()
    Console(file=shown, width=160).print(table([seen(rollout(), run())]))
    assert "marketplace" in shown.getvalue()
    assert "1 of 3" in shown.getvalue()
    assert "20s" in shown.getvalue()
    assert clock(725) == "12m 05s"


@pytest.mark.parametrize("line", ["", "[]", "{}", '{"at": "soon"}', '{"at": "2026-03-01T10:00:00+00:00"}', "null"])
def test_a_line_that_is_none_is_no_look(line: str) -> None:
    with pytest.raises(LedgerError, match="the toolchain said"):
        parse(line)


def test_no_looks_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LedgerError, match="no checkout of golive"), looks("dev", ["shop"]):
        pass
    (tmp_path / "toolchain").mkdir()
    (tmp_path / "toolchain" / "__main__.py").write_text("raise SystemExit(1)")
    with pytest.raises(LedgerError, match="the cluster of dev can't be watched"), looks("dev", ["shop"]) as given:
        next(given)


def test_the_toolchain_looks_and_says_what_went_wrong() -> None:
    with serving() as api:
        client = Client(Transport(Connection(server=api.address, cluster={}, user={}, namespace="default", origin="x")))
        found = look(client, ["shop"])
        assert (found["rollouts"], found["runs"]) == ([], [])
        assert parse(json.dumps(found)).fault == ""
        api.next("GET", Reply(code=403, body={"kind": "Status", "message": "not you"}))
        assert "not you" in look(client, ["shop"])["fault"]


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--stack", "nope"), 2, "Pulumi.nope.yaml"),
        (("--stack", "dev", "--service", "marketplac"), 1, "Did you mean 'marketplace'?"),
        (("--stack", "dev", "--timeout", "soon"), 1, "found 'soon'; expected a duration above zero"),
    ],
)
def test_a_mistake_is_one_sentence(options: tuple[str, ...], code: int, words: str) -> None:
    answer = CliRunner().invoke(app, ["watch", *options])
    assert answer.exit_code == code
    assert words in answer.stderr


def test_blue_and_green_have_no_stages() -> None:
    found = rollout(blueGreen={"activeSelector": "old"})
    found["spec"]["strategy"] = {"blueGreen": {"activeService": "marketplace"}}
    sight = seen(found, run())
    assert (sight.state, sight.stages, sight.weight) == (State.MOVING, 0, 0)
    found["status"]["blueGreen"]["activeSelector"] = "new"
    assert seen(found, run()).weight == 100


def test_a_smoke_test_that_fails_has_no_number() -> None:
    failed = run("Failed", phase="Failed", measurements=[{"phase": "Failed"}], message="job failed")
    failed["spec"]["metrics"][0].pop("successCondition")
    assert seen(rollout("Degraded", 0), failed).says == "error-ratio failed (job failed), at 10 percent"
