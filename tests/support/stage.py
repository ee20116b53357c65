"""A checkout's dev cut down to one product, whose releases are measured by a Prometheus of the test's own."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from tests.support.checkouts import COMMAND, Copy, own_code
from tests.support.dev_cluster import Dev, wait_until
from tests.support.measured import Exporter, Prometheus, exporting
from tests.support.own_cluster import OwnCluster
from toolchain.plugins.api.client import Client
from toolchain.plugins.api.kubeconfig import find
from toolchain.plugins.api.transport import Transport

SERVICE, SPACE, HASH = "optibid-backend", "optibid", "rollouts-pod-template-hash"
FILE = "Pulumi.dev.yaml"
REPLICAS = 4
LOOK_EVERY = 0.05
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
        write(self.checkout, change)

    def release(self) -> str:
        """Deploy the next version; ``up`` returns at once. Give its hash."""
        self._version += 1
        before = self.status().get("currentPodHash")

        def change(settings: dict[str, Any]) -> None:
            settings["releases"][SERVICE]["image"] = f"optibid/{SERVICE}:v1.{self._version}.0"

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

    def heal(self) -> None:
        """Let every version behave well again."""
        self.exporter.everyone = None
        self.exporter.manners.clear()

    @contextmanager
    def answering(self) -> Iterator[list[int]]:
        """Ask all the time how many endpoints of the service are ready, and write each answer down."""
        client, over = asking(self.dev.own), threading.Event()
        seen = [ready(client)]

        def look() -> None:
            while not over.wait(LOOK_EVERY):
                seen.append(ready(client))

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield seen
        finally:
            over.set()
            thread.join()

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


@contextmanager
def measured(own: OwnCluster, folder: Path, cut: Callable[[dict[str, Any], str], None]) -> Iterator[Stage]:
    """Deploy what ``cut`` leaves of dev, with metrics of its pods; afterwards nothing of it is left."""
    dev, client = Dev(own), asking(own)

    def pods() -> list[tuple[str, str]]:
        found = client.list("v1", "Pod", SPACE, labels=f"app.kubernetes.io/name={SERVICE}").items
        running = [each["metadata"] for each in found if each["status"].get("phase") == "Running"]
        return [(each["name"], each["labels"][HASH]) for each in running]

    exporter = Exporter(SPACE, pods)
    with exporting(exporter) as port:
        prometheus = Prometheus(folder, port)
        prometheus.start()
        made = Stage(dev, exporter, prometheus)
        file = own.checkout.folder / FILE
        original = file.read_text()
        made.write(lambda settings: cut(settings, prometheus.address))
        try:
            first = made.release()
            wait_until(lambda: made.status().get("phase") == "Healthy", "the first version")
            wait_until(lambda: len(made.pods(first)) == REPLICAS, "all pods of the first version")
            wait_until(lambda: prometheus.has(f"rate(http_requests_total{{pod=~'{SERVICE}.*'}}[4s])"), "metrics")
            yield made
            down = dev.make("down")
            assert down.code == 0, down.output
        finally:
            file.write_text(original)
            prometheus.stop()


def asking(own: OwnCluster) -> Client:
    """A client of the cluster that keeps its connection."""
    connection = find({"kubeconfig": str(own.layout.kubeconfig)})
    assert connection is not None
    return Client(Transport(connection))


def ended(watch: "subprocess.Popen[bytes]", log: Path) -> tuple[int, str]:
    """The exit code of ``golive watch``, and all that it said."""
    return watch.wait(RELEASE), log.read_text()


def ready(client: Client) -> int:
    """How many endpoints of the service would be called now."""
    slices = client.list("discovery.k8s.io/v1", "EndpointSlice", SPACE, labels=f"kubernetes.io/service-name={SERVICE}")
    called = [each["conditions"].get("ready") for found in slices.items for each in found.get("endpoints") or []]
    return called.count(True)


def write(checkout: Copy, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the settings of a checkout's dev."""
    path = checkout.folder / FILE
    document = yaml.safe_load(path.read_text())
    change(document["config"]["golive:settings"])
    path.write_text(yaml.safe_dump(document, sort_keys=False))


def only(settings: dict[str, Any], *products: str) -> None:
    """Leave some of dev's products; each pulls its images from a repository path of its first word."""
    settings["products"] = {name: settings["products"][name] for name in products}
    paths = tuple(f"{name.split('-')[0]}/" for name in products)
    releases = {name: each for name, each in settings["releases"].items() if each["image"].startswith(paths)}
    kept = {"default", *releases}
    settings["releases"] = releases
    settings["capacity"] = {name: each for name, each in settings["capacity"].items() if name in kept}


def small(settings: dict[str, Any], prometheus: str) -> None:
    """Leave one product, with stages of seconds and gates."""
    only(settings, "optibid")
    stages = [{"weight": 10, "soak": "8s"}, {"weight": 50, "soak": "8s"}, {"weight": 100}]
    settings["products"]["optibid"]["canary"] = {"stages": stages, "waits": False}
    settings["capacity"] = {
        "default": {**settings["capacity"]["default"], "replicas": {"min": REPLICAS, "max": REPLICAS}}
    }
    settings["platform"]["monitoring"]["prometheus"] = {
        "address": prometheus,
        "scrape": "1s",
        "runbooks": "https://runbooks.internal",
    }
