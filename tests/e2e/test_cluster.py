"""A checkout's cluster is a real Kubernetes, is its own, and leaves nothing behind, whoever is killed."""

import os
import signal
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.checkouts import Copy
from tests.support.fresh_copy import fresh_copy
from tests.support.own_cluster import OwnCluster
from toolchain.cluster import Cluster
from toolchain.cluster.record import State
from toolchain.recipes import KUBERNETES

SECONDS = 90.0
"""How long a test waits for a condition before it fails."""
COMPONENTS = {
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kwok",
    "argo-rollouts",
    "external-secrets",
}


def eventually(condition: Callable[[], bool], what: str) -> None:
    """Wait until ``condition`` holds; fail with ``what`` after ``SECONDS``."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnCluster]:
    """Another checkout, whose cluster is not started yet."""
    own = OwnCluster(fresh_copy(tmp_path_factory.mktemp("second") / "checkout"))
    yield own
    own.act("down")


def workload(kind: str, version: str, **spec: object) -> dict[str, object]:
    """A workload of one harmless pod."""
    labels = {"app": kind.lower()}
    security = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    pod = {
        "securityContext": {"runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [{"name": "main", "image": "registry.example.com/main:1", "securityContext": security}],
    }
    template = {"metadata": {"labels": labels}, "spec": pod}
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": kind.lower(), "namespace": "restricted"},
        "spec": {"selector": {"matchLabels": labels}, "template": template, **spec},
    }


@pytest.fixture(scope="module")
def restricted(own_cluster: OwnCluster) -> Iterator[OwnCluster]:
    """The session's cluster with a namespace that enforces Pod Security ``restricted``."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    namespace: dict[str, object] = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "restricted", "labels": labels},
    }
    seen = own_cluster.apply(namespace)
    assert seen.code == 0, seen.output
    yield own_cluster
    own_cluster.kubectl("delete", "namespace", "restricted")


def ready(own: OwnCluster, kind: str, path: str, wanted: str) -> None:
    def answer() -> str:
        return own.kubectl("--namespace=restricted", "get", kind, f"--output=jsonpath={{.items[0].{path}}}").output

    eventually(lambda: answer() == wanted, f"{kind} {path} {wanted}")


def test_every_component_is_well(own_cluster: OwnCluster) -> None:
    seen = own_cluster.act("status")

    assert seen.code == 0, seen.output
    assert seen.output.startswith(f"cluster: running, Kubernetes {KUBERNETES.version} at https://127.0.0.1:")
    states = {each.name: each.state for each in own_cluster.record().components}
    assert {name for name, state in states.items() if state is State.RUNNING} >= COMPONENTS


def test_starting_it_again_changes_nothing(own_cluster: OwnCluster) -> None:
    before = own_cluster.processes()

    assert own_cluster.act("up").code == 0

    assert own_cluster.processes() == before


def test_nobody_else_can_read_its_files(own_cluster: OwnCluster) -> None:
    assert own_cluster.files_for_others() == []
    assert stat.S_IMODE(own_cluster.layout.kubeconfig.stat().st_mode) == 0o600


def test_every_port_is_on_loopback(own_cluster: OwnCluster) -> None:
    """Linux tells what listens: address 0100007F is 127.0.0.1, and state 0A is listening."""
    listening = []
    for name, process in own_cluster.processes().items():
        inodes = {
            str(link.readlink()).removeprefix("socket:[").removesuffix("]")
            for link in Path(f"/proc/{process.pid}/fd").iterdir()
            if link.is_symlink() and str(link.readlink()).startswith("socket:")
        }
        for table in ("tcp", "tcp6"):
            for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and fields[9] in inodes:
                    listening.append((name, table, fields[1].split(":")[0]))
    assert {name for name, _, _ in listening} >= COMPONENTS
    assert {(table, address) for _, table, address in listening} == {("tcp", "0100007F")}


def test_strangers_are_refused(cluster: Cluster, own_cluster: OwnCluster) -> None:
    seen = own_cluster.kubectl("--client-certificate=/dev/null", "get", "--raw", "/readyz")
    assert seen.code != 0
    components = {"kwok", "argo-rollouts", "external-secrets", "kube-scheduler"}
    for name in sorted(components):
        kubeconfig = own_cluster.layout.private / f"{name}.kubeconfig"
        asked = own_cluster.kubectl("--kubeconfig", str(kubeconfig), "auth", "can-i", "create", "clusterrolebindings")
        assert asked.output.splitlines()[-1] == "no", f"{name} at {cluster.server}"


def test_pod_security_refuses_a_bad_pod(restricted: OwnCluster) -> None:
    seen = restricted.kubectl("--namespace=restricted", "run", "bad", "--image=registry.example.com/bad:1")

    assert seen.code != 0
    assert 'violates PodSecurity "restricted:latest"' in seen.output


def test_a_rollout_gets_ready_under_its_controller(restricted: OwnCluster) -> None:
    steps = [{"setWeight": 50}, {"pause": {"duration": "1s"}}]
    seen = restricted.apply(
        workload("Rollout", "argoproj.io/v1alpha1", replicas=2, strategy={"canary": {"steps": steps}})
    )

    assert seen.code == 0, seen.output
    ready(restricted, "rollouts", "status.phase", "Healthy")


def test_a_stateful_set_gets_its_volumes(restricted: OwnCluster) -> None:
    claim = {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    seen = restricted.apply(
        workload("StatefulSet", "apps/v1", serviceName="main", replicas=2, volumeClaimTemplates=[claim])
    )

    assert seen.code == 0, seen.output
    ready(restricted, "statefulsets", "status.readyReplicas", "2")


def test_an_external_secret_is_fetched(restricted: OwnCluster) -> None:
    metadata = {"name": "fetched", "namespace": "restricted"}
    store = {"fake": {"data": [{"key": "a/b", "value": "c"}]}}
    fetched = {
        "secretStoreRef": {"kind": "SecretStore", "name": "fetched"},
        "data": [{"secretKey": "x", "remoteRef": {"key": "a/b"}}],
    }
    version = "external-secrets.io/v1"
    seen = restricted.apply(
        {"apiVersion": version, "kind": "SecretStore", "metadata": metadata, "spec": {"provider": store}},
        {"apiVersion": version, "kind": "ExternalSecret", "metadata": metadata, "spec": fetched},
    )

    assert seen.code == 0, seen.output
    eventually(
        lambda: restricted.kubectl("--namespace=restricted", "get", "secret", "fetched").code == 0, "the fetched secret"
    )


def test_pods_spread_over_three_zones(own_cluster: OwnCluster) -> None:
    seen = own_cluster.kubectl(
        "get", "nodes", r"--output=jsonpath={.items[*].metadata.labels.topology\.kubernetes\.io/zone}"
    )

    assert len(set(seen.output.split())) == 3


def test_a_component_that_dies_is_restarted_and_reported(own_cluster: OwnCluster) -> None:
    victim = own_cluster.processes()["kube-scheduler"]
    victim.signal(signal.SIGKILL)

    eventually(lambda: own_cluster.processes().get("kube-scheduler") != victim, "the death is noticed")
    eventually(lambda: own_cluster.act("status").code == 0, "all is well again")

    scheduler = next(each for each in own_cluster.record().components if each.name == "kube-scheduler")
    assert scheduler.restarts == 1
    assert not victim.alive


def test_without_prometheus_it_says_what_is_lost(second: OwnCluster) -> None:
    seen = second.act("up", PATH="/nowhere")
    found = second.running()
    status = second.act("status")

    assert seen.code == 0, seen.output
    assert found is not None
    assert found.prometheus is None
    assert "prometheus: not on PATH: the analyses of canaries have nobody to ask" in seen.output
    assert status.code == 0, status.output
    assert "prometheus: not on PATH" in status.output


def test_two_checkouts_live_side_by_side(own_cluster: OwnCluster, second: OwnCluster) -> None:
    assert second.act("up").code == 0
    mine, other = own_cluster.running(), second.running()

    assert mine is not None
    assert other is not None
    assert mine.server != other.server
    stranger = own_cluster.kubectl("--server", other.server, "get", "--raw", "/readyz")
    assert stranger.code != 0
    assert "certificate" in stranger.output


def test_a_killed_supervisor_takes_everything_along(own_cluster: OwnCluster, second: OwnCluster) -> None:
    assert second.act("up").code == 0
    processes = second.processes()
    second.kubectl("create", "namespace", "remembered")

    processes["supervisor"].signal(signal.SIGKILL)

    eventually(lambda: not any(process.alive for process in processes.values()), "every process is gone")
    assert second.running() is None
    status = second.act("status")
    assert status.code == 1
    assert "ended without notice" in status.output
    assert own_cluster.running() is not None
    assert second.act("up").code == 0
    assert second.kubectl("get", "namespace", "remembered").code == 0


def test_stopping_leaves_no_process(second: OwnCluster) -> None:
    assert second.act("up").code == 0
    processes = second.processes()

    seen = second.act("down")

    assert seen.code == 0, seen.output
    assert [name for name, process in processes.items() if process.alive] == []
    assert second.act("status").output.splitlines()[0] == "cluster: not running"
    assert second.act("down").output == "no cluster of this checkout is running\n"


def test_a_removed_folder_ends_its_cluster(second: OwnCluster) -> None:
    assert second.act("up").code == 0
    processes = second.processes()

    second.layout.folder.rename(second.layout.folder.with_name("removed"))

    eventually(lambda: not any(process.alive for process in processes.values()), "every process is gone")


def test_a_start_that_fails_is_cleaned_up_with_a_sentence(tmp_path: Path, checkout: Copy) -> None:
    broken = tmp_path / "bin" / "prometheus"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho no such disk >&2\nexit 3\n")
    broken.chmod(0o755)
    own = OwnCluster(fresh_copy(tmp_path / "checkout"))

    seen = own.act("up", PATH=f"{broken.parent}{os.pathsep}{os.environ['PATH']}")

    assert own.layout.folder != checkout.folder
    assert seen.code == 1
    assert seen.output.splitlines()[-2:] == [
        "the half-started cluster was stopped",
        (
            "error: The cluster could not be started: prometheus did not get ready: it ended with exit code 3; "
            f"the last line of {own.layout.log('prometheus')}: no such disk"
        ),
    ]
    assert own.processes().keys() == {"supervisor"}
    assert not own.processes()["supervisor"].alive
