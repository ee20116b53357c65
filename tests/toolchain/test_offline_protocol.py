"""The offline plugins speak the engine's protocol: over gRPC, in one sentence, and with secrets kept."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

from tests.support.served_plugin import CONFIG_MAP, Plugin, offline, running, urn
from toolchain.plugins import start
from toolchain.plugins.__main__ import main
from toolchain.plugins.aws import Aws
from toolchain.plugins.kubernetes import Kubernetes
from toolchain.plugins.paths import parse, show
from toolchain.plugins.provider import Asked
from toolchain.plugins.values import SIGNATURE, UNKNOWN, Opaque, Properties, Secret, Value, plain, read, write

CHECKOUT = Path(__file__).parents[2]


NO_CLUSTER = (
    "No cluster can be reached: no kubeconfig names a cluster. "
    "Start the cluster (make cluster), or name another one in KUBECONFIG or kubernetes:kubeconfig."
)


@pytest.fixture(params=["kubernetes", "aws", "random"])
def plugin(request: pytest.FixtureRequest) -> Iterator[Plugin]:
    with running(start.provider(request.param)) as found:
        yield found


def test_accepts_secrets_and_unknowns(plugin: Plugin) -> None:
    answer = plugin.configure({"secret": Secret("x"), "unknown": UNKNOWN})
    assert answer.acceptSecrets
    assert answer.supportsPreview
    assert answer.acceptResources
    assert not answer.acceptOutputs
    handshake = plugin.stub.Handshake(provider_pb2.ProviderHandshakeRequest(engine_address="127.0.0.1:1"))
    assert handshake.accept_secrets


DEPLOYING = {
    "Create": provider_pb2.CreateRequest(urn=urn(CONFIG_MAP)),
    "Update": provider_pb2.UpdateRequest(urn=urn(CONFIG_MAP)),
    "Delete": provider_pb2.DeleteRequest(urn=urn(CONFIG_MAP)),
}


@pytest.mark.parametrize("method", DEPLOYING)
def test_refuses_to_deploy_without_a_cluster(method: str) -> None:
    with running(offline()) as plugin:
        code, words = plugin.refusal(method, DEPLOYING[method])
    assert code == grpc.StatusCode.FAILED_PRECONDITION
    assert words.startswith(NO_CLUSTER)


@pytest.mark.parametrize("method", DEPLOYING)
def test_aws_refuses_to_deploy(method: str) -> None:
    with running(Aws()) as plugin:
        assert plugin.refusal(method, DEPLOYING[method]) == (
            grpc.StatusCode.FAILED_PRECONDITION,
            (
                "golive's offline aws plugin only previews: "
                "install Pulumi with its plugins, or put them on PATH, to deploy this stack."
            ),
        )


LOOKING_UP = {
    "Invoke": provider_pb2.InvokeRequest(tok="kubernetes:yaml:decode"),
    "Call": provider_pb2.CallRequest(tok="kubernetes:yaml:decode"),
}


@pytest.mark.parametrize("method", LOOKING_UP)
def test_refuses_to_look_things_up(method: str) -> None:
    with running(offline()) as plugin:
        assert plugin.refusal(method, LOOKING_UP[method]) == (
            grpc.StatusCode.FAILED_PRECONDITION,
            (
                "golive's offline kubernetes plugin does not look things up, and was asked for kubernetes:yaml:decode: "
                "write the value in the stack file, or install Pulumi with its plugins."
            ),
        )


def test_refuses_to_read_without_a_cluster() -> None:
    with running(offline()) as plugin:
        code, words = plugin.refusal("Read", provider_pb2.ReadRequest(urn=urn(CONFIG_MAP), id="shop/web"))
    assert code == grpc.StatusCode.FAILED_PRECONDITION
    assert words.startswith(NO_CLUSTER)


def test_aws_refuses_to_read() -> None:
    with running(Aws()) as plugin:
        assert plugin.refusal("Read", provider_pb2.ReadRequest(urn=urn(CONFIG_MAP), id="shop/web")) == (
            grpc.StatusCode.FAILED_PRECONDITION,
            (
                "golive's offline aws plugin can't read shop/web, because it reaches nothing: "
                "install Pulumi with its plugins to refresh, import or look up a resource."
            ),
        )


def test_says_what_it_does_not_have(plugin: Plugin) -> None:
    code, words = plugin.refusal("Parameterize", provider_pb2.ParameterizeRequest())
    assert code == grpc.StatusCode.UNIMPLEMENTED
    assert words == f"golive's offline {plugin.name} plugin has no Parameterize"


def test_a_crash_is_a_sentence_without_secrets() -> None:
    class Crashing(Kubernetes):
        def prepare(self, asked: Asked) -> Properties:
            raise ValueError(f"can't read {plain(asked.new['data'])!r}")

    inputs: Properties = {"data": Secret("hunter2")}
    with running(Crashing(environment={})) as plugin:
        request = provider_pb2.CheckRequest(urn=urn(CONFIG_MAP), news=write(inputs))
        assert plugin.refusal("Check", request) == (
            grpc.StatusCode.INTERNAL,
            f"golive's offline kubernetes plugin failed on {urn(CONFIG_MAP)}: ValueError: can't read '[secret]'",
        )


ASSET = write({"a": {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "path": "file", "hash": "abc"}}).fields["a"]
ROUND: dict[str, Value] = {
    "nothing": None,
    "true": True,
    "number": 1.5,
    "text": "text",
    "unknown": UNKNOWN,
    "secret": Secret({"inner": ["x", UNKNOWN]}),
    "secret unknown": Secret(UNKNOWN),
    "list": [1.0, {"a": "b"}],
    "asset": Opaque(ASSET),
}


@pytest.mark.parametrize("name", ROUND)
def test_values_go_out_as_they_came(name: str) -> None:
    assert read(write({name: ROUND[name]})) == {name: ROUND[name]}


def test_secrets_are_not_printed() -> None:
    assert repr(Secret("hunter2")) == "Secret(...)"


def test_outputs_are_read_as_what_they_hold() -> None:
    signed = {SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4"}
    given: Properties = {"a": {**signed, "value": "x", "secret": True}, "b": {**signed, "value": "y"}, "c": {**signed}}
    assert read(write(given)) == {"a": Secret("x"), "b": "y", "c": UNKNOWN}


@pytest.mark.parametrize(
    "path", ["spec.containers[0].env", 'metadata.labels["app.kubernetes.io/name"]', 'data["a\\"b"]', "$ref.x_y"]
)
def test_paths_are_written_as_they_are_read(path: str) -> None:
    assert show(parse(path)) == path


def started(name: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "toolchain.plugins", name, "127.0.0.1:1"]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
    )


@pytest.mark.parametrize("name", ["kubernetes", "aws", "random"])
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_a_plugin_serves_and_ends_quietly(name: str, end: signal.Signals) -> None:
    with started(name) as process:
        assert process.stdout is not None
        plugin = Plugin(int(process.stdout.readline()), name)
        info = plugin.stub.GetPluginInfo(empty_pb2.Empty())
        schema = plugin.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema
        plugin.stub.Cancel(empty_pb2.Empty())
        plugin.close()
        process.send_signal(end)
        output = process.communicate(timeout=20)
    assert schema == f'{{"name": "{name}", "version": "{info.version}"}}'
    assert output == ("", "")
    assert process.returncode == 0


def test_a_plugin_ends_with_its_engine() -> None:
    command = f'"{sys.executable}" -m toolchain.plugins random 127.0.0.1:1 & read line; exit 0'
    with subprocess.Popen(
        ["sh", "-c", command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
    ) as engine:
        assert engine.stdout is not None
        assert engine.stdout.readline().strip().isdigit()
        # Both pipes close only when the plugin, which holds them too, is gone.
        assert engine.communicate("die\n", timeout=20) == ("", "")


def test_a_plugin_without_a_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["azure"]) == 2
    assert capsys.readouterr().err == "Name a plugin: kubernetes, aws, random, language.\n"
