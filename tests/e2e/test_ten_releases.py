"""Ten releases in a row, the way back to each of them, and a migration that fails before any pod has changed."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from checkouts import Copy, Run
from dev_cluster import Dev
from own_cluster import OwnCluster
from ruamel.yaml import YAML
from test_releases import golive, ledger, rendered

FILE = "Pulumi.dev.yaml"
MIGRATION = "components/workload/migration.py"
SERVICES = ("optibid-backend", "optibid-frontend")
RELEASES = range(1, 11)


@pytest.fixture(scope="module")
def dev(own_cluster: OwnCluster) -> Iterator[Dev]:
    """A copy of the checkout whose cluster runs, with one product in dev and nothing deployed."""
    found = Dev(own_cluster)
    assert found.make("down").code == 0
    path = own_cluster.checkout.folder / FILE
    before = path.read_text()
    write(path, lambda settings: settings.update(one_product(settings)))
    yield found
    assert found.make("down").code == 0
    path.write_text(before)


def write(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the settings of a stack file."""
    data = json.loads(json.dumps(YAML(typ="safe", pure=True).load(path)))
    change(data["config"]["golive:settings"])
    path.write_text(json.dumps(data, indent=1))


def one_product(settings: dict[str, Any]) -> dict[str, Any]:
    """Dev with nothing but OptiBid."""
    capacity = {"default": settings["capacity"]["default"]}
    products = {"optibid": settings["products"]["optibid"]}
    return {
        "products": products,
        "capacity": capacity,
        "releases": {name: settings["releases"][name] for name in SERVICES},
    }


def release(checkout: Copy, tag: str, **more: object) -> Run:
    """Deploy another tag of the backend."""
    entry = {"image": f"optibid/optibid-backend:{tag}", **more}
    write(checkout.folder / FILE, lambda settings: settings["releases"].update({"optibid-backend": entry}))
    return checkout.make("up")


def pods(dev: Dev) -> dict[str, str]:
    """The image of each running pod of OptiBid, by its name."""
    listed = json.loads(dev.kubectl("get", "pods", "--namespace", "optibid", "--output", "json"))["items"]
    return {each["metadata"]["name"]: each["spec"]["containers"][0]["image"] for each in listed}


def applied(dev: Dev) -> list[str]:
    """What the backend's Deployment asks for, and the configuration and secrets that it mounts."""
    spec = dev.get("deployment", "optibid-backend", "optibid")["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    config = container["envFrom"][0]["configMapRef"]["name"]
    mounted = [each["secret"]["secretName"] for each in spec["volumes"] if "secret" in each]
    data = [
        dev.get("configmap", config, "optibid")["data"],
        *(dev.get("secret", name, "optibid")["data"] for name in mounted),
    ]
    return [container["image"], json.dumps(data, sort_keys=True)]


def test_ten_releases_and_the_way_back_to_each(dev: Dev) -> None:
    checkout = dev.own.checkout
    wanted, objects = [], []
    for number in RELEASES:
        seen = release(checkout, f"v1.{number}.0")
        assert seen.code == 0, seen.output
        wanted.append(rendered(checkout))
        objects.append(applied(dev))
    assert len({tuple(each) for each in objects}) == len(RELEASES)
    numbers = [each["release"] for each in ledger(checkout)[: len(RELEASES)]][::-1]

    for number, manifests, state in zip(numbers, wanted, objects, strict=True):
        write(checkout.folder / FILE, lambda settings: settings.pop("holds", None))
        back = golive(checkout, "rollback", "--stack", "dev", "--to", str(number))
        assert back.code == 0, back.output
        assert rendered(checkout) == manifests
        assert applied(dev) == state


def test_a_failed_migration_stops_the_release_before_any_pod_changed(dev: Dev) -> None:
    checkout = dev.own.checkout
    write(checkout.folder / FILE, lambda settings: settings.pop("holds", None))
    assert release(checkout, "v2.0.0").code == 0
    before = pods(dev)
    checkout.edit(MIGRATION, lambda text: text.replace('"restart_policy": "Never",', NOWHERE))
    checkout.edit(MIGRATION, lambda text: text.replace('"active_deadline_seconds": DEADLINE_SECONDS', FAST))
    ready = {"revision": "r1", "backup": {"verified": "2026-01-01", "ticket": "OPS-1"}}
    write(checkout.folder / FILE, lambda settings: settings.update({"migrations": {"optibid-backend": ready}}))

    failed = release(checkout, "v2.1.0", migration={"revision": "r1", "kind": "expand", "reversible": True})

    assert failed.code != 0
    assert "optibid-backend-r1-" in failed.output
    assert pods(dev) == before
    assert ledger(checkout)[0]["outcome"] == "failed"

    back = golive(checkout, "rollback", "--stack", "dev")
    assert back.code == 0, back.output
    assert pods(dev) == before


NOWHERE = '"restart_policy": "Never", "node_selector": {"nowhere": "at-all"},'
FAST = '"active_deadline_seconds": 3'
