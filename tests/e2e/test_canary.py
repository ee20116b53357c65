"""A release walks its stages, or goes back: by the real controller, gated by a real Prometheus."""

import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from golive.planning.manifests import manifests
from settings.load import read
from stack.build import build
from tests.support.dev_cluster import wait_until
from tests.support.measured import FAILING, SILENT, SLOWER
from tests.support.own_cluster import OwnCluster
from tests.support.plan import plan
from tests.support.released import golive, ledger
from tests.support.stage import FILE, RELEASE, REPLICAS, SERVICE, SPACE, Stage, ended, measured, small


@pytest.fixture(scope="module")
def stage(own_cluster: OwnCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with measured(own_cluster, tmp_path_factory.mktemp("prometheus"), small) as made:
        yield made


@pytest.fixture(autouse=True)
def well(stage: Stage) -> Iterator[None]:
    """Everybody behaves again afterwards."""
    yield
    stage.heal()


def test_a_good_release_walks_its_stages_and_the_timeline_is_what_happened(stage: Stage, tmp_path: Path) -> None:
    old = str(stage.status()["stableRS"])
    new = stage.release()
    seen: list[tuple[int, bool]] = []
    with stage.watching(tmp_path / "log") as watch, stage.answering() as ready:
        deadline = time.monotonic() + RELEASE
        while watch.poll() is None and time.monotonic() < deadline:
            share = len(stage.pods(new)), bool(stage.pods(old))
            if not seen or seen[-1] != share:
                seen.append(share)
        code, said = ended(watch, tmp_path / "log")

    assert code == 0, said
    assert said.rstrip().endswith(f"golive watch: healthy: {SERVICE}.")
    stages = [line for line in said.splitlines() if "error-ratio 0 (< 0.05)" in line]
    assert any("stage 1 of 3, 10 percent" in line for line in stages), said
    assert any("stage 2 of 3, 50 percent" in line for line in stages), said
    assert [(run["metadata"]["labels"]["step-index"], run["status"]["phase"]) for run in stage.runs(new)] == [
        ("1", "Successful"),
        ("3", "Successful"),
    ]
    assert [share for share, _ in seen] == sorted(share for share, _ in seen)
    assert {1, 2} <= {share for share, mixed in seen if mixed}
    assert stage.status()["stableRS"] == new
    assert min(ready) >= REPLICAS, "somebody who asked the service then may have had no answer"


def test_a_breach_at_half_the_traffic_goes_back(stage: Stage, tmp_path: Path) -> None:
    old = str(stage.status()["stableRS"])
    new = stage.release()
    with stage.answering() as ready, stage.watching(tmp_path / "log") as watch:
        wait_until(lambda: stage.at_step(3), "half of the traffic", RELEASE)
        stage.exporter.manners[new] = FAILING
        code, said = ended(watch, tmp_path / "log")

    assert code == 1, said
    assert f"{SERVICE} failed: error-ratio was 0." in said
    assert "and has to be < 0.05, at 50 percent; back to the stable version" in said
    assert went_back(stage, old, new)
    assert min(ready) >= REPLICAS


def test_a_version_half_as_slow_again_goes_back(stage: Stage, tmp_path: Path) -> None:
    old, version = str(stage.status()["stableRS"]), stage.release()
    stage.exporter.manners[version] = SLOWER
    with stage.watching(tmp_path / "log") as watch:
        code, said = ended(watch, tmp_path / "log")

    assert code == 1, said
    assert "latency-regression was" in said
    assert "and has to be < 1.5, at 10 percent" in said
    assert went_back(stage, old, version)


def test_no_metrics_are_no_success(stage: Stage, tmp_path: Path) -> None:
    old = str(stage.status()["stableRS"])
    stage.exporter.everyone = SILENT
    new = stage.release()
    with stage.watching(tmp_path / "log") as watch:
        code, said = ended(watch, tmp_path / "log")

    assert code == 1, said
    assert "error-ratio had no data, and has to be < 0.05" in said
    assert went_back(stage, old, new)


def test_a_prometheus_that_is_down_is_no_success(stage: Stage, tmp_path: Path) -> None:
    old = str(stage.status()["stableRS"])
    stage.prometheus.stop()
    new = stage.release()
    with stage.watching(tmp_path / "log") as watch:
        code, said = ended(watch, tmp_path / "log")
    stage.prometheus.start()

    assert code == 1, said
    assert "error-ratio could not be measured" in said
    assert "connection refused" in said
    assert went_back(stage, old, new)


def test_in_the_middle_old_pods_start_as_before_and_up_changes_nothing(stage: Stage) -> None:
    old = str(stage.status()["stableRS"])
    wait_until(lambda: len(stage.pods(old)) == REPLICAS, "all pods of the stable version")
    before = configured(stage, old)
    stage.write(lambda settings: otherwise(settings, "1h"))
    new = stage.release()
    wait_until(lambda: stage.at_step(1) and bool(stage.pods(new)), "the first stage", RELEASE)
    victim, generation = stage.pods(old)[0]["metadata"]["name"], stage.rollout()["metadata"]["generation"]

    stage.dev.kubectl("delete", "pod", victim, "--namespace", SPACE, "--wait=false")
    stage.up()

    assert stage.rollout()["metadata"]["generation"] == generation
    assert (stage.status()["currentStepIndex"], len(stage.runs(new))) == (1, 1)
    wait_until(lambda: len(stage.pods(old)) == REPLICAS and all(map(running, stage.pods(old))), "the replacement")
    assert victim not in {each["metadata"]["name"] for each in stage.pods(old)}
    assert configured(stage, old) == before
    assert configured(stage, new) != before
    for name in before | configured(stage, new):
        assert stage.dev.get("configmap", name, SPACE)["immutable"]
    abort = '{"status": {"abort": true}}'
    named = ("rollouts.argoproj.io", SERVICE, "--namespace", SPACE, "--subresource=status", "--type=merge")
    stage.dev.kubectl("patch", *named, "--patch", abort)
    assert went_back(stage, old, new)


def test_a_failed_migration_stops_the_release_before_any_pod_changed(stage: Stage) -> None:
    file, before = stage.checkout.folder / FILE, pods(stage)
    recorded, text = ledger(stage.checkout)[0], (stage.checkout.folder / MIGRATION).read_text()
    stage.checkout.edit(MIGRATION, lambda text: text.replace(PATIENT, HASTY).replace(ANYWHERE, NOWHERE))
    stage.write(migrated)

    failed = stage.dev.make("up")

    assert failed.code != 0
    assert f"{SERVICE}-r1-" in failed.output
    assert pods(stage) == before
    assert ledger(stage.checkout)[0]["outcome"] == "failed"
    (stage.checkout.folder / MIGRATION).write_text(text)
    back = golive(stage.checkout, "rollback", "--stack", "dev")
    assert back.code == 0, back.output
    assert ledger(stage.checkout)[0]["rollbackTo"] == recorded["release"]
    assert "v2.1.0" not in file.read_text().partition("holds:")[0]
    assert pods(stage) == before


def test_ten_releases_and_the_way_back(stage: Stage) -> None:
    stage.write(lambda settings: settings.pop("holds", None))
    made: list[tuple[Mapping[str, object], str]] = []
    for number in range(TEN):
        stage.write(partial(another, number=number))
        stage.release()
        made.append((objects(stage), applied(stage)))
    assert len({state for _, state in made}) == TEN
    numbers = [each["release"] for each in ledger(stage.checkout)[:TEN]][::-1]

    for position in BACK_TO:
        stage.write(lambda settings: settings.pop("holds", None))
        with stage.answering() as ready:
            back = golive(stage.checkout, "rollback", "--stack", "dev", "--to", str(numbers[position]))
        assert back.code == 0, back.output
        assert min(ready) >= REPLICAS
        assert "it took " in back.output
        assert (objects(stage), applied(stage)) == made[position]


TEN = 10
BACK_TO = (6, *(position for position in range(TEN) if position != 6))
"""Far back first, then each; never to what is deployed."""
MIGRATION = "components/workload/migration.py"
PATIENT, HASTY = '"active_deadline_seconds": DEADLINE_SECONDS', '"active_deadline_seconds": 2'
ANYWHERE, NOWHERE = '"restart_policy": "Never"', '"restart_policy": "Never", "node_selector": {"nowhere": "at-all"}'


def migrated(settings: dict[str, Any]) -> None:
    """Ask for a release whose database has to move first."""
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    change = {"revision": "r1", "kind": "expand", "reversible": True}
    settings["releases"][SERVICE] = {"image": f"optibid/{SERVICE}:v2.1.0", "migration": change}
    ready = {"revision": "r1", "backup": {"verified": yesterday, "ticket": "OPS-1"}}
    settings["migrations"] = {SERVICE: ready}


def otherwise(settings: dict[str, Any], soak: str) -> None:
    """Make the first soak longer, and the service's configuration another one."""
    settings["products"]["optibid"]["canary"]["stages"][0]["soak"] = soak
    another(settings, TEN)


def another(settings: dict[str, Any], number: int) -> None:
    """Make the service's configuration another one."""
    place = settings["stores"]["clickhouse"]["namespace"]
    settings["stores"]["clickhouse"]["host"] = f"clickhouse-{number}.{place}.svc.cluster.local"


def running(pod: dict[str, Any]) -> bool:
    """Whether a pod runs."""
    return bool(pod["status"]["phase"] == "Running")


def configured(stage: Stage, version: str) -> set[str]:
    """The ConfigMaps that the pods of a version start with."""
    containers = [pod["spec"]["containers"][0] for pod in stage.pods(version)]
    return {entry["configMapRef"]["name"] for each in containers for entry in each["envFrom"]}


def pods(stage: Stage) -> dict[str, str]:
    """The image of each pod of the product but those of migrations, by its name."""
    found = stage.dev.all("pods", "--selector=app.kubernetes.io/part-of=optibid")
    return {
        each["metadata"]["name"]: each["spec"]["containers"][0]["image"]
        for each in found
        if "deletionTimestamp" not in each["metadata"]
        and not each["metadata"]["labels"]["app.kubernetes.io/name"].endswith("-migration")
    }


def objects(stage: Stage) -> Mapping[str, object]:
    """Every object that the stack file asks for, holds aside."""
    settings = read(stage.checkout.folder / FILE)
    made = manifests(plan(lambda: build(settings, at=datetime.now(UTC)), stack_name="dev"))
    return {each.path: each.text for each in made}


def applied(stage: Stage) -> str:
    """What the service's Rollout asks for, and the configuration and secrets that its pods mount."""
    spec = stage.rollout()["spec"]["template"]
    (container,) = spec["spec"]["containers"]
    config = container["envFrom"][0]["configMapRef"]["name"]
    mounted = [each["secret"]["secretName"] for each in spec["spec"]["volumes"] if "secret" in each]
    data = [stage.dev.get("configmap", config, SPACE)["data"]]
    data += [stage.dev.get("secret", name, SPACE)["data"] for name in mounted]
    assert mounted
    return json.dumps([spec, data], sort_keys=True)


def went_back(stage: Stage, old: str, new: str) -> bool:
    """Whether all pods are of the old version again."""
    wait_until(lambda: len(stage.pods(old)) == REPLICAS and not stage.pods(new), "the old version alone")
    status = stage.status()
    return (status["stableRS"], status["phase"]) == (old, "Degraded")
