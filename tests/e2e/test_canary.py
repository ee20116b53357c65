"""A release walks its stages, or goes back: by the real controller, gated by a real Prometheus."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

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


def went_back(stage: Stage, old: str, new: str) -> bool:
    """Whether all pods are of the old version again."""
    wait_until(lambda: len(stage.pods(old)) == 4 and not stage.pods(new), "the old version alone")
    status = stage.status()
    return (status["stableRS"], status["phase"]) == (old, "Degraded")
