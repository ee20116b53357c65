"""The offline random provider previews what it will draw, and keeps that a secret."""

from collections.abc import Iterator

import pytest

from tests.support.served_plugin import Plugin, running
from toolchain.plugins.random import Random
from toolchain.plugins.values import UNKNOWN, Properties, Secret

PASSWORD = "random:index/randomPassword:RandomPassword"  # noqa: S105 - a type
PET = "random:index/randomPet:RandomPet"


@pytest.fixture
def plugin() -> Iterator[Plugin]:
    with running(Random()) as found:
        yield found


def test_refuses(plugin: Plugin) -> None:
    assert plugin.check(PASSWORD, {"lenght": 20.0})[1] == {
        "lenght": "unknown property 'lenght'; did you mean 'length'?",
        "length": "required property 'length' is missing",
    }


def test_allows_and_keeps(plugin: Plugin) -> None:
    inputs: Properties = {"length": 20.0, "keepers": {"a": UNKNOWN, "b": Secret("x")}}
    assert plugin.check(PASSWORD, inputs) == (inputs, {})


def test_a_password_is_unknown_and_secret(plugin: Plugin) -> None:
    assert plugin.create(PASSWORD, {"length": 20.0, "special": False}) == {
        "id": UNKNOWN,
        "result": Secret(UNKNOWN),
        "bcryptHash": Secret(UNKNOWN),
        "length": 20.0,
        "lower": True,
        "minLower": 0.0,
        "minNumeric": 0.0,
        "minSpecial": 0.0,
        "minUpper": 0.0,
        "number": True,
        "numeric": True,
        "special": False,
        "upper": True,
    }


def test_a_pet_is_unknown_and_public(plugin: Plugin) -> None:
    assert plugin.create(PET, {}) == {"id": UNKNOWN, "length": 2.0, "separator": "-"}


def test_what_was_drawn_stays(plugin: Plugin) -> None:
    old: Properties = {"id": "none", "length": 20.0, "result": Secret("hunter2"), "bcryptHash": "$2a$"}
    planned = plugin.update(PASSWORD, old, {"length": 20.0})
    assert (planned["result"], planned["bcryptHash"], planned["id"]) == (Secret("hunter2"), Secret("$2a$"), "none")


DIFFS: dict[str, tuple[Properties, Properties, dict[str, str]]] = {
    "nothing": ({"length": 20.0}, {"length": 20.0}, {}),
    "the length": ({"length": 20.0}, {"length": 21.0}, {"length": "update_replace"}),
    "a keeper": ({"keepers": {"a": "1"}}, {"keepers": {"a": UNKNOWN}}, {"keepers.a": "update_replace"}),
}


@pytest.mark.parametrize("case", DIFFS)
def test_another_wish_is_another_draw(plugin: Plugin, case: str) -> None:
    old, new, details = DIFFS[case]
    assert plugin.diff(PASSWORD, old, new) == (details, False)
