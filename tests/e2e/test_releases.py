"""Three releases, the way back to the first, the hold on the bad one, and its lift, on a real cluster."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stack.git_commit import commit
from tests.support.checkouts import COMMAND, Copy, own_code
from tests.support.dev_cluster import Dev, wait_until
from tests.support.own_cluster import OwnCluster
from tests.support.released import golive, ledger, rendered
from tests.support.stage import FILE, SERVICE, SPACE, only, write

GOOD, BETTER, BAD = (f"optibid/optibid-backend:v1.{minor}.0" for minor in range(3))


def outputs(checkout: Copy) -> dict[str, Any]:
    """The stack's outputs, as its state has them."""
    path = checkout.folder / ".golive" / "own" / "state" / ".pulumi" / "stacks" / "golive" / "dev.json"
    resources = json.loads(Path(path).read_text())["checkpoint"]["latest"]["resources"]
    found: dict[str, Any] = next(each for each in resources if each["type"] == "pulumi:pulumi:Stack")["outputs"]
    return found


@pytest.fixture(scope="module")
def dev(own_cluster: OwnCluster) -> Iterator[Dev]:
    """A copy of the checkout whose dev, cut down to one product with a canary, is deployed to its own cluster."""
    file = own_cluster.checkout.folder / FILE
    original = file.read_text()
    write(own_cluster.checkout, in_stages)
    found = Dev(own_cluster)
    try:
        deployed(found)
        yield found
        assert found.make("down").code == 0
    finally:
        file.write_text(original)


def in_stages(settings: dict[str, Any]) -> None:
    """Leave one product, with stages of a second."""
    canary = settings["products"]["market-intelligence"]["canary"]
    only(settings, "optibid")
    settings["products"]["optibid"]["canary"] = canary


def test_a_rollback_returns_to_what_was_and_keeps_the_bad_release_back(dev: Dev) -> None:
    checkout = dev.own.checkout
    first = rendered(checkout)
    dev.edit(FILE, lambda text: text.replace(GOOD, BETTER))
    deployed(dev)
    dev.edit(FILE, lambda text: text.replace(BETTER, BAD))
    deployed(dev)
    third, second, one = ledger(checkout)[:3]
    assert [each["outcome"] for each in (one, second, third)] == ["succeeded"] * 3
    assert [each["policies"] for each in (one, second, third)] == ["passed"] * 3
    assert third["changed"] == "optibid-backend v1.2.0"
    assert outputs(checkout)["settings"] == third["fingerprint"]
    assert outputs(checkout)["releases"] == third["images"]
    assert outputs(checkout)["commit"] == commit(checkout.folder)

    dry = golive(checkout, "rollback", "--stack", "dev", "--to", str(one["release"]), "--dry-run")
    assert dry.code == 0, dry.output
    assert "nothing was changed" in dry.output
    assert ledger(checkout)[0] == third

    back = golive(checkout, "rollback", "--stack", "dev", "--to", str(one["release"]))

    assert back.code == 0, back.output
    assert rendered(checkout) == first
    newest = ledger(checkout)[0]
    assert newest["rollbackTo"] == one["release"]
    assert newest["fingerprint"] == one["fingerprint"] == outputs(checkout)["settings"]
    assert image(dev).endswith(GOOD)

    again = golive(checkout, "rollback", "--stack", "dev", "--to", str(one["release"]))
    assert again.code == 0
    assert "nothing to do" in again.output

    dev.edit(FILE, lambda text: text.replace(GOOD, BAD, 1))
    held = dev.make("up")
    assert held.code != 0
    assert f"which the hold release-{third['release']} keeps back" in held.output
    assert image(dev).endswith(GOOD)

    lifted = golive(checkout, "lift", f"release-{third['release']}", "--stack", "dev")
    assert lifted.code == 0, lifted.output
    deployed(dev)
    assert image(dev).endswith(BAD)


def test_a_rollback_that_is_killed_is_completed_by_the_same_command(dev: Dev, tmp_path: Path) -> None:
    checkout = dev.own.checkout
    good, wanted = ledger(checkout)[0], rendered(checkout)
    assert good["outcome"] == "succeeded"
    dev.edit(FILE, lambda text: text.replace("optibid-frontend:v1.0.0", "optibid-frontend:v1.1.0"))
    deployed(dev)
    bad = ledger(checkout)[0]
    before = (checkout.folder / FILE).read_text()
    run = begun(checkout, tmp_path / "log", "rollback", "--stack", "dev")
    locks = checkout.folder / ".golive" / "own" / "state" / ".pulumi" / "locks"
    wait_until(lambda: any(locks.rglob("*.json")), "the engine at work on the rollback")
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    written = (checkout.folder / FILE).read_text()
    assert f"release-{bad['release']}:" in written
    assert written != before

    again = golive(checkout, "rollback", "--stack", "dev")

    assert again.code == 0, again.output
    assert (checkout.folder / FILE).read_text() == written
    assert rendered(checkout) == wanted
    newest = ledger(checkout)[0]
    assert (newest["rollbackTo"], newest["outcome"]) == (good["release"], "succeeded")
    assert newest["fingerprint"] == good["fingerprint"] == outputs(checkout)["settings"]


def begun(checkout: Copy, log: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start golive in a process group of its own."""
    with log.open("wb") as output:
        return subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=checkout.folder,
            env=own_code(checkout),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def deployed(dev: Dev) -> None:
    """Deploy what the stack file says."""
    seen = dev.make("up")
    assert seen.code == 0, seen.output


def image(dev: Dev) -> str:
    """The image that the service's Rollout asks for."""
    spec = dev.get("rollout", SERVICE, SPACE)["spec"]["template"]["spec"]
    return str(spec["containers"][0]["image"])
