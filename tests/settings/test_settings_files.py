"""Stack files are read as Pulumi reads them, and what can't be read is refused with its place."""

import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from settings.document import MOST_NODES, compose, resolved
from settings.errors import SettingsError
from settings.load import LARGEST, read
from settings.models import Settings
from tests.support.stack_data import valid, wrapped, written

ROOT = Path(__file__).parents[2]
STACKS = ("dev", "staging", "prod")


def unread(path: Path) -> str:
    """Say what reading the file ends in, its name left out."""
    with pytest.raises(SettingsError) as caught:
        read(path)
    assert not caught.value.reads
    return str(caught.value).replace(str(path), "FILE")


@pytest.mark.parametrize("stack", STACKS)
def test_reads_the_shipped_stacks(stack: str) -> None:
    assert read(ROOT / f"Pulumi.{stack}.yaml").environment == stack


def test_faults_in_a_file_have_lines(tmp_path: Path) -> None:
    text = (ROOT / "Pulumi.prod.yaml").read_text()
    for good, bad in (("port: 3128", "port: 99999"), ("10.20.0.0/16", "nonsense"), ("domain: 254", "domian: 254")):
        assert text.count(good) == 1
        text = text.replace(good, bad)
    with pytest.raises(SettingsError) as caught:
        read(written(tmp_path, text))
    lines = dict(enumerate(text.splitlines(), start=1))
    assert [
        (str(fault).partition(": found")[0], lines[fault.line or 0].strip()[:14]) for fault in caught.value.faults
    ] == [
        ("line 24: aws.network.cidr", "cidr: nonsense"),
        ("line 90: platform.egress.port", "egress: {names"),
        ("line 104: products.market-intelligence.domian", "domian: 254car"),
    ]


def test_a_missing_key_has_the_line_of_its_part(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        read(written(tmp_path, "config:\n  golive:settings:\n    environment: dev\n    platform:\n      gateway: {}\n"))
    lines = {str(fault.path[-1]): fault.line for fault in caught.value.faults}
    assert lines == {
        "owner": 2, "namespace": 5, "monitoring": 4, "egress": 4, "secrets": 4,
        "stores": 2, "products": 2, "capacity": 2, "releases": 2,
    }  # fmt: skip


EXPECTED = "for example config: {golive:settings: {environment: dev, ...}}."
UNREADABLE: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", f"found an empty file; expected the key config, {EXPECTED}"),
    "only a comment": ("# nothing\n", f"found an empty file; expected the key config, {EXPECTED}"),
    "no config": ("a: 1\n", f"found no config; expected the key config, a map, {EXPECTED}"),
    "a list": ("- config\n", f"found no config; expected the key config, a map, {EXPECTED}"),
    "config is a list": ("config: [a]\n", f"line 1: found a list of 1; expected the key config, a map, {EXPECTED}"),
    "no settings": (
        "config:\n  aws:region: us-east-1\n",
        f"line 1: found a map with the key aws:region under config; expected the key golive:settings, {EXPECTED}",
    ),
    "configuration that nothing reads": (
        "config:\n  golive:settings: {}\n  golive:replicas: 3\n",
        (
            "line 3: found the key golive:replicas under config; "
            "expected golive:settings or golive:guardrails: nothing reads any other."
        ),
    ),
    "the guardrails beside config": (
        "config:\n  golive:settings: {}\ngolive:guardrails: {}\n",
        "line 3: found the key golive:guardrails beside config; expected it under config, two spaces further in.",
    ),
    "no YAML": (
        "config:\n  a: [1\n",
        "line 3: found text that is not YAML at column 1 (expected ',' or ']', but got '<stream end>'); expected YAML.",
    ),
    "an alias of nothing, which may be a password": (
        "config:\n  password: *Hunter2\n",
        "line 2: found text that is not YAML at column 13 (found undefined alias; put it in quotes); expected YAML.",
    ),
    "not UTF-8": (b"config:\n  a: \xff\n", "line 2: found bytes that are not UTF-8; expected text in UTF-8."),
    "a key twice": (
        "config:\n  golive:settings:\n    owner: a\n    owner: b\n",
        "line 4: config.golive:settings.owner: found the key a second time, after line 3; expected each key once.",
    ),
    "a key that is a number": (
        "config:\n  80: a\n",
        'line 2: config: found the key "80", which is not text; expected keys that are text; put it in quotes.',
    ),
    "a key that is a list": (
        "config:\n  ? [a]\n  : b\n",
        (
            "line 2: config: found the key of several parts, which is not text; "
            "expected keys that are text; put it in quotes."
        ),
    ),
    "an alias into itself": (
        "config: &a\n  b: *a\n",
        "line 1: config.b: found an alias of the part that it stands in; expected a value.",
    ),
    "two documents": (
        "a: 1\n---\nb: 2\n",
        "line 2: found text that is not YAML at column 1 (but found another document); expected YAML.",
    ),
    "a tag": ("config: !!int 1\n", "line 1: found a tag; expected a value without a tag; put text in quotes."),
    "a directive": ("%YAML 1.1\n---\na: 1\n", "line 1: found a directive; expected the file to begin with config:."),
    "too deep": ("[" * 5000, "found lists or maps nested too deeply; expected a few levels at most."),
    "too large": ("#" * (LARGEST + 1), "found a file that is too large; expected at most 256 KiB."),
    "a separator": (
        "a: b\nc: \u2028\n",
        "line 2: found a line separator that readers differ in; expected line feeds alone.",
    ),
    "an encrypted value": (
        "config:\n  golive:settings:\n    owner:\n      secure: v1:abc\n",
        (
            "line 3: owner: found an encrypted value; "
            "expected plain text; secrets belong in the store that platform.secrets names."
        ),
    ),
    "a merge of nothing": (
        "config:\n  <<: 1\n",
        "line 2: config.<<: found something that is not a map; expected a map, or a list of maps, to merge.",
    ),
}


@pytest.mark.parametrize(("text", "says"), [pytest.param(*case, id=name) for name, case in UNREADABLE.items()])
def test_refuses_files_that_cannot_be_read(tmp_path: Path, text: str | bytes, says: str) -> None:
    said = unread(written(tmp_path, text))
    assert said.replace('config["<<"]', "config.<<") == f"FILE: can't be read\n  {says}"


def test_refuses_a_missing_file(tmp_path: Path) -> None:
    expected = "FILE: can't be read\n  found no such file; expected a stack file, for example Pulumi.dev.yaml."
    assert unread(tmp_path / "Pulumi.none.yaml") == expected


def test_refuses_a_directory(tmp_path: Path) -> None:
    expected = "FILE: can't be read\n  found a directory; expected a stack file, for example Pulumi.dev.yaml."
    assert unread(tmp_path) == expected


def test_refuses_a_path_that_no_file_can_have() -> None:
    with pytest.raises(SettingsError, match="can't be read"):
        read(Path("a\0b"))


def test_refuses_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = written(tmp_path, "")
    monkeypatch.setattr(Path, "open", refused)
    said = unread(path)
    assert said == (
        "FILE: can't be read\n"
        "  found a file that can't be read (permission denied); expected a stack file, for example Pulumi.dev.yaml."
    )


def test_a_bomb_of_aliases_is_not_followed_to_its_end(tmp_path: Path) -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{row}: &a{row} [{', '.join([f'*a{row - 1}'] * 9)}]" for row in range(1, 12)]
    said = unread(written(tmp_path, "\n".join(rows)))
    expected = f"found more than {MOST_NODES} values, aliases followed; expected a stack file of ordinary size."
    assert said == f"FILE: can't be read\n  {expected}"


@pytest.mark.parametrize("bare", ["2025-10-04", "2025-10-04T00:00:00Z", ".inf", "-.INF", ".nan", "1e20", "._5"])
def test_refuses_values_that_readers_differ_in(tmp_path: Path, bare: str) -> None:
    text = wrapped(valid()).replace('"platform-engineering"', bare)
    with pytest.raises(SettingsError) as caught:
        read(written(tmp_path, text))
    assert [fault.path for fault in caught.value.faults] == [("owner",)]


@pytest.mark.parametrize(
    ("bare", "value"),
    [
        ("on", "on"), ("no", "no"), ("y", "y"), ("~", None), ("", None), ("True", True), ("tRue", "tRue"),
        ("010", 8), ("0o10", 8), ("08", 8), ("0x1F", 31), ("0b101", 5), ("-0b1", -1), ("1_000", 1000), ("1__0", 10),
        ("+5", 5), ("--5", "--5"), ("1e3", 1000), ("3.0", 3), ("1.34", 1.34), ("1.30", 1.3), (".5", 0.5), ("1.", 1),
        ("1:30", "1:30"), ("1e400", "1e400"), ("0x1p3", "0x1p3"), ("10m", "10m"), ("_1", "_1"), ("1.2.3", "1.2.3"),
    ],
)  # fmt: skip
def test_resolves_bare_words_as_pulumi_does(bare: str, value: object) -> None:
    # The expected values were taken from the reader that Pulumi uses, by running it.
    assert resolved(bare) == value
    assert type(resolved(bare)) is type(value)


def test_merges_and_aliases_as_pulumi_does() -> None:
    text = "a: &x {p: 1, q: 2}\nb: &y {p: 3, r: 4}\nc: {<<: [*x, *y], q: 9}\nd: {p: 0, <<: *x}\ne: *x\n"
    data = compose(text).data
    assert data == {
        "a": {"p": 1, "q": 2},
        "b": {"p": 3, "r": 4},
        "c": {"p": 1, "q": 9, "r": 4},
        "d": {"p": 0, "q": 2},
        "e": {"p": 1, "q": 2},
    }


def test_a_reused_anchor_is_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert compose("a: &x 1\nb: &x 2\nc: *x\n").data == {"a": 1, "b": 2, "c": 2}


LINES = (ROOT / "Pulumi.prod.yaml").read_text().splitlines()
NOISE = ("", "[", "]", "{", "&a", "*a", "!x", "- ", ": ", "? ", "'", '"', "|", "%", "\t", "\x00", "é", "null", "<<: 1")


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    line=strategies.integers(0, len(LINES) - 1), column=strategies.integers(0, 40), noise=strategies.sampled_from(NOISE)
)
def test_no_text_ends_in_a_traceback(tmp_path: Path, line: int, column: int, noise: str) -> None:
    spoilt = [*LINES]
    spoilt[line] = spoilt[line][:column] + noise + spoilt[line][column + 1 :]
    path = written(tmp_path, "\n".join(spoilt))
    try:
        outcome: Settings | tuple[object, ...] = read(path)
    except SettingsError as error:
        outcome = error.faults
    assert outcome
