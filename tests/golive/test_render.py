"""`golive render` writes what the program declares, whole or not at all."""

import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from golive.commands.app import app
from golive.planning.manifests import MARK, RenderError, manifests, write
from tests.support.plan import UNKNOWN, Planned
from tests.support.shipped import CHECKOUT, STACKS, planned


def render(stack: str, output: Path) -> tuple[int, str]:
    answer = CliRunner().invoke(app, ["render", "--stack", stack, "-o", str(output)])
    return answer.exit_code, answer.output


@pytest.fixture(autouse=True)
def inside_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CHECKOUT)


@pytest.mark.parametrize("stack", STACKS)
def test_writes_every_object_of_the_program(stack: str, tmp_path: Path) -> None:
    code, words = render(stack, tmp_path / "out")

    objects = [each for each in planned(stack) if each.type.startswith("kubernetes:")]
    without = "" if stack == "dev" else ", without the resources of aws, random"
    assert (code, words) == (0, f"{tmp_path / 'out'}: {len(objects)} manifests of {stack}{without}\n")
    written = [YAML(typ="safe").load(path) for path in sorted((tmp_path / "out").rglob("*.yaml"))]
    assert len(written) == len(objects)
    for each in objects:
        assert each.inputs in written, each.path


def test_files_are_named_by_namespace_kind_and_name(tmp_path: Path) -> None:
    render("dev", tmp_path / "out")

    found = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.yaml")}
    assert "cluster/namespace-optibid.yaml" in found
    assert "optibid/service-optibid-backend.yaml" in found


def test_replaces_an_earlier_render_whole(tmp_path: Path) -> None:
    write(manifests([namespace("stale")]), tmp_path / "out")

    assert render("dev", tmp_path / "out")[0] == 0
    assert not (tmp_path / "out" / "cluster" / "namespace-stale.yaml").exists()


def test_keeps_a_file_that_somebody_added_to_a_render(tmp_path: Path) -> None:
    write(manifests([namespace("a")]), tmp_path / "out")
    (tmp_path / "out" / "kustomization.yaml").write_text("mine")

    code, words = render("dev", tmp_path / "out")

    assert (code, (tmp_path / "out" / "kustomization.yaml").read_text()) == (1, "mine")
    assert "holds kustomization.yaml, which no render wrote" in words


def test_refuses_a_symbolic_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "real")

    code, words = render("dev", tmp_path / "out")

    assert (code, list((tmp_path / "real").iterdir())) == (1, [])
    assert "is a symbolic link; name the folder itself" in words


def test_a_folder_that_can_not_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")

    code, words = render("dev", tmp_path / "file" / "out")

    assert (code, words.count("\n")) == (1, 1)
    assert words.endswith("Name a folder that can be made.\n")


def test_refuses_a_folder_of_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")

    assert render("dev", tmp_path) == (
        1,
        f"golive render: {tmp_path} holds notes.txt, which no render wrote; name another. Nothing was written.\n",
    )
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_refuses_a_file(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")

    assert render("dev", tmp_path / "out") == (
        1,
        f"golive render: {tmp_path / 'out'} is a file; name a folder. Nothing was written.\n",
    )


def test_an_unknown_stack_is_a_missing_file(tmp_path: Path) -> None:
    code, words = render("nowhere", tmp_path / "out")

    assert code == 2
    assert words.startswith("Pulumi.nowhere.yaml:")
    assert not (tmp_path / "out").exists()


def test_faults_of_the_stack_file_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(CHECKOUT / "Pulumi.dev.yaml", tmp_path)
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text(file.read_text().replace("marketplace:v1.0.0", "market place"))
    monkeypatch.chdir(tmp_path)

    code, words = render("dev", tmp_path / "out")

    assert code == 1
    assert "releases.marketplace.image" in words
    assert not (tmp_path / "out").exists()


def namespace(name: object) -> Planned:
    inputs = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    path = f"kubernetes:core/v1:Namespace::{name}"
    return Planned(type="kubernetes:core/v1:Namespace", name="one", path=path, parent="", inputs=inputs)


def test_refuses_a_value_that_only_a_deployment_knows() -> None:
    with pytest.raises(RenderError, match=r"'one': metadata\.name is known only after the deployment"):
        manifests([namespace(UNKNOWN)])


def test_refuses_two_objects_of_one_name() -> None:
    with pytest.raises(RenderError, match=r"two objects are called cluster/namespace-a\.yaml"):
        manifests([namespace("a"), namespace("a")])


def test_a_failed_write_leaves_the_earlier_render(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write(manifests([namespace("a")]), folder)
    broken = (each for each in [*manifests([namespace("b")]), None])

    with pytest.raises(AttributeError):
        write(broken, folder)  # type: ignore[arg-type]  # a manifest that can't be written

    assert {path.name for path in folder.rglob("*") if path.is_file()} == {MARK, "namespace-a.yaml"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
