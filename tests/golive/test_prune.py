"""``golive prune`` deletes what no version needs any more, and nothing where that can't be known."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from golive.commands.prune import needed
from golive.releases.history import read
from golive.releases.retained_objects import KEPT, USERS, Leftover, leftovers
from settings.load import parse
from stack.retained import kept
from tests.support.scripted_history import Checkout, checkout, moved, settings, update
from tests.support.shipped import planned

A, B = settings(), moved("marketplace", "v1.1.0")
OLD, NEW = "api-0123456789", "api-abcdef0123"
OVER = {"conditions": [{"type": "Complete", "status": "True"}]}


def an_object(kind: str, name: str, namespace: str = "shop", **fields: object) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": name, "namespace": namespace}, **fields}


def pod(**spec: object) -> dict[str, Any]:
    return an_object("Pod", "api-1", spec=spec)


MOUNTS = {"containers": [{"envFrom": [{"configMapRef": {"name": OLD}}]}]}
REPLICAS = an_object("ReplicaSet", "api-77", spec={"replicas": 0, "template": {"spec": MOUNTS}})


@pytest.mark.parametrize(
    ("kept", "users", "wanted", "goes"),
    [
        (an_object("ConfigMap", OLD), (), (), True),
        (an_object("ExternalSecret", OLD), (), (), True),
        (an_object("ConfigMap", OLD), (pod(**MOUNTS),), (), False),
        (an_object("ConfigMap", OLD), (REPLICAS,), (), False),
        (an_object("ConfigMap", OLD), (), (OLD,), False),
        (an_object("ConfigMap", OLD, "elsewhere"), (pod(**MOUNTS),), (), True),
        (an_object("ExternalSecret", OLD), (pod(volumes=[{"secret": {"secretName": OLD}}]),), (), False),
        (an_object("ConfigMap", "by-hand"), (), (), False),
        (an_object("Secret", OLD), (), (), False),
        (an_object("Job", OLD, status=OVER), (), (), True),
        (an_object("Job", OLD, status=OVER), (), (OLD,), False),
        (an_object("Job", OLD, status={"active": 1}), (), (), False),
        (an_object("Job", OLD), (), (), False),
    ],
)
def test_what_can_go(
    kept: dict[str, Any], users: tuple[dict[str, Any], ...], wanted: tuple[str, ...], *, goes: bool
) -> None:
    space = kept["metadata"]["namespace"]
    gone = (Leftover(namespace=space, kind=kept["kind"], name=kept["metadata"]["name"]),)

    assert leftovers([kept], users, wanted) == (gone if goes else ())


@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_all_that_the_engine_leaves_behind_is_known(stack: str) -> None:
    left = {each.inputs["metadata"]["name"] for each in planned(stack) if each.retain}

    assert left == kept(parse(settings(stack), f"Pulumi.{stack}.yaml"))


def release(data: Mapping[str, Any] | None) -> Any:  # noqa: ANN401 - a release
    return read(json.dumps([update(data)]), "dev")[0]


def marketplaces(data: Mapping[str, Any]) -> str:
    """The ConfigMap that marketplace's pods read."""
    (found,) = (name for name in needed(release(data)) if name.startswith("marketplace-") and len(name) == 22)
    return found


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A checkout with two releases, whose cluster has a ConfigMap of both, and one that is older."""
    made = checkout(tmp_path, monkeypatch)
    made.deployed(update(A), update(B))
    space = {"kind": "Namespace", "metadata": {"name": "market-intelligence"}}
    mine = an_object("ConfigMap", marketplaces(A), "market-intelligence")
    old = an_object("ConfigMap", "marketplace-0123456789", "market-intelligence")
    answers: dict[str, Any] = {kind: [] for kind in (*USERS, *KEPT.values())}
    having(made, {**answers, "namespaces": [space], "configmaps": [mine, old]})
    return made


def having(here: Checkout, answers: Mapping[str, Any]) -> None:
    (here.folder / "cluster").write_text(json.dumps(answers))


def asked(here: Checkout, verb: str) -> list[str]:
    return [line for line in (here.folder / "asked").read_text().splitlines() if line.startswith(verb)]


def test_what_nothing_needs_is_deleted(here: Checkout) -> None:
    result = here.run("prune", "--stack", "dev")

    assert (result.exit_code, result.stdout) == (
        0,
        "market-intelligence: ConfigMap marketplace-0123456789\n1 deleted\n",
    )
    assert asked(here, "delete") == [
        "delete configmaps marketplace-0123456789 --namespace market-intelligence --ignore-not-found --wait=false"
    ]


def test_a_dry_run_deletes_nothing(here: Checkout) -> None:
    result = here.run("prune", "--stack", "dev", "--dry-run")

    assert result.stdout.endswith("1 of them can go; nothing was deleted\n")
    assert asked(here, "delete") == []


def test_nothing_to_delete(here: Checkout) -> None:
    answers = json.loads((here.folder / "cluster").read_text())
    having(here, {**answers, "configmaps": []})

    assert here.run("prune", "--stack", "dev").stdout == "nothing to delete\n"


@pytest.mark.parametrize("kind", [*USERS, *KEPT.values(), "namespaces"])
def test_what_cannot_be_listed_is_not_taken_for_absent(here: Checkout, kind: str) -> None:
    answers = json.loads((here.folder / "cluster").read_text())
    having(here, {**answers, kind: None})

    result = here.run("prune", "--stack", "dev")

    assert (result.exit_code, asked(here, "delete")) == (2, [])
    assert "what the cluster of dev has can't be known" in result.stderr


@pytest.mark.parametrize(
    ("operations", "words"),
    [
        ([], "nothing was ever deployed"),
        ([update(A), update(B, result="in-progress", endTime=None)], "release 2 is still under way"),
        ([update({**A, "owner": 3}), update(B)], "release 1 has settings that this program can't read"),
        ([update({**A, "releases": {}}), update(B)], "what release 1 needs can't be known"),
    ],
)
def test_refused_where_use_is_unknown(here: Checkout, operations: list[dict[str, Any]], words: str) -> None:
    here.deployed(*operations)

    result = here.run("prune", "--stack", "dev")

    assert result.exit_code == 1
    assert words in result.stderr
    assert not (here.folder / "asked").exists()


def test_releases_beyond_those_that_are_kept_need_nothing(here: Checkout) -> None:
    here.deployed(update({**A, "owner": 3}), update(A))

    assert here.run("prune", "--stack", "dev", "--keep", "1").exit_code == 0


def test_another_cluster_is_refused(here: Checkout) -> None:
    answers = json.loads((here.folder / "cluster").read_text())
    having(here, {**answers, "namespaces": []})

    result = here.run("prune", "--stack", "dev")

    assert (result.exit_code, asked(here, "delete")) == (1, [])
    assert "the cluster has no namespace of dev. Is it the one that dev is deployed to?" in result.stderr
