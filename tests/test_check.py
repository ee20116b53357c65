"""The command ``golive check`` judges manifests, says where each fault is, and passes over nothing in silence."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from guardrails import RULES
from guardrails.plain import Plain
from guardrails.resources import Kind
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_forms import places
from typer.testing import CliRunner, Result

from golive.check import judged
from golive.cli import app
from golive.reports import FORMATS

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: api
  namespace: shop
spec:
  containers:
    - name: api
      image: IMAGE
"""
GOOD, BAD = POD.replace("IMAGE", "team/api:v1"), POD.replace("IMAGE", "team/api:latest")
SAYS = "container 'api' (Pod shop/api) runs 'team/api:latest', and latest can change under us."
IMAGES = ("--rule", "image-tag-pinned")


def run(*arguments: str | Path, stdin: str | bytes = "") -> Result:
    """Run the command with a terminal wide enough to break no line."""
    runner = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"})
    return runner.invoke(app, ["check", *map(str, arguments)], input=stdin)


def write(folder: Path, name: str, *texts: str | bytes) -> Path:
    """Write one file of these documents."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"---\n".join(text if isinstance(text, bytes) else text.encode() for text in texts))
    return path


def found(*arguments: str | Path, stdin: str = "") -> Any:  # noqa: ANN401 - whatever JSON can say
    """The JSON report."""
    return json.loads(run(*arguments, "--format", "json", stdin=stdin).stdout)


def test_a_clean_file_ends_with_zero(tmp_path: Path) -> None:
    result = run(write(tmp_path, "pod.yaml", GOOD), *IMAGES)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "no violations: 1 object in 1 file, 1 rule\npassed: 1 judgement of a rule on an object\n"
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
        "1 violation: 2 objects in 1 file, 1 rule",
        "  image-tag-pinned: 1",
        "passed: 1 judgement of a rule on an object",
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
        "summary": {
            "files": 1,
            "objects": 2,
            "rules": 1,
            "findings": 1,
            "passed": 1,
            "waived": 0,
            "kept": [],
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


def test_the_standard_input_is_a_file_too() -> None:
    result = run("-", *IMAGES, stdin=BAD)
    assert result.exit_code == 1
    assert result.stdout.startswith(f"FAIL stdin:9 image-tag-pinned: {SAYS}")


@pytest.mark.parametrize("stdin", ["", "---\n", "Error: chart not found\n", "- a\n", "just words\n"])
def test_judging_nothing_is_no_success(stdin: str) -> None:
    result = run("-", stdin=stdin)
    assert result.exit_code == 2
    says = "found no Kubernetes object, so nothing was judged. Name the rendered manifests."
    assert f"ERROR golive check: {says}" in result.stdout


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("replicas: 3\n", "it names no apiVersion, so it is no Kubernetes object"),
        ("apiVersion: v2\nname: chart\n", "it names no kind, so it is no Kubernetes object"),
        ("- op: replace\n", "it is a list"),
        ("words\n", "it is a single value"),
        (
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
            "a Kustomization is read by kustomize, not by a cluster. Judge what it builds",
        ),
    ],
)
def test_what_is_no_object_is_listed(tmp_path: Path, document: str, says: str) -> None:
    path = write(tmp_path, "a.yaml", GOOD, document)
    result = run(path, *IMAGES)
    assert result.exit_code == 0
    assert f"{path}:11: not judged: {says}" in result.stdout.splitlines()


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("kind: Pod\napiVersion: 1\n", "2:1: apiVersion is no name that a cluster knows. Write one such as apps/v1."),
        ("apiVersion: v1\nkind: [Pod]\n", "2:1: kind is no name that a cluster knows. Write one such as Deployment."),
        ("apiVersion: v1\nkind: 'Pod:'\n", "2:1: kind is no name that a cluster knows. Write one such as Deployment."),
        ("apiVersion: a:b\nkind: Pod\n", "1:1: apiVersion is no name that a cluster knows. Write one such as apps/v1."),
    ],
)
def test_an_object_of_no_possible_kind_is_an_error(tmp_path: Path, document: str, says: str) -> None:
    path = write(tmp_path, "a.yaml", document)
    result = run(path)
    assert result.exit_code == 2
    assert f"ERROR {path}:{says}" in result.stdout


@pytest.mark.parametrize("wrapped", ["List", "PodList"])
def test_items_of_lists_are_objects_of_their_own(tmp_path: Path, wrapped: str) -> None:
    items = [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": [{"image": image}]}}
        for name, image in (("one", "a:v1"), ("two", "a"))
    ]
    text = json.dumps({"apiVersion": "v1", "kind": wrapped, "items": items}, indent=1)
    report = found(write(tmp_path, "list.json", text), *IMAGES)
    (finding,) = report["findings"]
    assert (finding["name"], finding["path"]) == ("two", "items[1].spec.containers[0].image")
    assert text.splitlines()[finding["line"] - 1].strip() == '"image": "a"'
    assert [(passed["name"], passed["line"]) for passed in report["passed"]] == [("one", 5)]


def test_rules_about_all_objects_see_all_files(tmp_path: Path) -> None:
    deny = (
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: shop}\n"
        "spec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n"
    )
    pod, policy = write(tmp_path, "pod.yaml", GOOD), write(tmp_path, "deny.yaml", deny)
    rule = ("--rule", "namespace-default-deny")
    assert run(pod, policy, *rule).exit_code == 0
    (finding,) = found(pod, *rule)["findings"]
    assert (finding["file"], finding["line"], finding["name"]) == (str(pod), 1, "api")


def test_foreign_controllers_that_run_pods_pass_and_fail_by_name(tmp_path: Path) -> None:
    text = "apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: t}\nspec: {containers: [{image: IMAGE}]}\n"
    path = write(tmp_path, "a.yaml", text.replace("IMAGE", "a:v1"), text.replace("IMAGE", "a"))
    report = found(path, *IMAGES)
    assert [passed["line"] for passed in report["passed"]] == [1]
    assert [finding["line"] for finding in report["findings"]] == [9]


def test_rules_that_do_not_apply_are_named(tmp_path: Path) -> None:
    path = write(tmp_path, "a.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n")
    assert found(path, *IMAGES)["summary"]["notApplicable"] == ["image-tag-pinned"]
    assert "did not apply: image-tag-pinned\n" in run(path, *IMAGES).stdout


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
