"""The controller shares requests out by the mesh's objects, and no deployment takes its weights away."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.dev_cluster import wait_until
from tests.support.measured import FAILING
from tests.support.own_cluster import OwnCluster
from tests.support.stage import HASH, RELEASE, REPLICAS, SERVICE, SPACE, Stage, ended, measured, small

Shares = tuple[int, int]
"""Percent of the requests that the stable version gets, and the new one."""
ALL_OLD = 100, 0


@pytest.fixture(scope="module")
def stage(own_cluster: OwnCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with measured(own_cluster, tmp_path_factory.mktemp("prometheus"), meshed) as made:
        yield made


@pytest.fixture(autouse=True)
def well(stage: Stage) -> Iterator[None]:
    """Everybody behaves again afterwards."""
    yield
    stage.heal()


def meshed(settings: dict[str, Any], prometheus: str) -> None:
    """Leave one product, whose versions a mesh tells apart, and which is tested before users are let in."""
    small(settings, prometheus)
    settings["platform"] |= {"mesh": {"namespace": "istio-system"}, "smokeTest": {"image": "254carbon/curl:v8.17.0"}}


def test_a_good_release_gets_exactly_the_requests_of_its_stages(stage: Stage, tmp_path: Path) -> None:
    new = stage.release()
    seen: list[Shares] = []
    with stage.answering() as ready, stage.watching(tmp_path / "log") as watch:
        while watch.poll() is None:
            found = shares(stage)
            if not seen or seen[-1] != found:
                seen.append(found)
        code, said = ended(watch, tmp_path / "log")

    assert code == 0, said
    wait_until(lambda: shares(stage) == ALL_OLD, "the new version to be the stable one")
    assert [found for found in seen if found not in (ALL_OLD, (0, 100))] == [(90, 10), (50, 50)]
    assert "stage 1 of 3, 10 percent" in said
    assert [run["status"]["phase"] for run in stage.runs(new)] == ["Successful"] * 3
    assert stage.status()["stableRS"] == new == subsets(stage)["stable"]
    assert min(ready) >= REPLICAS


def test_a_deployment_takes_no_weight_away_and_a_breach_takes_all(stage: Stage, tmp_path: Path) -> None:
    old = str(stage.status()["stableRS"])
    stage.write(lambda settings: soak(settings, "1h"))
    new = stage.release()
    wait_until(lambda: shares(stage) == (90, 10), "the first stage", RELEASE)
    before = subsets(stage)

    stage.up()

    assert shares(stage) == (90, 10)
    assert subsets(stage) == before == {"stable": old, "canary": new}

    stage.write(lambda settings: soak(settings, "8s"))
    worse = stage.release()
    stage.exporter.manners[worse] = FAILING
    with stage.watching(tmp_path / "log") as watch:
        code, said = ended(watch, tmp_path / "log")
    assert code == 1, said
    assert "at 10 percent; back to the stable version" in said
    wait_until(lambda: shares(stage) == ALL_OLD, "all requests back to the old version")


def soak(settings: dict[str, Any], duration: str) -> None:
    """Say how long the first stage lasts."""
    settings["products"]["optibid"]["canary"]["stages"][0]["soak"] = duration


def shares(stage: Stage) -> Shares:
    """What the mesh is told."""
    (http,) = stage.dev.get("virtualservice", SERVICE, SPACE)["spec"]["http"]
    told = {route["destination"]["subset"]: route.get("weight", 0) for route in http["route"]}
    return told["stable"], told["canary"]


def subsets(stage: Stage) -> dict[str, str]:
    """Which version each subset stands for."""
    found = stage.dev.get("destinationrule", SERVICE, SPACE)["spec"]["subsets"]
    return {each["name"]: each["labels"].get(HASH, "") for each in found}
