"""A copy of the checkout with a cluster of its own, and what the tests ask that cluster."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product, takewhile
from typing import Any

from components.args import MANAGED_BY, NAME
from stack.aws.region import MANAGER
from tests.support.checkouts import Run
from tests.support.own_cluster import OwnCluster
from tests.support.reachability import Pod, may_connect

OUR_NAMESPACES = ("market-intelligence", "signal-service", "optibid")
LOOK_EVERY = 0.2
UNLISTED = ("events", "componentstatuses", "endpoints")
"""Kinds that nobody deploys; the API server warns of the last two."""
WORKLOADS = "deployments.apps,rollouts.argoproj.io"
Key = tuple[str, str, str, str]
"""API version, kind, namespace and name."""
Way = tuple[str, str, int]
"""Who may call whom on which port."""


def counted(output: str) -> list[str]:
    """The engine's own count, a line each."""
    lines = output[output.rindex("Resources:") :].splitlines()[1:]
    return [line.strip() for line in takewhile(str.strip, lines)]


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 300) -> None:
    """Wait for ``condition``; give up with the name of what did not come."""
    deadline = time.monotonic() + seconds
    never = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain for {what}"
        never.wait(LOOK_EVERY)


@dataclass(frozen=True)
class Dev:
    """A checkout whose ``dev`` is deployed to its own cluster."""

    own: OwnCluster

    def make(self, verb: str) -> Run:
        """Run a verb of the toolchain on dev, as make does."""
        return self.own.checkout.make(verb)

    def edit(self, name: str, change: Callable[[str], str]) -> None:
        """Change one file of the checkout."""
        self.own.checkout.edit(name, change)

    def kubectl(self, *arguments: str) -> str:
        """Ask the cluster as its administrator; an answer that is no success is a broken test."""
        answer = self.own.kubectl(*arguments)
        assert answer.code == 0, answer.output
        return answer.output

    def get(self, kind: str, name: str, namespace: str) -> Any:  # noqa: ANN401  # plain JSON of any shape
        """Read one object."""
        return json.loads(self.kubectl("get", kind, name, "--namespace", namespace, "--output", "json"))

    def all(self, kinds: str, *options: str) -> list[dict[str, Any]]:
        """Read every object of some kinds, from all namespaces."""
        answer = self.kubectl("get", kinds, "--all-namespaces", "--output", "json", *options)
        found: list[dict[str, Any]] = json.loads(answer)["items"]
        return found

    @staticmethod
    def key(found: Mapping[str, Any]) -> Key:
        """Name an object."""
        metadata = found["metadata"]
        return found["apiVersion"], found["kind"], metadata.get("namespace", ""), metadata["name"]

    def existing(self, wanted: Iterable[Key]) -> set[Key]:
        """Return those of the ``wanted`` objects that the cluster has."""
        kinds = sorted({(version, kind) for version, kind, _, _ in wanted})
        found = {self.key(each) for kind in kinds for each in self.all(_resource(*kind))}
        return found & set(wanted)

    def ours(self, kinds: str = "") -> list[str]:
        """Name every object with the program's label, of ``kinds`` or else of any kind that can be listed."""
        if not kinds:
            listable = self.kubectl("api-resources", "--verbs=list", "--output=name").split()
            kinds = ",".join(kind for kind in listable if not kind.startswith(UNLISTED))
        found = self.all(kinds, f"--selector={MANAGED_BY}={MANAGER}")
        return [f"{each['kind']}/{each['metadata']['name']}" for each in found]

    def readiness(self) -> dict[str, bool]:
        """Say of each of the program's workloads whether all its pods are there and ready, in the newest version."""
        return {
            each["metadata"]["name"]: _ready(each)
            for each in self.all(WORKLOADS)
            if each["metadata"]["namespace"] in OUR_NAMESPACES
        }

    def versions(self) -> dict[Key, int]:
        """Give every workload's generation, which counts the changes of what was asked for."""
        return {self.key(each): each["metadata"]["generation"] for each in self.all(WORKLOADS)}

    def templates(self) -> dict[str, str]:
        """Give every workload's pod template, as text to compare."""
        return {
            each["metadata"]["name"]: json.dumps(each["spec"]["template"], sort_keys=True)
            for each in self.all(WORKLOADS)
            if each["metadata"]["namespace"] in OUR_NAMESPACES
        }

    def open_ways(self) -> set[Way]:
        """Say who may connect to whom, by the applied policies alone, for every pair of the running pods."""
        applied = self.all("networkpolicies.networking.k8s.io")
        pods = {_pod(each) for each in self.all("pods") if each["metadata"]["namespace"] in OUR_NAMESPACES}
        ports = {entry["port"] for each in self.all("services") for entry in each["spec"]["ports"]}
        return {
            (source.name, target.name, port)
            for source, target, port in product(pods, pods, sorted(ports))
            if source != target and may_connect(applied, source, target, port)
        }

    def deployed(self) -> list[str]:
        """Name what the state says is deployed, the stack itself left out."""
        state = self.own.checkout.folder / ".golive" / "own" / "state" / ".pulumi" / "stacks" / "golive" / "dev.json"
        latest = json.loads(state.read_text())["checkpoint"].get("latest") or {}
        return [each["urn"] for each in latest.get("resources", []) if each["type"] != "pulumi:pulumi:Stack"]


def _resource(version: str, kind: str) -> str:
    """Name a kind as kubectl does: ``Rollout.v1alpha1.argoproj.io``."""
    group, _, number = version.rpartition("/")
    return f"{kind}.{number}.{group}" if group else kind


def _ready(workload: Mapping[str, Any]) -> bool:
    status, wanted = workload.get("status", {}), workload["spec"].get("replicas", 1)
    seen = int(status.get("observedGeneration", 0)) == workload["metadata"]["generation"]
    counts = [status.get(field) for field in ("replicas", "updatedReplicas", "availableReplicas")]
    return seen and counts == [wanted] * len(counts)


def _pod(found: Mapping[str, Any]) -> Pod:
    metadata = found["metadata"]
    labels = {key: value for key, value in metadata["labels"].items() if "pod-template-hash" not in key}
    return Pod(f"{metadata['namespace']}/{labels[NAME]}", metadata["namespace"], tuple(sorted(labels.items())))
