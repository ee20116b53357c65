"""What ``golive check`` takes for an object, and what it lists instead of judging it."""

import json
from pathlib import Path

import pytest

from tests.support.check_runs import GOOD, IMAGES, found, run, write


@pytest.mark.parametrize("stdin", ["", "---\n", "Error: chart not found\n", "- a\n", "just words\n"])
def test_judging_nothing_is_no_success(stdin: str) -> None:
    result = run("-", stdin=stdin)
    assert result.exit_code == 2
    says = "found no Kubernetes object, so nothing was judged. Name the rendered manifests."
    assert f"ERROR golive check: {says}" in result.stdout
    assert "\nnothing was judged: 0 objects in 1 file, " in result.stdout
    assert "no violations" not in result.stdout


def test_the_first_line_tells_what_was_judged_from_what_could_not_be_read(tmp_path: Path) -> None:
    broken = write(tmp_path, "broken.yaml", "a: [")
    result = run(broken)
    assert result.exit_code == 2
    assert "\nnothing was judged, 1 place not read: 0 objects in 1 file, " in result.stdout
    assert "no violations" not in result.stdout


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("replicas: 3\n", "it names no apiVersion, so it is no Kubernetes object"),
        ("apiVersion: v2\nname: chart\n", "it names no kind, so it is no Kubernetes object"),
        ("metadata: {name: a}\nreplicas: 3\n", "it names no apiVersion, so it is no Kubernetes object"),
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
        (
            "apiVersion: v1\nknd: Pod\nmetadata: {}\nspec: {}\n",
            "1:1: looks like an object and names no kind. Write one.",
        ),
        ("kind: Pod\nmetadata: {}\nspec: {}\n", "1:1: looks like an object and names no apiVersion. Write one."),
        ("- apiVersion: v1\n  kind: Pod\n", "1:1: a list of objects. Write each as a document, or a List of items."),
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
