"""The real engine stops a deployment in a freeze before anything is changed, and previews it all the same."""

import subprocess
import sys

import pytest

from tests.support.checkouts import SECONDS, Copy, Run, environment

pytestmark = pytest.mark.engine

PROGRAM = """
import pulumi_random as random
random.RandomPet("pet")
"""
RUN = """
import sys
from toolchain.preview import PACK
from toolchain.session import start
sys.exit(start("dev", print).run("up", *PACK, "--yes", "--non-interactive"))
"""
FROZEN = '{timezone: UTC, freezes: [{from: "2020-01-01", until: "2999-12-31", reason: for this test}]}'


def up(copy: Copy) -> Run:
    """Deploy with the copy's own pack and plugins; the program has nothing that needs a cluster."""
    answer = subprocess.run(
        [sys.executable, "-c", RUN],
        cwd=copy.folder,
        env=environment(PYTHONPATH=str(copy.folder)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return Run(answer.returncode, answer.stdout)


def test_a_freeze_stops_a_deployment_and_shows_in_a_preview(copy: Copy) -> None:
    (copy.folder / "__main__.py").write_text(PROGRAM)
    copy.edit("Pulumi.dev.yaml", lambda text: text.replace("    levels:", f"    changes: {FROZEN}\n    levels:", 1))

    previewed, deployed = copy.preview("dev"), up(copy)

    assert previewed.code == 0, previewed.output
    assert "[advisory] [severity: high]  change-window" in previewed.output
    assert "lies in the freeze until 2999-12-31 (for this test)" in previewed.output
    assert deployed.code != 0
    assert "[mandatory] [severity: high]  change-window" in deployed.output
    copy.edit("Pulumi.dev.yaml", lambda text: text.replace('until: "2999-12-31"', 'until: "2020-01-02"'))
    thawed = up(copy)
    assert thawed.code == 0, thawed.output
    assert "+ 2 created" in thawed.output
