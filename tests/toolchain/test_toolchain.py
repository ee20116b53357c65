"""The toolchain takes the first engine that works, says why it passed one over, and leaves nothing half-made."""

import http.server
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from toolchain import engine, plugin_home, preview, recipes, session, state
from toolchain.__main__ import main
from toolchain.errors import ToolchainError
from toolchain.locks import locked
from toolchain.paths import cache


def executable(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with one folder, an empty cache, and no network."""
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(engine, "reachable", lambda _: False)
    return tmp_path / "bin"


@pytest.fixture
def built(on_path: Path) -> Path:
    """An engine that an earlier run built."""
    assert on_path.parent in cache().parents
    return executable(recipes.engine(engine.sdk_version("pulumi")).result / "pulumi", "exit 0")


def find() -> tuple[engine.Engine, list[str]]:
    said: list[str] = []
    return engine.find(said.append), said


def test_takes_the_users_own_engine(on_path: Path) -> None:
    executable(on_path / "pulumi", "echo v3.260.1")
    for plugin in ("language-python", "resource-kubernetes", "resource-aws", "resource-random"):
        executable(on_path / f"pulumi-{plugin}")

    found, said = find()

    assert str(found) == "pulumi 3.260.1, from PATH, with the ordinary plugins"
    assert said == []


def test_takes_plugins_from_the_users_plugin_folder(on_path: Path) -> None:
    executable(on_path / "pulumi", "echo v3.259.0")
    executable(on_path / "pulumi-language-python")
    for name in engine.PROVIDERS:
        version = engine.sdk_version(f"pulumi-{name}")
        (on_path.parent / "home" / "plugins" / f"resource-{name}-v{version}").mkdir(parents=True)

    assert not find()[0].offline


@pytest.mark.parametrize(
    ("answer", "plugins", "why"),
    [
        ("echo v3.100.0", ["language-python"], "version 3.100.0 is outside 3.200.0 to 3.x"),
        ("echo v4.0.0", ["language-python"], "version 4.0.0 is outside 3.200.0 to 3.x"),
        ("echo nonsense", [], "`pulumi version` answers 'nonsense'"),
        ("echo v3.259.0", [], "its Python language host (pulumi-language-python) is missing"),
        (
            "echo v3.259.0",
            ["language-python", "resource-aws"],
            "its plugins for kubernetes, random are not installed and can't be downloaded",
        ),
    ],
)
@pytest.mark.usefixtures("built")
def test_says_why_it_passes_over_an_engine(on_path: Path, answer: str, plugins: list[str], why: str) -> None:
    executable(on_path / "pulumi", answer)
    for plugin in plugins:
        executable(on_path / f"pulumi-{plugin}")

    found, said = find()

    assert found.offline
    assert said == [f"passing over {on_path}/pulumi: {why}"]


def test_an_engine_built_before_is_taken_at_once(built: Path) -> None:
    found, said = find()

    assert found.executable == built
    assert str(found).endswith("built from its Go modules, with the toolchain's own plugins (of AWS, previews only)")
    assert said == []


def test_the_second_builder_waits_and_says_so(tmp_path: Path) -> None:
    said: list[str] = []
    entered = threading.Event()

    def second() -> None:
        with locked(tmp_path / "lock", lambda: said.append("waiting")):
            entered.set()

    with locked(tmp_path / "lock", lambda: said.append("first")):
        other = threading.Thread(target=second)
        other.start()
        while not said:
            other.join(timeout=0.01)
        assert not entered.is_set()
    assert entered.wait(timeout=10)
    other.join(timeout=10)
    assert said == ["waiting"]


@pytest.fixture
def server() -> Iterator[str]:
    """A web server on loopback that knows no page."""
    handler = http.server.BaseHTTPRequestHandler
    with http.server.HTTPServer(("127.0.0.1", 0), handler) as listening:
        thread = threading.Thread(target=listening.handle_request)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        thread.join(timeout=10)


def test_any_answer_means_reachable(server: str) -> None:
    assert engine.reachable(server)


def test_no_answer_means_unreachable() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert not engine.reachable(f"http://127.0.0.1:{closed.getsockname()[1]}")


@pytest.mark.parametrize(
    ("environment", "local", "words"),
    [
        ({}, True, "this checkout's own (PULUMI_BACKEND_URL is not set)"),
        ({"PULUMI_CONFIG_PASSPHRASE": "x"}, True, "this checkout's own (PULUMI_BACKEND_URL is not set)"),
        ({"PULUMI_BACKEND_URL": "s3://team"}, True, "this checkout's own (PULUMI_BACKEND_URL is set without "),
        (
            {"PULUMI_BACKEND_URL": "s3://team", "PULUMI_CONFIG_PASSPHRASE": ""},
            False,
            "the state that PULUMI_BACKEND_URL names",
        ),
        (
            {"PULUMI_BACKEND_URL": "https://x", "PULUMI_ACCESS_TOKEN": "x"},
            False,
            "the state that PULUMI_BACKEND_URL names",
        ),
    ],
)
def test_says_which_state_it_compares_with(environment: dict[str, str], *, local: bool, words: str) -> None:
    chosen = state.choose(environment)

    assert chosen.local == local
    assert chosen.origin.startswith(words)


def test_an_unknown_stack_names_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", "--stack", "nowhere"]) == 1
    assert capsys.readouterr().err == (
        "error: There is no stack 'nowhere': 'Pulumi.nowhere.yaml' is missing. "
        "The stacks here are: dev, prod, staging.\n"
    )


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one stack file, and nothing else."""
    for module in (state, session, plugin_home):
        monkeypatch.setattr(module, "CHECKOUT", tmp_path)
        monkeypatch.setattr(module, "WORK", tmp_path / ".golive")
    (tmp_path / "Pulumi.yaml").write_text("name: golive\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    return tmp_path


def test_a_stack_file_that_is_a_folder_is_not_called_missing(checkout: Path) -> None:
    (checkout / "Pulumi.odd.yaml").mkdir()

    with pytest.raises(ToolchainError, match=r"'Pulumi\.odd\.yaml' is not a file\. The stacks here are: dev\."):
        state.stack_file("odd")


@pytest.mark.parametrize("content", [b"a:\n\t- b\n", b"\xff\xfe\x00", b"a: [\n"], ids=["a tab", "binary", "unfinished"])
def test_a_stack_file_that_is_no_yaml_is_named(checkout: Path, content: bytes) -> None:
    (checkout / "Pulumi.dev.yaml").write_bytes(content)

    with pytest.raises(ToolchainError, match=r"Pulumi\.dev\.yaml can't be read as YAML; `.*settings check"):
        state.stack_file("dev")


@pytest.mark.parametrize("content", ["garbage", "", "[]", "{}", '{"version": 3, "checkpoint": null}'])
def test_a_damaged_local_state_says_how_to_go_on(checkout: Path, content: str) -> None:
    broken = checkout / ".golive" / "own" / "state" / ".pulumi" / "stacks" / "golive" / "dev.json"
    broken.parent.mkdir(parents=True)
    broken.write_text(content)

    with pytest.raises(ToolchainError, match="Run `make clean` and begin again"):
        state.made("dev")


def test_a_folder_that_can_not_be_written_is_a_sentence(
    checkout: Path, built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert built.exists()
    (checkout / ".golive").write_text("a file where a folder should be")

    assert main(["preview", "--stack", "dev"]) == 1

    words = capsys.readouterr().err
    assert "Traceback" not in words
    assert f"error: {checkout}/.golive" in words
    assert "The toolchain needs to write there" in words


def test_no_variable_changes_the_engines_options(
    checkout: Path, built: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    executable(built, 'env | grep -c "PULUMI_OPTION_"; exit 7')
    monkeypatch.setenv("PULUMI_OPTION_POLICY_PACK_CONFIG", "lowered.json")
    made = checkout / ".golive" / "own" / "state" / ".pulumi" / "stacks" / "golive" / "dev.json"
    made.parent.mkdir(parents=True)
    made.write_text('{"version": 3, "checkpoint": {}}')

    assert main(["preview", "--stack", "dev"]) == 7
    assert capfd.readouterr().out == "0\n"


def test_on_the_own_state_nothing_of_another_state_or_cluster_is_inherited(
    checkout: Path, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert built.exists()
    foreign = {
        "PULUMI_CONFIG_PASSPHRASE": "of another state",
        "PULUMI_DIY_BACKEND_GZIP": "true",
        "PULUMI_SELF_MANAGED_STATE_LOCKING": "0",
        "KUBERNETES_SERVICE_HOST": "10.96.0.1",
        "KUBERNETES_SERVICE_PORT": "443",
        "KUBECONFIG": str(checkout / "of-another-cluster"),
    }
    kept = {"PULUMI_K8S_DELETE_UNREACHABLE": "true", "PULUMI_HOME": "where the user's plugins lie"}
    for name, value in {**foreign, **kept}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    monkeypatch.setattr(session, "_make_stack", lambda *_: None)
    monkeypatch.setattr(session, "plugins", lambda _: {})

    found = session.start("dev", lambda _: None, lambda: None).environment

    assert not {name for name, value in foreign.items() if found.get(name) == value}
    assert "cluster" not in Path(found["KUBECONFIG"]).read_text()
    assert Path(found["KUBECONFIG"]).stat().st_mode & 0o077 == 0
    assert kept.items() <= found.items()
    assert found["no_grpc_proxy"] == "127.0.0.1,localhost"
    assert Path(found["PULUMI_CONFIG_PASSPHRASE_FILE"]).is_file()


def test_offline_plugins_are_private_to_the_checkout(built: Path) -> None:
    offline = engine.Engine(executable=built, version="3.259.0", origin="built", offline=True)

    environment = plugin_home.plugins(offline)

    assert environment["PULUMI_IGNORE_AMBIENT_PLUGINS"] == "true"
    script = Path(environment["PULUMI_HOME"]) / "plugins" / "resource-aws-v7.51.1" / "pulumi-resource-aws"
    assert script.read_text() == '#!/bin/sh\nexec "$GOLIVE_PYTHON" -m toolchain.plugins aws "$@"\n'


EMPTY = state.State(environment={}, origin="", local=True)
THEIRS = state.State(environment={}, origin="", local=False)


@pytest.mark.parametrize(
    ("offline", "chosen", "inherited", "given"),
    [
        (False, EMPTY, {}, {"GOLIVE_CREDENTIALS": "none"}),
        (True, EMPTY, {}, {}),
        (False, THEIRS, {}, {}),
        (False, EMPTY, {"AWS_PROFILE": "staging"}, {}),
        (False, EMPTY, {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23"}, {}),
    ],
)
def test_previews_without_credentials_where_there_are_none(
    offline: bool,  # noqa: FBT001  # one row of the table
    chosen: state.State,
    inherited: dict[str, str],
    given: dict[str, str],
) -> None:
    found = engine.Engine(executable=Path("pulumi"), version="3.259.0", origin="", offline=offline)
    assert preview.credentials(found, chosen, inherited) == given
