"""The command ``golive check`` judges manifests, says where each fault is, and passes over nothing in silence."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from guardrails import RULES
from guardrails.model.resources import Kind
from guardrails.model.values import Plain
from hypothesis import given, settings
from hypothesis import strategies as st

from golive.evaluation.manifests import judged
from golive.reports import FORMATS
from tests.support.check_runs import BAD, GOOD, IMAGES, POD, SAYS, found, run, write
from tests.support.rule_forms import places

OTHERS = len(RULES) - 1


def test_a_clean_file_ends_with_zero(tmp_path: Path) -> None:
    result = run(write(tmp_path, "pod.yaml", GOOD), *IMAGES)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        f"no violations: 1 object in 1 file, 1 rule ({OTHERS} not asked)\n"
        "passed: 1 judgement of a rule on an object\n"
        f"not asked, so nothing is known of them: {OTHERS} rules, named by --format json and markdown\n"
        "kept everywhere: image-tag-pinned\n"
    )


def test_a_violation_ends_with_one_and_names_everything(tmp_path: Path) -> None:
    path = write(tmp_path, "pod.yaml", GOOD, BAD)
    result = run(path, *IMAGES)
    assert (result.exit_code, result.stderr) == (1, "")
    assert result.stdout.splitlines() == [
        f"FAIL {path}:19 image-tag-pinned: {SAYS} [spec.containers[0].image]",
        "     fix: Name a version tag or a digest in releases.<service>.image. (production:41)",
        "",
        f"1 violation: 2 objects in 1 file, 1 rule ({OTHERS} not asked)",
        "  image-tag-pinned: 1",
        "passed: 1 judgement of a rule on an object",
        f"not asked, so nothing is known of them: {OTHERS} rules, named by --format json and markdown",
    ]


def test_json_has_the_schema_that_was_promised(tmp_path: Path) -> None:
    path = write(tmp_path, "pod.yaml", BAD, GOOD)
    place = {"file": str(path), "kind": "Pod", "namespace": "shop", "name": "api"}
    assert found(path, *IMAGES) == {
        "schema": 1,
        "findings": [
            {
                "rule": "image-tag-pinned",
                "level": "mandatory",
                **place,
                "line": 9,
                "path": "spec.containers[0].image",
                "message": SAYS,
                "fix": "Name a version tag or a digest in releases.<service>.image.",
                "covers": ["production:41"],
            }
        ],
        "passed": [{"rule": "image-tag-pinned", **place, "line": 11}],
        "waived": [],
        "waivers": [],
        "summary": {
            "files": 1,
            "objects": 2,
            "rules": 1,
            "findings": 1,
            "failing": 1,
            "failsFrom": "mandatory",
            "passed": 1,
            "waived": 0,
            "kept": [],
            "notAsked": [rule.id for rule in RULES if rule.id != "image-tag-pinned"],
            "notApplicable": [],
            "notJudged": [],
            "errors": [],
        },
    }


def test_a_broken_file_ends_with_two_and_hides_no_other(tmp_path: Path) -> None:
    broken, bad = write(tmp_path, "a.yaml", "a: [1\n", BAD), write(tmp_path, "b.yaml", BAD)
    result = run(tmp_path, *IMAGES)
    assert result.exit_code == 2
    assert f"ERROR {broken}:2:1: not YAML: while parsing a flow sequence that starts on line 1, " in result.stdout
    assert f"FAIL {broken}:11 image-tag-pinned" in result.stdout
    assert f"FAIL {bad}:9 image-tag-pinned" in result.stdout
    assert "2 violations, 1 place not read: 2 objects in 2 files, 1 rule" in result.stdout


def test_other_formats_keep_errors_on_the_error_stream(tmp_path: Path) -> None:
    result = run(write(tmp_path, "a.yaml", "a: *b\n"), "-f", "json")
    says = "found the alias *b before any anchor &b. Define the anchor first."
    assert result.exit_code == 2
    assert result.stderr == f"golive check: {tmp_path}/a.yaml:1:4: {says}\n"
    assert json.loads(result.stdout)["summary"]["errors"] == [
        {"file": f"{tmp_path}/a.yaml", "line": 1, "column": 4, "message": says}
    ]


def test_folders_are_read_whole_and_each_file_once(tmp_path: Path) -> None:
    write(tmp_path, "b/pod.YML", GOOD)
    write(tmp_path, "a/pod.json", '{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}')
    write(tmp_path, "a/notes.txt", "a: [")
    named = write(tmp_path, "c/pod.tpl", GOOD)
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    report = found(tmp_path, tmp_path / "b" / "pod.YML", named, "--rule", "image-tag-pinned")
    assert report["summary"]["files"] == 3
    assert [passed["file"] for passed in report["passed"]] == [f"{tmp_path}/b/pod.YML", f"{tmp_path}/c/pod.tpl"]


def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    write(tmp_path, "pod.yaml", GOOD)
    result = run(tmp_path, *IMAGES)
    assert result.exit_code == 2
    assert f"ERROR {tmp_path}/pipe.yaml: not a file. Name a file, a folder or - for the standard" in result.stdout
    assert "no violations, 1 place not read: 1 object in 1 file, 1 rule" in result.stdout


def test_the_standard_input_is_a_file_too() -> None:
    result = run("-", *IMAGES, stdin=BAD)
    assert result.exit_code == 1
    assert result.stdout.startswith(f"FAIL stdin:9 image-tag-pinned: {SAYS}")


def test_rules_can_be_chosen_and_skipped(tmp_path: Path) -> None:
    path = write(tmp_path, "pod.yaml", BAD)
    rules = {finding["rule"] for finding in found(path)["findings"]}
    assert {"image-tag-pinned", "run-as-non-root"} <= rules
    rest = {finding["rule"] for finding in found(path, "--skip", "image-tag-pinned")["findings"]}
    assert rest == rules - {"image-tag-pinned"}
    both = found(path, *IMAGES, "--rule", "run-as-non-root", "--skip", "run-as-non-root")
    assert {finding["rule"] for finding in both["findings"]} == {"image-tag-pinned"}


@pytest.mark.parametrize("option", ["--rule", "--skip"])
def test_a_rule_that_does_not_exist_is_an_error_with_the_nearest(tmp_path: Path, option: str) -> None:
    result = run(write(tmp_path, "pod.yaml", GOOD), option, "image-tag-pined")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "golive check: there is no rule 'image-tag-pined'. Did you mean 'image-tag-pinned'? `golive rules` lists all.\n"
    )


def test_no_rules_is_an_error(tmp_path: Path) -> None:
    result = run(write(tmp_path, "pod.yaml", GOOD), *IMAGES, "--skip", "image-tag-pinned")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "golive check: no rule is left to ask. Name fewer rules with --skip.\n"


def test_the_report_goes_where_it_is_sent(tmp_path: Path) -> None:
    path, report = write(tmp_path, "pod.yaml", BAD), tmp_path / "report.json"
    result = run(path, *IMAGES, "-f", "json", "-o", report)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "")
    assert json.loads(report.read_text())["summary"]["findings"] == 1
    lost = run(path, *IMAGES, "-o", tmp_path / "no" / "report")
    assert lost.exit_code == 2
    assert lost.stderr == f"golive check: {tmp_path}/no/report cannot be written (no such file or directory).\n"


def test_paths_that_cannot_be_read_are_errors(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    good = write(tmp_path, "pod.yaml", GOOD)
    result = run(tmp_path / "none.yaml", tmp_path / "empty", "/dev/null", "a\0b", good, *IMAGES)
    assert result.exit_code == 2
    assert [line for line in result.stdout.splitlines() if line.startswith("ERROR")] == [
        f"ERROR {tmp_path}/none.yaml: no such file. Correct the path.",
        f"ERROR {tmp_path}/empty: holds no file that ends in .json, .yaml, .yml. Name the right folder.",
        "ERROR /dev/null: not a file. Name a file, a folder or - for the standard input.",
        "ERROR a\\x00b: cannot be read (no file can have this path). Correct the path or its permissions.",
    ]
    assert "no violations, 4 places not read: 1 object in 1 file, 1 rule" in result.stdout


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        os.truncate(file.fileno(), 100 * 1024 * 1024)
    result = run(path, write(tmp_path, "pod.yaml", BAD), *IMAGES)
    assert result.exit_code == 2
    assert f"ERROR {path}: larger than 64 MiB. Split the file." in result.stdout
    assert "FAIL " in result.stdout


def test_a_secret_is_never_repeated(tmp_path: Path) -> None:
    hidden = "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\nstringData: {password: hunter2}\n"
    path = write(tmp_path, "a.yaml", hidden, "a: !!int hunter2\n", "b: 'hunter2\n")
    for name in FORMATS:
        result = run(path, "-f", name)
        assert result.exit_code == 2
        assert "hunter2" not in result.output


def test_names_cannot_steer_a_terminal(tmp_path: Path) -> None:
    path = write(tmp_path, "a.yaml", BAD.replace("name: api\n  namespace", 'name: "x\\e[31m\\n::error::"\n  namespace'))
    result = run(path, *IMAGES)
    assert "\x1b" not in result.stdout
    assert "(Pod shop/x\\x1b[31m\\n::error::)" in result.stdout


def test_no_rule_hears_of_masked_text(tmp_path: Path) -> None:
    (finding,) = found(write(tmp_path, "a.yaml", POD.replace("IMAGE", "'[secret]'")), *IMAGES)["findings"]
    assert "is a secret, and hidden text cannot be judged" in finding["message"]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def _examples() -> Iterator[tuple[Plain, ...]]:
    for rule in RULES:
        for refusal in rule.refuses.values():
            tokens = [Kind.of_token(each.type) for each in refusal.resources]
            props = tuple(each.props for each in refusal.resources)
            if all(tokens) and all(isinstance(each, dict) and "kind" in each for each in props):
                yield props


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_wrong_types_anywhere_are_judged_without_a_crash(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    example = data.draw(st.sampled_from(list(_examples())))
    tree: Any = json.loads(json.dumps(data.draw(st.sampled_from(example)), default=str))
    place = data.draw(st.sampled_from(list(places(tree))))
    spot = tree
    for key in place[:-1]:
        spot = spot[key]
    spot[place[-1]] = data.draw(ANYTHING)
    path = tmp_path_factory.getbasetemp() / "mutant.json"
    path.write_text(json.dumps(tree))
    report = judged([str(path)], RULES)
    assert report.findings or report.passed or report.unread or report.not_applicable
    for form in FORMATS.values():
        assert form(report).endswith("\n")
