"""Whatever arrives becomes plain data, and no unknown passes for a value."""

import math
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from guardrails.model.quantities import quantity
from guardrails.model.values import DEEPEST, MASK, Plain, Unknown, plain
from guardrails.pack import SIGNS
from hypothesis import given
from hypothesis import strategies as st
from pulumi_policy import deserialize, proxy, secret

from tests.support.rule_forms import UNKNOWN_TEXT, wire
from tests.support.rule_forms import secret as wrapped

LATER, HIDDEN, UNREADABLE = Unknown.LATER, Unknown.SECRET, Unknown.UNREADABLE
SENTINELS = [value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_")]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.0, 1),
        (0.5, 0.5),
        (True, True),
        ("", ""),
        (None, None),
        (("a", "b"), ["a", "b"]),
        ({1: "one"}, {"1": "one"}),
        (b"bytes", UNREADABLE),
        ({"a"}, UNREADABLE),
        (Path("file"), UNREADABLE),
        (MASK, HIDDEN),
        (LATER, LATER),
    ],
)
def test_values(value: object, expected: Plain) -> None:
    assert plain(value) == expected
    assert type(plain(value)) is type(expected)


def test_odd_floats_stay() -> None:
    assert plain(math.inf) == math.inf
    assert isinstance(plain(math.nan), float)


def test_knows_every_sentinel_of_the_sdk() -> None:
    assert sorted(SIGNS.sentinels) == sorted(SENTINELS)


@pytest.mark.parametrize("sentinel", SENTINELS)
def test_sentinels_are_unknown_alone_and_inside_a_text(sentinel: str) -> None:
    assert plain({"image": sentinel, "other": f"registry/{sentinel}:v1", "known": "v1"}, SIGNS) == {
        "image": LATER,
        "other": LATER,
        "known": "v1",
    }


@pytest.mark.parametrize("sentinel", SENTINELS)
def test_a_proxy_gives_up_all_but_its_unknown_leaves(sentinel: str) -> None:
    props = {"list": ["a", sentinel, f"x{sentinel}"], "deep": {"unknown": sentinel, "uid": 1000.0}}
    expected = {"list": ["a", LATER, LATER], "deep": {"unknown": LATER, "uid": 1000}}
    assert plain(proxy.unknown_checking_proxy(props), SIGNS) == expected


def test_a_secret_keeps_its_shape_and_hides_its_text() -> None:
    props = {"spec": wrapped({"image": "a:latest", "replicas": 2.0, "on": True, "args": ["x"]}), "open": "x"}
    hidden = {"image": HIDDEN, "replicas": 2, "on": True, "args": [HIDDEN]}
    assert plain(props, SIGNS) == {"spec": hidden, "open": "x"}
    assert plain({"spec": secret.Secret({"image": "a:latest"})}, SIGNS) == {"spec": {"image": HIDDEN}}


def test_a_secret_that_is_unknown_is_unknown() -> None:
    assert plain(wrapped(UNKNOWN_TEXT), SIGNS) == LATER


@pytest.mark.parametrize(
    ("signed", "expected"),
    [
        ({SIGNS.signature_key: SIGNS.secret_signature}, HIDDEN),
        ({SIGNS.signature_key: deserialize.SPECIAL_ASSET_SIG, "text": "x"}, UNREADABLE),
        ({SIGNS.signature_key: "never heard of"}, UNREADABLE),
        ({SIGNS.signature_key: None}, UNREADABLE),
    ],
)
def test_signed_mappings(signed: dict[str, Any], expected: Plain) -> None:
    assert plain({"it": signed, "other": 1}, SIGNS) == {"it": expected, "other": 1}


def test_the_same_mapping_inside_and_outside_a_secret_is_read_twice() -> None:
    shared = {"text": "x"}
    assert plain({"a": shared, "b": wrapped(shared)}, SIGNS) == {"a": {"text": "x"}, "b": {"text": HIDDEN}}


def test_cycles_end() -> None:
    circle: dict[str, Any] = {"name": "a"}
    circle["self"] = circle
    assert plain(circle) == {"name": "a", "self": UNREADABLE}


def test_depth_ends() -> None:
    deep: Any = "bottom"
    for _ in range(DEEPEST * 50):
        deep = [deep]
    value = plain({"deep": deep, "other": 1})
    assert isinstance(value, dict)
    assert value["other"] == 1
    levels = 0
    while isinstance(value, dict | list):
        value = value["deep"] if isinstance(value, dict) else value[0]
        levels += 1
    assert (value, levels) == (UNREADABLE, DEEPEST)


def test_shared_anchors_are_read_once() -> None:
    tree: Any = "leaf"
    for _ in range(DEEPEST - 1):
        tree = [tree, tree]
    assert isinstance(plain(tree), list)  # read twice at each level, this would never end


class Failing(Sequence[Any]):
    """A sequence that is broken rather than unknown."""

    def __len__(self) -> int:
        """Pretend to hold something."""
        return 1

    def __getitem__(self, _: Any) -> Any:  # noqa: ANN401 - the base class's signature
        """Break."""
        raise OSError("torn")


def test_a_broken_container_is_not_taken_for_an_unknown() -> None:
    with pytest.raises(OSError, match="torn"):
        plain(Failing(), SIGNS)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=30,
)


@given(tree=JSON)
def test_plain_data_stays_as_it_is(tree: Plain) -> None:
    assert plain(tree) == tree
    assert plain(proxy.unknown_checking_proxy(wire(tree)), SIGNS) == tree


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", "1"),
        ("0.5", "0.5"),
        (".5", "0.5"),
        ("1.", "1"),
        ("500m", "0.5"),
        ("128Mi", "134217728"),
        ("1k", "1000"),
        ("1E", "1e18"),
        ("1e3", "1000"),
        ("1E3", "1000"),
        ("2n", "2e-9"),
        ("0Mi", "0"),
        ("-1", "-1"),
        (2, "2"),
        (0.25, "0.25"),
        (1e9, "1e9"),
    ],
)
def test_quantities(text: object, number: str) -> None:
    assert quantity(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "m",
        "1 Gi",
        "1GB",
        "1mi",
        "1e",
        "e3",
        "1\n",
        "\u0661",
        "1e9999",
        "9" * 99,
        True,
        None,
        [],
        math.nan,
        math.inf,
    ],
)
def test_no_quantities(text: object) -> None:
    assert quantity(text) is None
