"""A build appears whole or not at all, from pinned modules alone, and says what failed."""

import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from toolchain import build as building
from toolchain import golang
from toolchain.errors import ToolchainError
from toolchain.locks import held, locked, take
from toolchain.recipes import CLUSTER, MODULES, PROMETHEUS, Edit, Kept, Recipe, engine

RECIPE = Recipe(name="etcd", version="v9.9.9", takes="a moment")
EVERY = [*CLUSTER, PROMETHEUS, engine("3.259.0")]
Made = Callable[[building.Workshop, Recipe], None]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "golive" / "built"


def making(monkeypatch: pytest.MonkeyPatch, made: Made) -> None:
    """Build by ``made`` instead of by Go."""
    monkeypatch.setattr(building.Workshop, "make", made)


def finished(workshop: building.Workshop, recipe: Recipe) -> None:
    (workshop.scratch / "done").mkdir()
    (workshop.scratch / "done").rename(recipe.result)


def failed(workshop: building.Workshop, recipe: Recipe) -> None:
    (workshop.scratch / f"{recipe.name}-done").mkdir()
    script = f"echo no {recipe.version}; exit 3"
    golang.run("compiling", ["sh", "-c", script], workshop.scratch, None, workshop.say)


def test_a_failed_build_says_which_step_and_leaves_nothing(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    making(monkeypatch, failed)

    with pytest.raises(ToolchainError, match=r"compiling ended with exit code 3\.\nno v9\.9\.9"):
        building.build([RECIPE], lambda _: None)

    assert [path.name for path in cache.iterdir()] == ["lock"]


def test_a_build_removes_what_a_killed_one_left(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    making(monkeypatch, finished)
    (cache / "building-abandoned").mkdir(parents=True)

    building.build([RECIPE], lambda _: None)

    assert sorted(path.name for path in cache.iterdir()) == sorted([RECIPE.result.name, "lock"])


def test_an_interrupted_build_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    second = Recipe(name="kwok", version="v9.9.9", takes="a moment")
    said: list[str] = []

    def first_alone(workshop: building.Workshop, recipe: Recipe) -> None:
        (finished if recipe is RECIPE else failed)(workshop, recipe)

    making(monkeypatch, first_alone)
    with pytest.raises(ToolchainError):
        building.build([RECIPE, second], said.append)
    making(monkeypatch, finished)
    building.build([RECIPE, second], said.append)

    assert RECIPE.done
    assert second.done
    assert [line for line in said if "Go modules" in line] == [
        "building etcd v9.9.9 from its Go modules, once: a moment (1 of 2)",
        "building kwok v9.9.9 from its Go modules, once: a moment (2 of 2)",
        "building kwok v9.9.9 from its Go modules, once: a moment",
    ]


def test_what_is_built_is_not_built_again(monkeypatch: pytest.MonkeyPatch) -> None:
    making(monkeypatch, failed)
    RECIPE.result.mkdir(parents=True)

    building.build([RECIPE], pytest.fail)


def test_another_flag_is_another_result() -> None:
    assert Recipe(name="etcd", version="v9.9.9", flags="-X a=b", takes="a moment").result != RECIPE.result
    assert Recipe(name="etcd", version="v9.9.9", tags="a", takes="a moment").result != RECIPE.result
    assert Recipe(name="etcd", version="v9.9.9", takes="another moment").result == RECIPE.result


@pytest.mark.parametrize("recipe", EVERY, ids=lambda recipe: recipe.name)
def test_every_module_is_pinned_by_hash(recipe: Recipe) -> None:
    required = re.findall(r"^(?:require |\t)(\S+) (v\S+)(?: // indirect)?$", (recipe.pins / "go.mod").read_text(), re.M)
    hashed = (recipe.pins / "go.sum").read_text()
    direct = {each.module for each in recipe.kept} | {each.module for each in recipe.edits}

    assert required
    for module, version in required:
        assert re.search(rf"^{re.escape(module)} {re.escape(version)}(/go.mod)? h1:", hashed, re.M) or replaced(
            recipe, module
        )
        if module in direct:
            assert f"{module} {version} h1:" in hashed


def replaced(recipe: Recipe, module: str) -> bool:
    """Whether another module stands in for ``module``, pinned by its own hash."""
    stands_in = re.search(
        rf"^(?:replace |\t){re.escape(module)}(?: v\S+)? => (\S+) (v\S+)$", (recipe.pins / "go.mod").read_text(), re.M
    )
    return stands_in is not None and f"{stands_in[1]} {stands_in[2]}" in (recipe.pins / "go.sum").read_text()


def test_every_folder_of_pins_is_built() -> None:
    assert {path.name for path in MODULES.iterdir() if path.is_dir()} == {recipe.name for recipe in EVERY}


@pytest.mark.parametrize("recipe", [*CLUSTER, PROMETHEUS], ids=lambda recipe: recipe.name)
def test_a_recipe_names_the_version_that_it_pins(recipe: Recipe) -> None:
    if recipe.packages:
        assert f" {recipe.version}\n" in (recipe.pins / "go.mod").read_text()


@pytest.mark.parametrize("recipe", [each for each in EVERY if len(each.packages) > 1], ids=lambda recipe: recipe.name)
def test_several_executables_have_their_packages_names(recipe: Recipe) -> None:
    assert {name: package.rpartition("/")[2] for name, package in recipe.packages.items()} == {
        name: name for name in recipe.packages
    }


def test_a_kept_file_that_a_module_lacks_fails_the_build(tmp_path: Path) -> None:
    with pytest.raises(ToolchainError, match=r"Module example\.com/m has no file crds/\*\.yaml\."):
        building.keep(tmp_path, Kept(module="example.com/m", pattern="crds/*.yaml"), tmp_path / "result")


def test_keeps_files_under_their_folder(tmp_path: Path) -> None:
    (tmp_path / "crds").mkdir()
    (tmp_path / "crds" / "a.yaml").write_text("a")

    building.keep(tmp_path, Kept(module="m", pattern="crds/*.yaml", folder="definitions"), tmp_path / "result")

    assert (tmp_path / "result" / "definitions" / "a.yaml").read_text() == "a"


def test_edits_a_copy_or_fails(tmp_path: Path) -> None:
    (tmp_path / "a.go").write_text('listen = "0.0.0.0:%d"\n')
    edit = Edit(module="m", file="a.go", pattern=r"0\.0\.0\.0", replacement="127.0.0.1")

    building.change(tmp_path, edit)

    assert (tmp_path / "a.go").read_text() == 'listen = "127.0.0.1:%d"\n'
    with pytest.raises(ToolchainError, match=r"a\.go of module m has no .* to replace\."):
        building.change(tmp_path, edit)


def test_the_second_builder_waits_and_says_so(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    making(monkeypatch, finished)
    said: list[str] = []
    with locked(cache / "lock", lambda: None):
        other = threading.Thread(target=building.build, args=([RECIPE], said.append))
        other.start()
        while not said:
            other.join(timeout=0.01)
        assert not RECIPE.done
    other.join(timeout=10)
    assert said[0] == "another golive is building; waiting for it"
    assert RECIPE.done


def test_a_lock_that_is_looked_at_can_be_taken_a_moment_later(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    looking = take(lock)
    assert looking is not None
    release = threading.Timer(0.1, looking.close)
    release.start()
    mine = take(lock, seconds=20)
    assert mine is not None
    mine.close()
    release.join()


def test_a_lock_is_held_as_long_as_its_file_is_open(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    assert not held(lock)
    mine = take(lock)
    assert mine is not None
    with mine:
        assert held(lock)
        assert take(lock) is None
    assert not held(lock)
