"""A release walks its stages, or goes back: by the real controller, gated by a real Prometheus."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dev_cluster import Dev, wait_until
from measured import FAILING, SILENT, SLOWER, Exporter, Prometheus, exporting
from own_cluster import OwnCluster
from stage import FILE, HASH, RELEASE, SERVICE, SPACE, Stage, small

from toolchain.plugins.api.client import Client
from toolchain.plugins.api.kubeconfig import find
from toolchain.plugins.api.transport import Transport


@pytest.fixture(scope="module")
def stage(own_cluster: OwnCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    dev = Dev(own_cluster)
    connection = find({"kubeconfig": str(own_cluster.layout.kubeconfig)})
    assert connection is not None
    client = Client(Transport(connection))

    def pods() -> list[tuple[str, str]]:
        found = client.list("v1", "Pod", SPACE, labels=f"app.kubernetes.io/name={SERVICE}").items
        running = [each["metadata"] for each in found if each["status"].get("phase") == "Running"]
        return [(each["name"], each["labels"][HASH]) for each in running]

    exporter = Exporter(SPACE, pods)
    with exporting(exporter) as port:
        prometheus = Prometheus(tmp_path_factory.mktemp("prometheus"), port)
        prometheus.start()
        made = Stage(dev, exporter, prometheus)
        file = own_cluster.checkout.folder / FILE
        original = file.read_text()
        made.write(lambda settings: small(settings, prometheus.address))
        try:
            first = made.release()
            wait_until(lambda: made.status().get("phase") == "Healthy", "the first version")
            wait_until(lambda: len(made.pods(first)) == 4, "all pods of the first version")
            wait_until(lambda: prometheus.has(f"rate(http_requests_total{{pod=~'{SERVICE}.*'}}[4s])"), "metrics")
            yield made
            down = dev.make("down")
            assert down.code == 0, down.output
        finally:
            file.write_text(original)
            prometheus.stop()


@pytest.fixture(autouse=True)
def well(stage: Stage) -> Iterator[None]:
    """Everybody behaves again afterwards."""
    yield
    stage.exporter.everyone = None
    stage.exporter.manners.clear()


def ended(watch: "subprocess.Popen[bytes]", log: Path) -> tuple[int, str]:
    """The exit code and all that was said."""
    return watch.wait(RELEASE), log.read_text()


def test_a_good_release_walks_its_stages_and_the_timeline_is_what_happened(stage: Stage, tmp_path: Path) -> None:
    old = str(stage.status()["stableRS"])
    new = stage.release()
    seen: list[tuple[int, bool]] = []
    with stage.watching(tmp_path / "log") as watch:
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


def test_a_breach_at_half_the_traffic_goes_back(stage: Stage, tmp_path: Path) -> None:
    old = str(stage.status()["stableRS"])
    new = stage.release()
    with stage.watching(tmp_path / "log") as watch:
        wait_until(lambda: stage.at_step(3), "half of the traffic", RELEASE)
        stage.exporter.manners[new] = FAILING
        code, said = ended(watch, tmp_path / "log")

    assert code == 1, said
    assert f"{SERVICE} failed: error-ratio was 0." in said
    assert "and has to be < 0.05, at 50 percent; back to the stable version" in said
    assert went_back(stage, old, new)


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


def test_in_the_middle_old_pods_start_as_before_and_up_changes_nothing(stage: Stage, tmp_path: Path) -> None:
    query = f"rate(http_requests_total{{pod=~'{SERVICE}.*'}}[4s])"
    wait_until(lambda: stage.prometheus.has(query), "metrics")
    old = str(stage.status()["stableRS"])
    wait_until(lambda: len(stage.pods(old)) == 4, "all pods of the stable version")
    before = configs(stage, old)
    stage.write(lambda settings: longer(settings, "90s"))
    new = stage.release(clickhouse="clickhouse-two.market-intelligence-infra.svc.cluster.local")
    wait_until(lambda: stage.at_step(1), "the first stage", RELEASE)
    victim = stage.pods(old)[0]["metadata"]["name"]
    generation = stage.rollout()["metadata"]["generation"]

    stage.dev.kubectl("delete", "pod", victim, "--namespace", SPACE)
    stage.up()

    assert stage.rollout()["metadata"]["generation"] == generation
    assert (stage.status()["currentStepIndex"], len(stage.runs(new))) == (1, 1)
    wait_until(lambda: len(stage.pods(old)) == 3 and all(map(running, stage.pods(old))), "the replacement")
    assert victim not in {each["metadata"]["name"] for each in stage.pods(old)}
    assert configs(stage, old) == before
    assert configs(stage, new) != before
    for name in before | configs(stage, new):
        assert stage.dev.get("configmap", name, SPACE)
    stage.exporter.everyone = FAILING
    with stage.watching(tmp_path / "log") as watch:
        assert ended(watch, tmp_path / "log")[0] == 1
    assert went_back(stage, old, new)


def longer(settings: dict[str, Any], soak: str) -> None:
    """Make the first soak longer."""
    settings["products"]["optibid"]["canary"]["stages"][0]["soak"] = soak


def running(pod: dict[str, Any]) -> bool:
    """Whether a pod runs."""
    return bool(pod["status"]["phase"] == "Running")


def configs(stage: Stage, version: str) -> set[str]:
    """The ConfigMaps that the pods of a version start with."""
    containers = [pod["spec"]["containers"][0] for pod in stage.pods(version)]
    return {entry["configMapRef"]["name"] for each in containers for entry in each["envFrom"]}


def went_back(stage: Stage, old: str, new: str) -> bool:
    """Whether all pods are of the old version again."""
    wait_until(lambda: len(stage.pods(old)) == 4 and not stage.pods(new), "the old version alone")
    status = stage.status()
    return (status["stableRS"], status["phase"]) == (old, "Degraded")


def test_a_mesh_shares_requests_out_and_up_leaves_the_weights_alone(stage: Stage, tmp_path: Path) -> None:
    def meshed(settings: dict[str, Any]) -> None:
        settings["platform"]["mesh"] = {"namespace": "istio-system"}
        settings["products"]["optibid"]["canary"]["warm"] = "1h"
        longer(settings, "8s")

    stage.write(meshed)
    old = stage.release()
    wait_until(lambda: stage.status().get("stableRS") == old, "the version with a route", RELEASE)
    stage.write(lambda settings: longer(settings, "40s"))
    new = stage.release()
    seen: list[int] = []
    with stage.watching(tmp_path / "log") as watch:
        wait_until(lambda: weights(stage)["canary"] == 10, "a tenth of the requests", RELEASE)
        stage.up()
        assert weights(stage) == {"stable": 90, "canary": 10}
        while watch.poll() is None:
            weight = weights(stage)["canary"]
            if not seen or seen[-1] != weight:
                seen.append(weight)
        code, said = ended(watch, tmp_path / "log")

    assert code == 0, said
    assert "10 percent" in said
    assert "50 percent" in said
    assert [weight for weight in seen if weight not in (0, 100)] == [10, 50]
    assert len(stage.pods(old)) == 4, "the old version is kept warm"
    assert stage.status()["stableRS"] == new


def test_blue_becomes_green_once_it_has_answered_and_goes_back_when_it_is_bad(stage: Stage, tmp_path: Path) -> None:
    stage.write(changing_over)
    old = stage.release()
    wait_until(lambda: (stage.status().get("stableRS"), stage.status().get("phase")) == (old, "Healthy"), "blue")
    new = stage.release()
    with stage.watching(tmp_path / "good") as watch:
        code, said = ended(watch, tmp_path / "good")
    assert code == 0, said
    assert [run["status"]["phase"] for run in stage.runs(new)] == ["Successful", "Successful"]
    assert selected(stage, SERVICE) == new
    assert len(stage.pods(old)) == 4, "the old version is kept warm"

    bad = stage.release()
    stage.exporter.manners[bad] = FAILING
    with stage.watching(tmp_path / "bad") as watch:
        code, said = ended(watch, tmp_path / "bad")
    assert code == 1, said
    assert "error-ratio was 0." in said
    wait_until(lambda: selected(stage, SERVICE) == new, "green again")


def changing_over(settings: dict[str, Any]) -> None:
    """Change over at once instead of in stages."""
    optibid = settings["products"]["optibid"]
    optibid.pop("canary", None)
    optibid["blueGreen"] = {"soak": "8s", "warm": "1h", "waits": False}
    settings["platform"].pop("mesh", None)
    settings["platform"]["smokeTest"] = {"image": "254carbon/curl:v8.17.0"}


def selected(stage: Stage, service: str) -> str:
    """The version that a Service leads to."""
    return str(stage.dev.get("service", service, SPACE)["spec"]["selector"].get(HASH))


def weights(stage: Stage) -> dict[str, int]:
    """The weights of the service's route, by subset."""
    route = stage.dev.get("virtualservices.networking.istio.io", SERVICE, SPACE)["spec"]["http"][0]["route"]
    return {each["destination"]["subset"]: int(each.get("weight", 0)) for each in route}
