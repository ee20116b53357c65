"""A team's state in a bucket: deployed to, listed and gone back on as the checkout's own is."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.checkouts import CHECKOUT, Copy, Run, environment
from tests.support.dev_cluster import Dev
from tests.support.fresh_copy import fresh_copy
from tests.support.own_cluster import OwnCluster
from tests.support.released import golive, ledger
from tests.support.stage import FILE, only, write
from tests.support.stand_in import client, moto
from toolchain.engine import PROVIDERS, find, launcher

BUCKET = "team-state"
OLD, NEW = "optibid-backend:v1.0.0", "optibid-backend:v1.1.0"


def installed(folder: Path) -> dict[str, str]:
    """An engine on ``PATH`` that finds plugins the ordinary way; those that it finds are the toolchain's, by name."""
    engine = find(lambda _: None)
    (folder / "pulumi").symlink_to(engine.executable)
    for name in PROVIDERS:
        plugin = folder / f"pulumi-resource-{name}"
        plugin.write_text(f'#!/bin/sh\nPYTHONPATH={CHECKOUT} exec {sys.executable} -m toolchain.plugins {name} "$@"\n')
        plugin.chmod(0o755)
    return {
        "GOLIVE_LAUNCHER": str(launcher(engine)),
        "GOLIVE_PYTHON": sys.executable,
        "PATH": os.pathsep.join([str(folder), os.environ["PATH"]]),
        "PULUMI_HOME": str(folder / "home"),
        "PYTHONPATH": str(CHECKOUT),
    }


@pytest.fixture
def team(own_cluster: OwnCluster, tmp_path: Path) -> Iterator[dict[str, str]]:
    """What a team's environment says: its engine, and where its state, its key and its cluster are."""
    with moto() as address:
        client(address, "s3").create_bucket(Bucket=BUCKET)
        yield {
            **installed(tmp_path),
            "PULUMI_BACKEND_URL": f"s3://{BUCKET}?region=us-east-1&endpoint={address}&s3ForcePathStyle=true",
            "PULUMI_CONFIG_PASSPHRASE": "of no account",
            "AWS_ACCESS_KEY_ID": "stand-in",
            "AWS_SECRET_ACCESS_KEY": "stand-in",
            "KUBECONFIG": str(own_cluster.layout.kubeconfig),
        }


def test_a_bucket_keeps_the_releases_and_the_way_back(
    own_cluster: OwnCluster, team: dict[str, str], tmp_path: Path
) -> None:
    checkout = fresh_copy(tmp_path / "checkout")
    write(checkout, lambda settings: only(settings, "optibid"))
    unmade = up(checkout, team)
    assert unmade.code != 0
    assert "make it with `pulumi stack init dev`" in unmade.output
    engine(checkout, team, "stack", "init", "dev", "--no-select")

    first = up(checkout, team)
    assert first.code == 0, first.output
    checkout.edit(FILE, lambda text: text.replace(OLD, NEW))
    second = up(checkout, team)
    assert second.code == 0, second.output
    newest, good = ledger(checkout, **team)
    assert newest["changed"] == "optibid-backend v1.1.0"

    back = golive(checkout, "rollback", "--stack", "dev", "--yes", **team)

    assert back.code == 0, back.output
    assert ledger(checkout, **team)[0]["fingerprint"] == good["fingerprint"]
    assert OLD in (checkout.folder / FILE).read_text()
    assert not (checkout.folder / ".golive" / "own").exists(), "the checkout has made a state of its own"
    engine(checkout, team, "destroy", "--stack", "dev", "--yes")
    assert Dev(own_cluster).ours() == []


def up(checkout: Copy, team: dict[str, str]) -> Run:
    """Deploy to the team's state; nobody is there to be asked."""
    return checkout.make("up", "dev", "--yes", **team)


def engine(checkout: Copy, team: dict[str, str], *command: str) -> None:
    """Run the engine itself, as its team does where make has no verb."""
    subprocess.run(
        ["pulumi", *command, "--non-interactive"],
        cwd=checkout.folder,
        env=environment(**team),
        capture_output=True,
        check=True,
    )
