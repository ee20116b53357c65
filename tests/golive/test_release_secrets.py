"""The keys of a release's secrets are looked for in what the cluster's ExternalSecrets found; no value is read."""

from typing import Any

import pytest

from golive.releases.preflight import Findings, found_keys

PLACE = "shop", "prod/shop/db"
LOST = "could not get secret data from provider"


def external(name: str, *keys: str, ready: bool | None = True, space: str = "shop", remote: str = PLACE[1]) -> Any:  # noqa: ANN401 - an object
    """An ExternalSecret that reads ``keys``; ``ready`` is absent where nobody has looked yet."""
    said = {"type": "Ready", "status": str(ready), "message": "synced" if ready else LOST}
    return {
        "metadata": {"namespace": space, "name": name},
        "spec": {"data": [{"secretKey": key, "remoteRef": {"key": remote, "property": key}} for key in keys]},
        "status": {"conditions": [said]} if ready is not None else {},
    }


@pytest.mark.parametrize(
    "found",
    [
        [external("old", "USER", "PASSWORD")],
        [external("new", "USER", "PASSWORD", "MORE")],
        [external("one", "USER"), external("two", "PASSWORD")],
        [external("old", "USER", "PASSWORD"), external("bad", "USER", "PASSWORD", "LOST", ready=False)],
        [external("old", "USER", "PASSWORD"), external("same", "PASSWORD", ready=False)],
    ],
)
def test_keys_that_are_there(found: list[Any]) -> None:
    assert found_keys({PLACE: frozenset({"USER", "PASSWORD"})}, found) == Findings()


@pytest.mark.parametrize(
    ("found", "why"),
    [
        ([external("old", "USER", "PASSWORD", ready=False)], LOST),
        ([external("one", "USER"), external("old", "PASSWORD", ready=False)], LOST),
        ([external("old", "USER", "PASSWORD", ready=None)], "nobody has looked yet"),
    ],
)
def test_keys_that_the_store_does_not_give(found: list[Any], why: str) -> None:
    (gone,) = found_keys({PLACE: frozenset({"USER", "PASSWORD"})}, found).gone

    assert "PASSWORD" in gone
    assert gone.endswith(f"of the secret prod/shop/db to shop: old is not ready ({why})")


@pytest.mark.parametrize(
    "found",
    [
        [],
        [external("old", "USER")],
        [external("old", "USER", "PASSWORD", space="elsewhere")],
        [external("old", "USER", "PASSWORD", remote="staging/shop/db")],
        [external("bad", "USER", "PASSWORD", "LOST", ready=False)],
        [{"metadata": {"namespace": "shop", "name": "by-hand"}}],
    ],
)
def test_keys_that_nobody_can_say_anything_of(found: list[Any]) -> None:
    seen = found_keys({PLACE: frozenset({"USER", "PASSWORD"})}, found)

    assert not seen.gone
    (unknown,) = seen.unknown
    assert unknown.startswith("nothing in shop reads PASSWORD")
    assert unknown.endswith("of the secret prod/shop/db, so it may be gone")
