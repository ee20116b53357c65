"""The three answers: joined, turned round, and reported; and reads that never show an unknown value to a rule."""

import pytest
from guardrails.model.answer import NO, YES, Answer, doubtful, either, one_of
from guardrails.model.node import Node, Record
from guardrails.model.values import Plain, Unknown

RECORDED = {("", "here", "at")}


def place(value: Plain, record: Record | None = None) -> Node:
    return Node(value, "", "here", "at", partial=False, record={} if record is None else record)


MAYBE = doubtful(place(Unknown.LATER))


def state(answer: Answer) -> str:
    return "yes" if answer.certain else "maybe" if answer.possible else "no"


@pytest.mark.parametrize(
    ("one", "other", "both", "any_"),
    [
        (YES, YES, "yes", "yes"),
        (YES, NO, "no", "yes"),
        (YES, MAYBE, "maybe", "yes"),
        (NO, NO, "no", "no"),
        (NO, MAYBE, "no", "maybe"),
        (MAYBE, MAYBE, "maybe", "maybe"),
    ],
)
def test_joined(one: Answer, other: Answer, both: str, any_: str) -> None:
    assert (state(one & other), state(other & one)) == (both, both)
    assert (state(one | other), state(other | one)) == (any_, any_)
    assert state(either((one, other))) == any_


def test_turned_round() -> None:
    assert [state(~answer) for answer in (YES, NO, MAYBE)] == ["no", "yes", "maybe"]


def test_reported() -> None:
    violation = place("web").fails("is wrong")
    open_ = [place(Unknown.LATER).undecided()]
    assert [list(answer.unless(violation)) for answer in (YES, NO, MAYBE)] == [[], [violation], open_]
    assert [list(answer.where(violation)) for answer in (YES, NO, MAYBE)] == [[violation], [], open_]


def test_one_of() -> None:
    answers = [one_of(place(value), "a", "b") for value in ("a", "c", None, Unknown.LATER)]
    assert [state(answer) for answer in answers] == ["yes", "no", "no", "maybe"]


@pytest.mark.parametrize(
    ("value", "readers"),
    [
        ("3", {"text": "3"}),
        (3, {"integer": 3, "number": 3}),
        (2.5, {"number": 2.5}),
        (True, {"boolean": True}),
    ],
)
def test_a_value_of_another_type_is_recorded(value: Plain, readers: dict[str, Plain]) -> None:
    for name in ("text", "integer", "number", "boolean"):
        record: Record = {}
        assert getattr(place(value, record), name)() == readers.get(name)
        assert set(record) == (set() if name in readers else RECORDED)


@pytest.mark.parametrize("name", ["text", "integer", "number", "boolean"])
def test_an_unknown_is_recorded_and_absence_is_not(name: str) -> None:
    record: Record = {}
    assert getattr(place(None, record), name)() is None
    assert not record
    assert getattr(place(Unknown.LATER, record), name)() is None
    assert set(record) == RECORDED
