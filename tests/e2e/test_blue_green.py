"""A release changes over at once, tested before and measured after, or goes back: by the real controller."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.dev_cluster import wait_until
from tests.support.measured import FAILING
from tests.support.own_cluster import OwnCluster
from tests.support.stage import HASH, RELEASE, REPLICAS, SERVICE, SPACE, Stage, ended, measured, small

SMOKE_TEST = "components/workload/smoke_test.py"
PATIENT, HASTY = "PATIENCE_SECONDS = 120", "PATIENCE_SECONDS = 2"
ANYWHERE, NOWHERE = '"restartPolicy": "Never",', '"restartPolicy": "Never", "nodeSelector": {"nowhere": "at-all"},'


@pytest.fixture(scope="module")
def stage(own_cluster: OwnCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with measured(own_cluster, tmp_path_factory.mktemp("prometheus"), blue_and_green) as made:
        yield made


@pytest.fixture(autouse=True)
def well(stage: Stage) -> Iterator[None]:
    """Everybody behaves again afterwards."""
    yield
    stage.heal()


def blue_and_green(settings: dict[str, Any], prometheus: str) -> None:
    """Leave one product, which changes over at once after a test."""
    small(settings, prometheus)
    product = settings["products"]["optibid"]
    del product["canary"]
    product["blueGreen"] = {"soak": "8s", "warm": "2m", "waits": False}
    settings["platform"]["smokeTest"] = {"image": "254carbon/curl:v8.17.0"}


def test_a_good_release_is_tested_takes_over_whole_and_is_measured(stage: Stage, tmp_path: Path) -> None:
    old = str(stage.status()["stableRS"])
    new = stage.release()
    seen: list[tuple[str, str]] = []
    with stage.answering() as ready, stage.watching(tmp_path / "log") as watch:
        while watch.poll() is None:
            pair = called(stage, SERVICE), called(stage, f"{SERVICE}-preview")
            if not seen or seen[-1] != pair:
                seen.append(pair)
        code, said = ended(watch, tmp_path / "log")

    assert code == 0, said
    assert [pair for pair in seen if pair != (old, old)] == [(old, new), (new, new)]
    assert analyses(stage, new) == {"PrePromotion": "Successful", "PostPromotion": "Successful"}
    assert "error-ratio 0 (< 0.05)" in said
    assert stage.status()["stableRS"] == new
    assert min(ready) >= REPLICAS
    assert len(stage.pods(old)) == REPLICAS, "the old version stays warm"


def test_a_breach_after_the_change_goes_back_at_once(stage: Stage, tmp_path: Path) -> None:
    old = str(stage.status()["stableRS"])
    new = stage.release()
    with stage.answering() as ready, stage.watching(tmp_path / "log") as watch:
        wait_until(lambda: called(stage, SERVICE) == new, "the change", RELEASE)
        stage.exporter.manners[new] = FAILING
        code, said = ended(watch, tmp_path / "log")

    assert code == 1, said
    assert f"{SERVICE} failed: error-ratio was 0." in said
    assert called(stage, SERVICE) == old == stage.status()["stableRS"]
    assert min(ready) >= REPLICAS


def test_a_version_that_fails_its_test_is_never_called(stage: Stage, tmp_path: Path) -> None:
    old = called(stage, SERVICE)
    file = stage.checkout.folder / SMOKE_TEST
    text = file.read_text()
    stage.dev.edit(SMOKE_TEST, lambda text: text.replace(PATIENT, HASTY).replace(ANYWHERE, NOWHERE))
    try:
        new = stage.release()
        with stage.watching(tmp_path / "log") as watch:
            seen = set()
            while watch.poll() is None:
                seen.add(called(stage, SERVICE))
            code, said = ended(watch, tmp_path / "log")
    finally:
        file.write_text(text)

    assert code == 1, said
    assert f"{SERVICE} failed: smoke-test" in said
    assert seen == {old}
    assert analyses(stage, new) == {"PrePromotion": "Failed"}


def called(stage: Stage, service: str) -> str:
    """The version whose pods a Service selects."""
    found: str = stage.dev.get("service", service, SPACE)["spec"]["selector"].get(HASH, "")
    return found


def analyses(stage: Stage, version: str) -> dict[str, str]:
    """What came of each analysis of a version, by its type."""
    return {run["metadata"]["labels"]["rollout-type"]: run["status"]["phase"] for run in stage.runs(version)}
