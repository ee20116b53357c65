"""An ``up`` that is killed, or whose API server goes away, is completed by the next one.

Two small products are enough for that: what the engine has done, half done and not begun is there in a third of the
time.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.checkouts import environment
from tests.support.dev_cluster import Dev, counted, wait_until
from tests.support.own_cluster import OwnCluster
from tests.support.plan import Planned
from tests.support.shipped import planned_from
from tests.support.stage import FILE, only, write

KINDS = ",".join(
    [
        "namespaces,serviceaccounts,configmaps,services,resourcequotas,limitranges",
        "networkpolicies,horizontalpodautoscalers,poddisruptionbudgets,deployments.apps",
        "rollouts.argoproj.io,secretstores.external-secrets.io,externalsecrets.external-secrets.io",
    ]
)
ENOUGH = 30
"""So many objects of dev in the cluster mean that an ``up`` is in the middle of its work."""


@pytest.fixture
def dev(own_cluster: OwnCluster) -> Iterator[Dev]:
    """A copy of the checkout whose dev has two products, and whose cluster runs and has nothing of it."""
    found = Dev(own_cluster)
    seen = found.make("down")
    assert seen.code == 0, seen.output
    file = own_cluster.checkout.folder / FILE
    original = file.read_text()
    write(own_cluster.checkout, lambda settings: only(settings, "signal-service", "optibid"))
    yield found
    file.write_text(original)


def begun(dev: Dev, log: Path) -> subprocess.Popen[bytes]:
    """Start an ``up`` in a process group of its own, and return when it is in the middle of its work."""
    with log.open("wb") as output:
        run = subprocess.Popen(
            [sys.executable, "-m", "toolchain", "up", "--stack", "dev"],
            cwd=dev.own.checkout.folder,
            env=environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    wait_until(lambda: len(dev.ours(KINDS)) >= ENOUGH, "an up in the middle of its work")
    return run


def test_a_killed_engine_is_made_good_by_the_next_up(dev: Dev, tmp_path: Path) -> None:
    run = begun(dev, tmp_path / "log")
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert len(dev.deployed()) < len(wanted(dev))

    seen = dev.make("up")

    assert seen.code == 0, seen.output
    assert "its lock is released" in seen.output
    whole(dev)


def test_an_api_server_that_goes_away_in_mid_up_is_survived(dev: Dev, tmp_path: Path) -> None:
    run = begun(dev, tmp_path / "log")
    os.kill(dev.own.processes()["kube-apiserver"].pid, signal.SIGKILL)

    code = run.wait(timeout=600)
    if code != 0:
        seen = dev.make("up")
        assert seen.code == 0, seen.output

    whole(dev)


def wanted(dev: Dev) -> tuple[Planned, ...]:
    """What the stack file asks for."""
    return planned_from(dev.own.checkout.folder / FILE)


def whole(dev: Dev) -> None:
    """See that everything is there once, that everything is ready, and that nothing is left to do."""
    resources = wanted(dev)
    again = dev.make("up")
    assert counted(again.output) == [f"{len(resources) + 1} unchanged"], again.output
    assert all(dev.readiness().values())
    assert len(dev.deployed()) == len(resources)
    assert len(dev.ours(KINDS)) == len([each for each in resources if each.type.startswith("kubernetes:")])
