"""Manifest files are read as Kubernetes reads them; what it would not read is refused with its place."""

import io
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from golive.yaml import files as sources
from golive.yaml.document import Document, Unreadable, line_of
from golive.yaml.parser import LINES, PARSER, parse

PARSERS = pytest.mark.parametrize("parser", [PARSER, yaml.SafeLoader], ids=["fast", "slow"])


def read(content: str | bytes, parser: Any = PARSER) -> list[Document | Unreadable]:  # noqa: ANN401 - untyped
    simple = LINES if parser is PARSER else None
    return list(parse(content if isinstance(content, bytes) else content.encode(), "f.yaml", parser, simple))


def values(content: str | bytes, parser: Any = PARSER) -> list[object]:  # noqa: ANN401 - untyped
    return [str(one) if isinstance(one, Unreadable) else one.value for one in read(content, parser)]


@PARSERS
def test_many_documents_have_their_own_lines(parser: Any) -> None:  # noqa: ANN401 - untyped
    found = read("# first\na: 1\n---\n\n---\n# second\nb: 2\n...\n", parser)
    assert [(one.line, one.value) for one in found if isinstance(one, Document)] == [(2, {"a": 1}), (7, {"b": 2})]


@pytest.mark.parametrize("content", ["", "\n", "---\n", "---\n---\n...\n", "# only words\n", "null\n", "\ufeff"])
def test_nothing_is_no_document(content: str) -> None:
    assert read(content) == []


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("yes", True),
        ("On", True),
        ("y", True),
        ("no", False),
        ("OFF", False),
        ("n", False),
        ("oN", "oN"),
        ("'yes'", "yes"),
        ("~", None),
        ("", None),
        ("null", None),
        ("0644", 420),
        ("0o17", 15),
        ("0x1F", 31),
        ("0b101", 5),
        ("-12", -12),
        ("+7", 7),
        ("1_000", 1000),
        ("08", 8),
        ("1e3", 1000),
        (".5", 0.5),
        ("1.", 1),
        ("-0.0", 0),
        ("12:30", "12:30"),
        ("2001-01-01", "2001-01-01"),
        ("1.2.3", "1.2.3"),
        ("18446744073709551615", 18446744073709551615),
        ("18446744073709551616", 18446744073709551616),
        ("9" * 5000, "9" * 5000),
        ("1e999", "1e999"),
        ("100m", "100m"),
        ("!!str 3", "3"),
        ('!!int "3"', 3),
        ("!!float 3", 3),
        ("!!binary aGk=", "hi"),
        ("!local text", "text"),
        ("! 3", "3"),
    ],
)
def test_scalars_mean_what_a_cluster_takes_them_for(written: str, meant: object) -> None:
    (found,) = values(f"a: {written}\n")
    assert found == {"a": meant}
    assert type(found["a"]) is type(meant)


@pytest.mark.parametrize(("key", "name"), [("1", "1"), ("yes", "true"), ("off", "false"), ("1.5", "1.5"), ("'~'", "~")])
def test_keys_become_text(key: str, name: str) -> None:
    assert values(f"{key}: x\n") == [{name: "x"}]


@PARSERS
@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", "4:3: found the key 'c' twice in one mapping. Keep one of them."),
        ("1: a\n'1': b\n", "2:1: found the key '1' twice in one mapping. Keep one of them."),
        ("a: &a\n  b: *a\n", "2:6: found the anchor &a inside its own value. Write the value out."),
        ("a: *b\n", "1:4: found the alias *b before any anchor &b. Define the anchor first."),
        ("? [a]\n: b\n", "1:3: found a key that is not written as text. Write the key as text."),
        ("~: b\n", "1:1: found a key that is null. Put it in quotes."),
        ("a: .inf\n", "1:4: found an infinite number or none, which no manifest can hold. Correct it."),
        (".nan: a\n", "1:1: found an infinite number or none, which no manifest can hold. Correct it."),
        ("a: !!int hush\n", "1:4: found a value that is no int, although it is tagged as one. Correct it."),
        ("a: !!binary '='\n", "1:4: found binary data that is not base64 of text. Correct it."),
        ("<<: 1\n", "1:5: found << with something else than a mapping. Point it to a mapping."),
        (
            "x: &x {a: 1}\nz:\n  a: 2\n  <<: *x\n",
            "4:7: found the key 'a' before the << that merges it. Put << first.",
        ),
        (
            "x: &x {a: 1}\nz:\n  <<: *x\n  <<: *x\n",
            "4:3: found a second << in one mapping. Merge a list: <<: [*a, *b].",
        ),
        ("a: " + "[" * 200_000, "1:103: found more than 100 levels of nesting. Flatten the document."),
        ("- " * 1000, "1:201: found more than 100 levels of nesting. Flatten the document."),
        ("a: \x00b\n", "1:4: found the control character 0x00. Remove it, or escape it in double quotes."),
        ("a: é\x1b[31m\n", "1:5: found the control character 0x1b. Remove it, or escape it in double quotes."),
    ],
)
def test_what_no_cluster_takes_is_refused_in_its_place(parser: Any, content: str, says: str) -> None:  # noqa: ANN401
    assert values(content, parser) == [f"f.yaml:{says}"]


@pytest.mark.parametrize("content", ["a: é\n".encode("latin-1"), b"a: \xff\n"])
def test_other_encodings_are_refused(content: bytes) -> None:
    assert values(content) == ["f.yaml:1:4: found bytes that are not UTF-8. Save the file as UTF-8."]


def test_a_byte_order_mark_and_windows_line_ends_are_welcome() -> None:
    found = read(b"\xef\xbb\xbfa: 1\r\nb: |\r\n  x\r\n---\r\nc: 3\r\n")
    assert [(one.line, one.value) for one in found if isinstance(one, Document)] == [
        (1, {"a": 1, "b": "x\n"}),
        (5, {"c": 3}),
    ]


def test_aliases_that_explode_are_refused_before_they_do() -> None:
    layers = "".join(
        f"{to}: &{to} [{', '.join([f'*{of}'] * 9)}]\n" for of, to in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert values(f"a: &a [{', '.join('x' * 9)}]\n{layers}") == [
        "f.yaml:7:20: found more than 3,000,000 values, aliases included. Split the file."
    ]


def test_aliases_cannot_stack_levels() -> None:
    chain = "".join(f"a{i}: &a{i} {{x: *a{i - 1}}}\n" for i in range(1, 300))
    assert values(f"a0: &a0 {{x: 1}}\n{chain}") == [
        "f.yaml:100:15: found more than 100 levels of nesting. Flatten the document."
    ]


def test_merges_keep_the_rules_of_precedence() -> None:
    (found,) = values("x: &x {a: 1, b: 1}\nw: &w {b: 2, c: 2}\nz:\n  <<: [*x, *w]\n  a: 3\n")
    assert found == {"x": {"a": 1, "b": 1}, "w": {"b": 2, "c": 2}, "z": {"a": 3, "b": 1, "c": 2}}
    assert values("'<<': 1\n") == [{"<<": 1}]


def test_a_broken_document_costs_only_itself() -> None:
    quote, bracket = "found unexpected document indicator", "did not find expected ',' or ']'"
    assert values('a: 1\n---\nb: "x\n---\nc: [1\n---\nd: 4\n') == [
        {"a": 1},
        f"f.yaml:4:1: not YAML: while scanning a quoted scalar that starts on line 3, {quote}. Correct the syntax.",
        f"f.yaml:6:1: not YAML: while parsing a flow sequence that starts on line 5, {bracket}. Correct the syntax.",
        {"d": 4},
    ]
    assert [one.line for one in read("a: [\n---\n\nb: 1\n")] == [2, 4]


def test_endless_faults_end() -> None:
    found = values("a: [\n---\n" * 1000)
    assert len(found) == 21
    assert found[-1] == "f.yaml:40:1: found 20 documents that can't be read. The rest of the file was left."


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("kind: Pod\nmetadata:\n  name: {{ .Values.name }}\n", "3:10"),
        ("{{- if .Values.on }}\nkind: Pod\n{{- end }}\n", "1:2"),
        ('kind: Pod\n{{ include "labels" . }}\n', "3:1"),
    ],
)
def test_an_unrendered_template_is_located_and_called_so(content: str, place: str) -> None:
    says = "not YAML: a template that was not rendered. Judge what it renders, as helm template does."
    assert values(content) == [f"f.yaml:{place}: {says}"]


def test_a_fault_beside_a_document_that_speaks_of_templates_is_told() -> None:
    found = values('a: "{{ .Values.name }}"\n---\nb: [\n---\nc: {{ .Values.c }}\n')
    assert found[0] == {"a": "{{ .Values.name }}"}
    assert "template" not in str(found[1])
    assert "a template that was not rendered" in str(found[2])


def test_what_only_speaks_of_templates_is_read() -> None:
    assert values('a: "{{ .Values.name }}"\n') == [{"a": "{{ .Values.name }}"}]
    assert values('{"a": "{{ .x }}"}\n{"b": 1}\n') == [{"a": "{{ .x }}"}, {"b": 1}]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ('{"a": 1}\n{"b": "\\ud83d\\ude00"}', [{"a": 1}, {"b": "😀"}]),
        ('\t{"a":\t1}', [{"a": 1}]),
        ('{"a": "\\ud800"} {"b": 1.0}', [{"a": "?"}, {"b": 1}]),
        ('{"a": 1, "a": 2} {}', ["f.yaml:1:10: found the key 'a' twice in one mapping. Keep one of them."]),
    ],
)
def test_json_is_read_even_where_it_is_no_yaml(content: str, found: list[object]) -> None:
    assert values(content) == found


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"a": 1,,}', "1:9: not JSON: Expecting property name enclosed in double quotes. Correct the syntax."),
        ('{"a":1}{"b": NaN}', "1:1: found an infinite number or none, which no manifest can hold. Correct it."),
        ('{"a":1} {"a": 1, "a": 2}', "1:1: found the key 'a' twice in one mapping. Keep one of them."),
    ],
)
def test_broken_json_is_called_json_in_json_files(content: str, says: str) -> None:
    assert f"f.json:{says}" in [str(one) for one in parse(content.encode(), "f.json")]


def test_every_field_knows_its_line() -> None:
    (found,) = read("a:\n  b: &b\n    - x\n    - k: 1\n\n      z.z/z: 2\nc: *b\n")
    assert isinstance(found, Document)
    places = found.places()
    assert places == {
        "": 1,
        "a": 1,
        "a.b": 2,
        "a.b[0]": 3,
        "a.b[1]": 4,
        "a.b[1].k": 4,
        "a.b[1].z.z/z": 6,
        "c": 7,
        "c[0]": 3,
        "c[1]": 4,
        "c[1].k": 4,
        "c[1].z.z/z": 6,
    }
    assert [line_of(places, path) for path in ("a.b[1].z.z/z", "a.b[1].q.r[3].s", "a.b[7]", "q", "")] == [6, 4, 2, 1, 1]


def test_merges_leave_the_line_of_the_document() -> None:
    (found,) = read("\nx: &x {a: 1}\ny: {<<: *x}\n")
    assert isinstance(found, Document)
    assert found.places() == {"": 2}


def test_lines_count_on_after_a_broken_document() -> None:
    broken, sound = read("a: [\n---\nb:\n  c: 1\n")
    assert isinstance(broken, Unreadable)
    assert isinstance(sound, Document)
    assert sound.places() == {"": 3, "b": 3, "b.c": 4}


@given(st.binary(max_size=300))
def test_no_bytes_crash_it(content: bytes) -> None:
    list(parse(content, "f.json"))


@given(st.text(alphabet="ab:-[]{},&*!<>|'\"\\#?%\n\t 01~.", max_size=200))
def test_no_text_crashes_it(content: str) -> None:
    for found in read(content):
        if isinstance(found, Document):
            assert set(found.places().values()) <= set(range(1, content.count("\n") + 2))


def test_both_parsers_agree_with_the_last_resort() -> None:
    text = "a: {b: [1, two, 3.5, null, yes]}\nc: &x\n  - d: *y\n"
    assert values(text)[0] == values(text, yaml.SafeLoader)[0]


def test_a_hundred_megabytes_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(io.RawIOBase):
        """A standard input that counts what was taken of it."""

        taken = 0

        def read(self, size: int = -1) -> bytes:
            assert 0 < size <= sources.LARGEST + 1
            self.taken += size
            return b" " * size

    class Input:
        buffer = Endless()

    monkeypatch.setattr(sources, "LARGEST", 2 * 1024 * 1024)
    monkeypatch.setattr("sys.stdin", Input)
    assert str(sources.content("-")) == "stdin: larger than 2 MiB. Split the file."
    assert Input.buffer.taken == 2 * 1024 * 1024 + 1
