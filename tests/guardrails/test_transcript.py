"""The pack writes down what it judged, and nothing about that file changes what it refuses."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from guardrails import pack
from guardrails.evaluation import transcript
from guardrails.examples.kubernetes import a_container, declared, workload
from guardrails.exceptions.change_windows import Moment
from guardrails.rules import RULES
from pulumi.runtime import proto

from tests.support.rule_forms import MANDATORY, analyzer, request
from tests.support.waiver_data import RULE, TODAY, a_waiver

WHERE = "container 'api' (Deployment shop/marketplace)"
(LATEST,) = workload(a_container(image="team/api:latest"))
SHOP = declared("kubernetes:core/v1:Namespace", "shop", namespace=None)
NOW = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)
SAID = {"waivers": [a_waiver()]}


def previewed(stack: str = "prod", said: object = None, *, to_its_end: bool = True) -> list[Any]:
    """Speak to the pack as the engine does in one preview; every violation that it answers with."""
    evaluate = analyzer()
    config = {} if said is None else {"golive:guardrails": json.dumps(said)}
    evaluate.ConfigureStack(proto.AnalyzerStackConfigureRequest(stack=stack, project="golive", config=config), None)
    told = [*evaluate.Analyze(request(SHOP), None).diagnostics, *evaluate.Analyze(request(LATEST), None).diagnostics]
    if to_its_end:
        asked = proto.AnalyzeStackRequest()
        for one in (SHOP, LATEST):
            asked.resources.add(type=one.type, name=one.name, urn=one.urn)
        told += evaluate.AnalyzeStack(asked, None).diagnostics
    return told


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the transcript is wanted, on ``TODAY``."""
    path = tmp_path / "transcript.json"
    monkeypatch.setenv(transcript.VARIABLE, str(path))
    monkeypatch.setattr(pack, "now", lambda: NOW)
    return path


def test_without_the_variable_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(transcript.VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    assert previewed()
    assert list(tmp_path.iterdir()) == []


def test_a_preview_that_ends_early_says_so(file: Path) -> None:
    previewed()
    previewed("staging", to_its_end=False)
    assert json.loads(file.read_text()) == {"golive": "transcript", "schema": 1, "stack": "staging", "over": False}


def test_a_whole_preview_is_told(file: Path) -> None:
    previewed(said=SAID)
    told = json.loads(file.read_text())
    assert (told["stack"], told["over"], told["today"]) == ("prod", True, TODAY.isoformat())
    assert told["rules"] == [rule.id for rule in RULES]
    assert told["objects"] == [
        {"urn": SHOP.urn, "kind": "Namespace", "namespace": None, "name": "shop"},
        {"urn": LATEST.urn, "kind": "Deployment", "namespace": "shop", "name": "marketplace"},
    ]
    (about_image,) = [one for one in told["findings"] if one["rule"] == RULE]
    assert about_image == {
        "rule": RULE,
        "level": "mandatory",
        "object": 1,
        "urn": LATEST.urn,
        "path": "spec.template.spec.containers[0].image",
        "message": f"{WHERE} runs 'team/api:latest', and latest can change under us.",
        "fix": "Name a version tag or a digest in releases.<service>.image.",
        "waiver": "waivers[0]",
    }
    assert told["waivers"] == [{**a_waiver(), "path": "waivers[0]", "holds": True}]
    assert told["passed"]["probes"] == [1]
    assert RULE not in told["passed"]
    assert {position for positions in told["passed"].values() for position in positions} == {0, 1}


def test_levels_and_waivers_reach_the_engine(file: Path) -> None:
    def levels(told: list[Any]) -> list[bool]:
        return [one.enforcementLevel == MANDATORY for one in told if one.policyName == RULE]

    assert file
    assert levels(previewed()) == [True]
    assert levels(previewed(said=SAID)) == [False]
    assert levels(previewed("dev", {"levels": {RULE: "advisory"}})) == [False]
    assert levels(previewed("prod", {"levels": {RULE: "advisory"}})) == [True]
    assert levels(previewed("demo", {"levels": {RULE: "advisory"}})) == [True]


def test_what_is_wrong_with_the_stack_file_is_told_once_and_first(file: Path) -> None:
    assert file
    told = previewed("prod", {"levels": {RULE: "advisory"}})
    assert [one.policyName for one in told].index("levels-and-waivers") == 0
    assert sum(one.policyName == "levels-and-waivers" for one in told) == 1
    assert told[0].enforcementLevel == MANDATORY


def test_a_stack_without_resources_is_told_as_well() -> None:
    evaluate = analyzer()
    config = {"golive:guardrails": "advisory"}
    evaluate.ConfigureStack(proto.AnalyzerStackConfigureRequest(stack="dev", config=config), None)
    (told,) = evaluate.AnalyzeStack(proto.AnalyzeStackRequest(), None).diagnostics
    assert told.message.endswith(
        "Pulumi.dev.yaml: golive:guardrails: found 'advisory'; expected a map with levels, waivers, changes. "
        "Correct golive:guardrails in the stack file."
    )


def test_an_encrypted_key_waives_nothing(file: Path) -> None:
    assert file
    moment = Moment(now=NOW, deploying=False)
    said = pack.of_stack("prod", {"golive:guardrails": json.dumps(SAID)}, ["golive:guardrails"], moment)
    assert not said.waivers
    assert "found a value that is a secret" in said.faults[0].says


@pytest.mark.parametrize("before", [b"{", b"name: golive\n", b'{"golive": "transcrypt"}', b"\xff\xfe"])
def test_a_file_of_somebody_else_is_left_alone(file: Path, before: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    plain = _told(previewed())
    file.write_bytes(before)
    assert _told(previewed()) == plain
    assert file.read_bytes() == before
    assert f"GOLIVE_TRANSCRIPT: {file} is no transcript of golive and is left alone." in capfd.readouterr().err


@pytest.mark.parametrize("name", ["no/such/folder/x.json", ".", "x" * 300, "a\0b"])
def test_a_file_that_cannot_be_written_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    plain = _told(previewed())
    monkeypatch.setattr(os, "environ", {**os.environ, transcript.VARIABLE: f"{tmp_path}/{name}"})
    assert _told(previewed()) == plain
    assert "GOLIVE_TRANSCRIPT: " in capfd.readouterr().err
    assert list(tmp_path.iterdir()) == []


def _told(diagnostics: list[Any]) -> list[tuple[str, int, str]]:
    return [(one.policyName, one.enforcementLevel, one.message) for one in diagnostics]
