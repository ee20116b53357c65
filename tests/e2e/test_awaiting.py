"""Every kind becomes ready for real: the engine waits for what the cluster's own controllers do."""

import json
import os
import signal
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.support.small_program import (
    LABELS,
    NOWHERE,
    PROGRAM,
    SECONDS,
    Program,
    asked,
    claim,
    job,
    named,
    pod_spec,
    rollout,
    workload,
)
from toolchain.cluster import Cluster
from toolchain.engine import find
from toolchain.plugin_home import plugins


@pytest.fixture(scope="module")
def program(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A stack of its own, which each test makes what it needs, and which is destroyed in the end."""
    folder = tmp_path_factory.mktemp("program")
    (folder / "state").mkdir()
    (folder / "Pulumi.yaml").write_text('{"name": "awaiting", "runtime": "python"}')
    (folder / "__main__.py").write_text(PROGRAM)
    made = Program(
        folder,
        cluster,
        {
            **{key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")},
            **plugins(find(lambda _: None)),
            "KUBECONFIG": str(cluster.kubeconfig),
            "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "of no account",
            "NO_COLOR": "1",
        },
    )
    begun = made.run("stack init")
    assert begun.returncode == 0, begun.stderr
    yield made
    ended = made.run("destroy", "--yes", "--skip-preview")
    assert ended.returncode == 0, ended.stdout


@pytest.fixture
def late(cluster: Cluster) -> Iterator[str]:
    """A storage class that binds a claim when its first pod comes."""
    made = {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "awaited-late"},
        "provisioner": "kubernetes.io/no-provisioner",
        "volumeBindingMode": "WaitForFirstConsumer",
    }
    asked(cluster, "apply", "--filename", "-", text=json.dumps(made))
    yield "awaited-late"
    asked(cluster, "delete", "storageclass", "awaited-late")


def test_what_is_ready_after_an_up(late: str, program: Program) -> None:
    several = {"pulumi.com/waitFor": json.dumps(["condition=Available", "jsonpath={.status.readyReplicas}=1"])}
    made = program.up(
        claim(late),
        workload("Deployment", replicas=3),
        workload("Deployment", "asked", annotations=several, replicas=1),
        workload("StatefulSet", "db", replicas=2, serviceName="db"),
        workload("DaemonSet", "agent"),
        job("migrate"),
        {**named("v1", "Pod", "alone"), "spec": pod_spec()},
        {**named("v1", "Service", "web"), "spec": {"selector": LABELS, "ports": [{"port": 80}]}},
    )

    assert made.returncode == 0, made.stdout
    kept = {(each["inputs"].get("kind"), each["id"].rpartition("/")[2]): each["outputs"] for each in program.state()}
    status = {key: outputs.get("status", {}) for key, outputs in kept.items()}
    assert status["Deployment", "web"]["availableReplicas"] == 3
    assert status["Deployment", "asked"]["readyReplicas"] == 1
    assert status["StatefulSet", "db"]["readyReplicas"] == 2
    agents = status["DaemonSet", "agent"]
    assert agents["numberReady"] == agents["desiredNumberScheduled"] > 0
    assert status["Job", "migrate"]["succeeded"] == 1
    assert status["PersistentVolumeClaim", "data"]["phase"] == "Pending"
    assert ready(status["Pod", "alone"])
    assert all(ready(pod["status"]) for pod in program.pods("app=web"))


def test_an_update_waits_for_the_new_version(program: Program) -> None:
    annotations = {"pulumi.com/waitFor": "jsonpath={.status.phase}=Healthy"}
    made = program.up(workload("Deployment", replicas=2), rollout("canary", annotations, "web:1"))
    assert made.returncode == 0, made.stdout
    first = program.live("rollout.argoproj.io", "canary")["status"]
    assert first["phase"] == "Healthy"

    made = program.up(workload("Deployment", replicas=2, image="web:2"), rollout("canary", annotations, "web:2"))

    assert made.returncode == 0, made.stdout
    status = program.live("deployment", "web")["status"]
    assert (status["updatedReplicas"], status["replicas"], status["availableReplicas"]) == (2, 2, 2)
    second = program.live("rollout.argoproj.io", "canary")["status"]
    assert second["phase"] == "Healthy"
    assert second["stableRS"] != first["stableRS"]
    assert second["updatedReplicas"] == 2


def test_what_is_not_awaited(program: Program) -> None:
    skipped = workload("Deployment", "skipped", annotations={"pulumi.com/skipAwait": "true"}, replicas=1, node=NOWHERE)

    made = program.up(skipped, rollout("silent", {}, "web:1", node=NOWHERE))

    assert made.returncode == 0, made.stdout
    assert program.live("deployment", "skipped")["status"].get("availableReplicas", 0) == 0
    assert program.live("rollout.argoproj.io", "silent").get("status", {}).get("phase") != "Healthy"


def test_a_deployment_that_never_gets_ready_fails_and_is_kept(program: Program) -> None:
    slow = {"pulumi.com/timeoutSeconds": "5"}
    made = program.up(workload("Deployment", "stuck", annotations=slow, replicas=1, node=NOWHERE))

    assert made.returncode != 0
    assert "node(s) didn't match Pod's node affinity/selector" in made.stdout
    assert program.unready() == ["stuck"]

    healed = program.up(workload("Deployment", "stuck", annotations=slow, replicas=1))
    assert healed.returncode == 0, healed.stdout
    assert program.unready() == []


def test_a_failed_job_fails_the_deployment(program: Program) -> None:
    made = program.up(job("doomed", activeDeadlineSeconds=2, node=NOWHERE))

    assert made.returncode != 0
    assert "Job was active longer than specified deadline" in made.stdout


def test_ctrl_c_ends_a_wait_and_leaves_nothing_undecided(program: Program) -> None:
    program.write(workload("Deployment", "endless", replicas=1, node=NOWHERE))

    with program.start("up", "--skip-preview") as run:
        program.kubectl("wait", "deployment/endless", "--for=create", "--timeout=60s")
        run.send_signal(signal.SIGINT)
        output, _ = run.communicate(timeout=SECONDS)

    assert run.returncode != 0, output
    assert "Traceback" not in output
    deployment = json.loads(program.run("stack export").stdout)["deployment"]
    assert not deployment.get("pending_operations")
    assert "endless" in program.unready()


def test_a_deletion_waits_for_the_finalizers(program: Program) -> None:
    held = named("v1", "ConfigMap", "held")
    held["metadata"]["finalizers"] = ["acme.example/hold"]
    assert program.up({**held, "data": {}}).returncode == 0
    program.write()

    with program.start("up", "--skip-preview") as run:
        program.kubectl("wait", "configmap/held", "--for=jsonpath={.metadata.deletionTimestamp}", "--timeout=60s")
        assert run.poll() is None
        program.kubectl("patch", "configmap", "held", "--type=merge", "--patch", '{"metadata":{"finalizers":null}}')
        output, _ = run.communicate(timeout=SECONDS)

    assert run.returncode == 0, output


def ready(status: Mapping[str, Any]) -> bool:
    return {"type": "Ready", "status": "True"}.items() <= next(
        (entry for entry in status["conditions"] if entry["type"] == "Ready"), {}
    ).items()
