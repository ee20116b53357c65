"""A release walks its stages, or goes back: by the real controller, gated by a real Prometheus."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from checkouts import COMMAND, Copy, own_code
from dev_cluster import Dev, wait_until
from measured import FAILING, SILENT, SLOWER, Exporter, Prometheus, exporting
from own_cluster import OwnCluster

from toolchain.plugins.api.client import Client
from toolchain.plugins.api.kubeconfig import find
from toolchain.plugins.api.transport import Transport

SERVICE, SPACE, HASH = "optibid-backend", "optibid", "rollouts-pod-template-hash"
FILE = "Pulumi.dev.yaml"
RELEASE = 240.0
"""Seconds that a release of seconds-long soaks may take on a busy machine."""


class Stage:
    """One small product on its own cluster, measured by a Prometheus of the test's own."""

    def __init__(self, dev: Dev, exporter: Exporter, prometheus: Prometheus) -> None:
        self.dev, self.exporter, self.prometheus = dev, exporter, prometheus
        self._version = 0

    @property
    def checkout(self) -> Copy:
        """The copy of the checkout."""
        return self.dev.own.checkout

    def write(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Change the stack file's settings."""
        path = self.checkout.folder / FILE
        document = yaml.safe_load(path.read_text())
        change(document["config"]["golive:settings"])
        path.write_text(yaml.safe_dump(document, sort_keys=False))

    def release(self, **stores: str) -> str:
        """Deploy the next version, with other hosts of some stores; ``up`` returns at once. Give its hash."""
        self._version += 1
        before = self.status().get("currentPodHash")

        def change(settings: dict[str, Any]) -> None:
            settings["releases"][SERVICE]["image"] = f"optibid/{SERVICE}:v1.{self._version}.0"
            for name, host in stores.items():
                settings["stores"][name]["host"] = host

        self.write(change)
        self.up()
        wait_until(lambda: self.status().get("currentPodHash") not in (None, before), "the new version")
        return str(self.status()["currentPodHash"])

    def up(self) -> None:
        """Deploy what the stack file says."""
        seen = self.dev.make("up")
        assert seen.code == 0, seen.output

    def rollout(self) -> dict[str, Any]:
        """The Rollout as it is; empty where there is none."""
        found = [each for each in self.dev.all("rollouts.argoproj.io") if each["metadata"]["name"] == SERVICE]
        return found[0] if found else {}

    def status(self) -> dict[str, Any]:
        """The Rollout's status."""
        found: dict[str, Any] = self.rollout().get("status", {})
        return found

    def at_step(self, position: int) -> bool:
        """Whether the rollout is at a step or behind it."""
        return int(self.status().get("currentStepIndex") or 0) >= position

    def runs(self, version: str) -> list[dict[str, Any]]:
        """The analyses of a version, the oldest first."""
        found = [
            each for each in self.dev.all("analysisruns.argoproj.io") if each["metadata"]["labels"][HASH] == version
        ]
        return sorted(found, key=lambda each: str(each["metadata"]["creationTimestamp"]))

    def pods(self, version: str) -> list[dict[str, Any]]:
        """The pods of a version that nobody deletes."""
        found = self.dev.all("pods", f"--selector={HASH}={version}")
        return [each for each in found if "deletionTimestamp" not in each["metadata"]]

    @contextmanager
    def watching(self, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
        """Run ``golive watch`` meanwhile, its output in ``log``."""
        with log.open("wb") as output:
            watch = subprocess.Popen(
                [*COMMAND, "watch", "--stack", "dev", "--service", SERVICE, "--timeout", "5m"],
                cwd=self.checkout.folder,
                env=own_code(self.checkout),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield watch
        finally:
            watch.kill()
            watch.wait()


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


def small(settings: dict[str, Any], prometheus: str) -> None:
    """Leave one product, with stages of seconds and gates."""
    optibid = settings["products"]["optibid"]
    stages = [{"weight": 10, "soak": "8s"}, {"weight": 50, "soak": "8s"}, {"weight": 100}]
    settings["products"] = {"optibid": {**optibid, "canary": {"stages": stages, "waits": False}}}
    settings["releases"] = {name: each for name, each in settings["releases"].items() if name.startswith("optibid")}
    settings["capacity"] = {"default": {**settings["capacity"]["default"], "replicas": {"min": 4, "max": 4}}}
    settings["platform"]["monitoring"]["prometheus"] = {
        "address": prometheus,
        "scrape": "1s",
        "runbooks": "https://runbooks.internal",
    }


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


def weights(stage: Stage) -> dict[str, int]:
    """The weights of the service's route, by subset."""
    route = stage.dev.get("virtualservices.networking.istio.io", SERVICE, SPACE)["spec"]["http"][0]["route"]
    return {each["destination"]["subset"]: int(each.get("weight", 0)) for each in route}
