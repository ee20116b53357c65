"""Documents of simple lines are read as the parser reads them, to the line; all others are the parser's."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from golive.yaml import fast_path as lines
from golive.yaml import parser
from golive.yaml.document import Unreadable
from golive.yaml.fast_path import Lines
from golive.yaml.parser import parse

MANIFEST = """\
# Source: chart/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api   # the one
  labels: {}
  annotations:
    "quoted.key/x": 'yes'
    empty: ""
    port: "8080"
spec:
  replicas: 3
  template:
    spec:
      containers:
      - name: api
        image: registry:5000/team/api:v1
        args: ["--port", '80', -v, x=y]
        env:
          - name: A
            value: b c
          -   name: wide
              value:
      - name: other
      volumes: []
      nothing:
"""
"""Everything that is simple, once."""

VALUES = (
    *(
        "x",
        "1",
        "0644",
        "yes",
        "~",
        "null",
        "1.5",
        "-1",
        "--flag",
        "a:b",
        "a#b",
        "a b",
        "http://x/y",
        "é",
        "<x",
        "$x",
        "=x",
    ),
    *('"q"', "'q'", '"a: b"', "'a #b'", '""', '"[secret]"', '"yes"', '"\\n"', "'it''s'", '"a', "'a", '"a"b', '"a" # c'),
    *(
        "{}",
        "[]",
        "[ ]",
        "[a, b]",
        "[\"a\", 'b', 3]",
        "[-c, --x]",
        "[a,b]",
        "[a, ]",
        "[a: b]",
        "[[a]]",
        "{a: b}",
        "[yes, ~]",
    ),
    *(
        "|",
        "|-",
        ">",
        "|2",
        "&a x",
        "*a",
        "!!str 3",
        "! x",
        "a: b",
        "a:",
        "a #c",
        "#c",
        "# c",
        "a # c",
        "- a",
        "-",
        "?",
        "? a",
    ),
    *(
        ".inf",
        ".nan",
        "%x",
        "@x",
        "`x",
        "a\tb",
        "\ta",
        "a ",
        "x\u2028y",
        "\ufeffx",
        "a\u00a0b",
        "]",
        "}",
        ",",
        "a,b",
        "a]",
        "-]",
    ),
    *(
        "1e3",
        "0x1F",
        "+1",
        "<<",
        "...",
        "---",
        "--- a",
        "a\r",
        "12:30",
        "(x)",
        "$(X)",
        "~x",
        "\x85",
        "x:y:",
        "::",
        ":",
        ":a",
    ),
)
KEYS = (
    "a",
    "b",
    "c",
    "kind",
    "y",
    "1",
    "'q'",
    '"q"',
    '"a"',
    "a.b/c",
    "<<",
    "a b",
    "~",
    "-a",
    "null",
    "é",
    "$x",
    "[a]",
    "*a",
    "'a'",
)
LINES = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "", "  ", "  ", "    ", " ", "      ", "\t", "   "]),
    st.sampled_from(["", "", "", "- ", "- ", "-  ", "-", "- - "]),
    st.builds("{}{}".format, st.sampled_from(KEYS), st.sampled_from([": ", ": ", ": ", ":", ":  ", " : ", ":\t"]))
    | st.just(""),
    st.just("") | st.sampled_from(VALUES),
)
STRANGE = st.sampled_from(
    ["---", "--- ", "...", "", "# words", "  # words", "%YAML 1.1", "%TAG ! tag:x,2000:", "--- # x", "--- a", "---a"]
)
TEXTS = st.lists(LINES | LINES | LINES | STRANGE, max_size=12).map("\n".join)


def read(content: str, simple: Lines | None) -> list[Any]:
    """Everything that is known of what was read."""
    return [
        one if isinstance(one, Unreadable) else (one.line, repr(one.value), one.lines)
        for one in parse(content.encode(), "f.yaml", lines=simple)
    ]


def is_simple(content: str) -> bool:
    return Lines().read(content.encode(), 1, 1000) is not None


def test_what_programs_write_is_simple() -> None:
    assert is_simple(MANIFEST)
    assert read(MANIFEST, Lines()) == read(MANIFEST, None)


@given(TEXTS)
def test_both_ways_read_the_same(content: str) -> None:
    assert read(content, Lines()) == read(content, None)


@given(st.data())
def test_a_changed_manifest_is_read_the_same_both_ways(data: st.DataObject) -> None:
    rows = MANIFEST.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        position = data.draw(st.integers(0, len(rows) - 1))
        rows[position] = data.draw(
            LINES | STRANGE | st.sampled_from(rows) | st.just("  " + rows[position]) | st.just(rows[position][1:])
        )
    content = "\n".join(rows)
    assert read(content, Lines()) == read(content, None)


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(
    "form",
    ["k: {}\n", "- {}\n", "- k: {}\n  l: 1\n", "k:\n  {}\n", "{}: k\n", "k: {}", "k:\n  l: {}\nm: 2\n---\nn: 3\n"],
)
def test_every_value_means_the_same_both_ways(form: str, value: str) -> None:
    content = form.replace("{}", value)
    assert read(content, Lines()) == read(content, None)


def test_documents_between_simple_ones_are_the_parsers() -> None:
    strange = ("a: &x 1\nb: *x", "c: |\n  d", "", "a: [", "b: 1")
    content = "".join(f"---\n{one}\n---\n{MANIFEST}--- # words\n{MANIFEST}...\n" for one in strange)
    assert read(content, Lines()) == read(content, None)
    assert sum(isinstance(one, Unreadable) for one in read(content, Lines())) == 1


def test_the_limits_are_the_same_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = "".join("  " * level + "a:\n" for level in range(99))
    for content in (f"{deep}{'  ' * 99}a: 1\n", f"{deep}{'  ' * 99}a:\n{'  ' * 100}b: 1\n", "a:\n" * 2):
        assert read(content, Lines()) == read(content, None)
    monkeypatch.setattr(parser, "LARGEST", 3)
    assert read("a: 1\nb: [1]\n", Lines()) == read("a: 1\nb: [1]\n", None)
    assert "more than 3,000,000 values" in str(read("a: 1\nb: [1]\n", Lines()))


def test_lines_are_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST_KNOWN", 10)
    content = "".join(f"k{i}: {i}\n" for i in range(100))
    assert read(content, Lines()) == read(content, None)
