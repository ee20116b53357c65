"""A checkout's dev cut down to one product, whose releases are measured by a Prometheus of the test's own."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from checkouts import COMMAND, Copy, own_code
from dev_cluster import Dev, wait_until
from measured import Exporter, Prometheus

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

    @contextmanager
    def answering(self) -> Iterator[list[int]]:
        """Ask all the time how many endpoints of the service are ready, and write each answer down."""
        connection = find({"kubeconfig": str(self.dev.own.layout.kubeconfig)})
        assert connection is not None
        client, over = Client(Transport(connection)), threading.Event()
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
