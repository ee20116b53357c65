"""What is generated as a secret is nowhere in clear: not in the state, not in the engine's logs.

The engine's logs are read at level 8. From level 9 on the engine itself writes every value that it sends or gets,
secret or not, whatever the plugins do; Pulumi's documentation warns of it. At level 8 Pulumi's SDK already writes
what a component or a stack registers as its outputs; no component registers a secret (``test_registered_outputs.py``).
"""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.checkouts import SECONDS, environment
from tests.support.dev_cluster import Dev
from tests.support.own_cluster import OwnCluster

STACK = "generated"
PROGRAM = """
import pulumi
import pulumi_kubernetes as k8s
import pulumi_random as random

password = random.RandomPassword("password", length=40, special=False)
key = random.RandomBytes("key", length=32)
secret = k8s.core.v1.Secret(
    "generated",
    metadata={"name": "generated", "namespace": "default"},
    string_data={"password": password.result, "key": key.base64},
)
"""
RUN = """
import sys
from toolchain.session import start
sys.exit(start({stack!r}, print).run({verb!r}, "--yes", "--non-interactive", "--logtostderr", "-v=8"))
"""


def run(folder: Path, verb: str) -> str:
    """Run a verb of the engine with its logs, and return all that it writes."""
    answer = subprocess.run(
        [sys.executable, "-c", RUN.format(stack=STACK, verb=verb)],
        cwd=folder,
        env=environment(PYTHONPATH=str(folder)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout[-4000:]
    return answer.stdout


@pytest.fixture
def folder(own_cluster: OwnCluster) -> Iterator[Path]:
    """The session's checkout with another program in it, for as long as the test runs."""
    found = own_cluster.checkout.folder
    program, kept = found / "__main__.py", (found / "__main__.py").read_text()
    (found / f"Pulumi.{STACK}.yaml").write_text("config: {}\n")
    program.write_text(PROGRAM)
    yield found
    program.write_text(PROGRAM)
    run(found, "destroy")
    program.write_text(kept)


def test_no_generated_value_is_in_the_state_or_in_the_logs(folder: Path, own_cluster: OwnCluster) -> None:
    logs = run(folder, "up") + run(folder, "refresh") + run(folder, "up")

    data = Dev(own_cluster).get("secret", "generated", "default")["data"]
    values = {name: base64.b64decode(text).decode() for name, text in data.items()}
    assert len(values["password"]) == 40
    assert len(base64.b64decode(values["key"])) == 32
    state = [path for path in sorted((folder / ".golive" / "own" / "state").rglob("*")) if path.is_file()]
    written = logs + "".join(path.read_text(errors="replace") for path in state)
    assert "RandomPassword" in written
    for text in [*values.values(), *data.values()]:
        assert text not in written
        assert json.dumps(text)[1:-1] not in written


def test_the_clusters_own_keys_are_in_none_of_its_logs(own_cluster: OwnCluster) -> None:
    layout = own_cluster.layout
    keys = [
        line.strip()
        for path in layout.private.rglob("*")
        if path.is_file() and ("key" in path.name or "token" in path.name)
        for line in path.read_text().splitlines()
        if len(line.strip()) > 40 and "-----" not in line
    ]
    assert keys

    logs = "".join(path.read_text(errors="replace") for path in layout.logs.iterdir())

    assert logs
    assert [key for key in keys if key in logs] == []
