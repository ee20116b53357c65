"""A Pulumi program of a few objects, deployed to a real cluster by the real engine."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolchain.cluster import Cluster, kubectl
from toolchain.engine import find

SECONDS = 300
"""How long one run of the engine may take before the test gives it up."""
NAMESPACE = "awaited"
LABELS = {"app": "web"}
NOWHERE: Mapping[str, str] = {"nowhere": "at-all"}
"""Labels that no node of the cluster has."""
PROGRAM = """\
import json, pathlib
import pulumi
import pulumi_kubernetes as k8s

KNOWN = {
    "ConfigMap": k8s.core.v1.ConfigMap,
    "Deployment": k8s.apps.v1.Deployment,
    "DaemonSet": k8s.apps.v1.DaemonSet,
    "Job": k8s.batch.v1.Job,
    "Namespace": k8s.core.v1.Namespace,
    "PersistentVolumeClaim": k8s.core.v1.PersistentVolumeClaim,
    "Pod": k8s.core.v1.Pod,
    "Service": k8s.core.v1.Service,
    "StatefulSet": k8s.apps.v1.StatefulSet,
}
space = None
for entry in json.loads(pathlib.Path("objects.json").read_text()):
    name = f"{entry['kind']}-{entry['metadata']['name']}".lower()
    options = pulumi.ResourceOptions(depends_on=[space] if space else None)
    if entry["kind"] in KNOWN:
        parts = {key: value for key, value in entry.items() if key not in ("apiVersion", "kind")}
        made = KNOWN[entry["kind"]](name, **parts, opts=options)
    else:
        made = k8s.apiextensions.CustomResource(
            name, api_version=entry["apiVersion"], kind=entry["kind"],
            metadata=entry["metadata"], spec=entry["spec"], opts=options,
        )
    space = space or made
"""


@dataclass(frozen=True)
class Program:
    """A Pulumi program of a few objects, deployed to a cluster."""

    folder: Path
    cluster: Cluster
    environment: Mapping[str, str]

    def run(self, verb: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Run the engine to its end."""
        return subprocess.run(
            self._command(verb, *options),
            cwd=self.folder,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def start(self, verb: str, *options: str) -> subprocess.Popen[str]:
        """Start the engine and let it work."""
        return subprocess.Popen(
            self._command(verb, "--yes", *options),
            cwd=self.folder,
            env=dict(self.environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def write(self, *objects: Mapping[str, Any]) -> None:
        """Make the program one of the namespace and ``objects``."""
        space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
        (self.folder / "objects.json").write_text(json.dumps([space, *objects]))

    def up(self, *objects: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
        """Make the namespace and ``objects`` what the stack is."""
        self.write(*objects)
        return self.run("up", "--yes", "--skip-preview")

    def live(self, kind: str, name: str) -> Any:  # noqa: ANN401 - JSON
        """Read one object of the program's namespace."""
        return json.loads(self.kubectl("get", kind, name, "--output", "json"))

    def pods(self, labels: str) -> list[dict[str, Any]]:
        """Read the pods with ``labels``, of which there must be some."""
        found: list[dict[str, Any]] = json.loads(self.kubectl("get", "pods", "-l", labels, "-o", "json"))["items"]
        assert found
        return found

    def kubectl(self, *arguments: str) -> str:
        """Do something in the program's namespace behind the program's back."""
        return asked(self.cluster, "--namespace", NAMESPACE, *arguments)

    def state(self) -> list[dict[str, Any]]:
        """Return what the engine keeps of every Kubernetes object."""
        found = json.loads(self.run("stack export").stdout)["deployment"].get("resources", [])
        return [each for each in found if each["type"].startswith("kubernetes:")]

    def unready(self) -> list[str]:
        """Name the objects that the engine keeps as not ready."""
        return [each["outputs"]["metadata"]["name"] for each in self.state() if each.get("initErrors")]

    @staticmethod
    def _command(verb: str, *options: str) -> list[str]:
        return [
            str(find(lambda _: None).executable),
            *verb.split(),
            "--stack",
            "awaiting",
            "--non-interactive",
            *options,
        ]


def asked(cluster: Cluster, *arguments: str, text: str = "") -> str:
    """Ask the cluster as its administrator."""
    command = [str(kubectl()), "--kubeconfig", str(cluster.kubeconfig), *arguments]
    answer = subprocess.run(command, input=text, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def named(api_version: str, kind: str, name: str, annotations: Mapping[str, str] | None = None) -> dict[str, Any]:
    metadata = {"name": name, "namespace": NAMESPACE, "annotations": dict(annotations or {})}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}


def pod_spec(image: str = "web:1", **spec: object) -> dict[str, Any]:
    return {"containers": [{"name": "app", "image": image}], **{key: value for key, value in spec.items() if value}}


def workload(
    kind: str,
    name: str = "web",
    *,
    image: str = "web:1",
    annotations: Mapping[str, str] | None = None,
    node: Mapping[str, str] | None = None,
    **spec: object,
) -> dict[str, Any]:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": pod_spec(image, nodeSelector=node)}
    parts = {"selector": {"matchLabels": labels}, "template": template, **spec}
    return {**named("apps/v1", kind, name, annotations), "spec": parts}


def rollout(
    name: str, annotations: Mapping[str, str], image: str, node: Mapping[str, str] | None = None
) -> dict[str, Any]:
    steps = [{"setWeight": 50}, {"pause": {"duration": "1s"}}]
    made = workload(
        "Rollout",
        name,
        image=image,
        annotations=annotations,
        replicas=2,
        strategy={"canary": {"steps": steps}},
        node=node,
    )
    return {**made, "apiVersion": "argoproj.io/v1alpha1"}


def job(name: str, *, node: Mapping[str, str] | None = None, **spec: object) -> dict[str, Any]:
    template = {"spec": pod_spec(restartPolicy="Never", nodeSelector=node)}
    return {**named("batch/v1", "Job", name), "spec": {"template": template, "backoffLimit": 0, **spec}}


def claim(storage_class: str) -> dict[str, Any]:
    wanted = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    spec = {**wanted, "storageClassName": storage_class}
    return {**named("v1", "PersistentVolumeClaim", "data"), "spec": spec}
