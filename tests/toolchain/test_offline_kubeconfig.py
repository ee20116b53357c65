"""Where the cluster is and who asks: found as kubectl finds it, and every mistake named."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_api import FakeApi, Reply, kubeconfig, serving, status
from toolchain.plugins.api.client import Client
from toolchain.plugins.api.errors import NoSuchKind, StatusError, Unreachable
from toolchain.plugins.api.kubeconfig import Connection, Unusable, find
from toolchain.plugins.api.transport import Transport
from toolchain.plugins.awaiting.reader import Ref

WEB = Ref("v1", "ConfigMap", "shop", "web")


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with serving() as found:
        yield found


def two() -> dict[str, Any]:
    """A kubeconfig of two clusters."""
    return {
        "clusters": [{"name": name, "cluster": {"server": f"https://{name}/"}} for name in ("one", "two")],
        "contexts": [
            {"name": "first", "context": {"cluster": "one", "namespace": "shop"}},
            {"name": "second", "context": {"cluster": "two"}},
        ],
        "current-context": "first",
    }


def found(settings: dict[str, Any], environment: dict[str, str] | None = None) -> Connection:
    connection = find(settings, environment or {"HOME": os.devnull})
    assert connection is not None
    return connection


def test_takes_a_path_a_text_or_an_object(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(json.dumps(two()))
    for given in (str(path), json.dumps(two()), two()):
        connection = found({"kubeconfig": given})
        assert (connection.server, connection.namespace) == ("https://one", "shop")


def test_context_cluster_and_namespace_select() -> None:
    assert found({"kubeconfig": two(), "context": "second"}).server == "https://two"
    assert found({"kubeconfig": two(), "context": "second"}).namespace == "default"
    assert found({"kubeconfig": two(), "cluster": "two"}).server == "https://two"
    assert found({"kubeconfig": two(), "namespace": "mine"}).namespace == "mine"


def test_the_first_file_of_the_environment_to_name_something_wins(tmp_path: Path) -> None:
    other = two()
    other["clusters"][0]["cluster"]["server"] = "https://other"
    other["current-context"] = "second"
    for name, content in (("a", two()), ("b", other)):
        (tmp_path / name).write_text(json.dumps(content))
    listed = os.pathsep.join(str(tmp_path / name) for name in ("missing", "a", "b"))
    assert found({}, {"KUBECONFIG": listed}).server == "https://one"


def test_the_home_folder_comes_last(tmp_path: Path) -> None:
    assert find({}, {"HOME": str(tmp_path)}) is None
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube" / "config").write_text(json.dumps(two()))
    assert found({}, {"HOME": str(tmp_path)}).server == "https://one"


def test_paths_are_relative_to_their_file(tmp_path: Path) -> None:
    content = two()
    content["clusters"][0]["cluster"]["certificate-authority"] = "ca.crt"
    (tmp_path / "config").write_text(json.dumps(content))
    assert found({"kubeconfig": str(tmp_path / "config")}).cluster["certificate-authority"] == str(tmp_path / "ca.crt")


MISTAKES: dict[str, tuple[Any, str]] = {
    "a missing file": ("/no/such/file", "/no/such/file can't be read as a kubeconfig"),
    "no YAML": ("a: [\nb", "the provider's kubeconfig is no YAML (line 3)."),
    "no object": ("- a\n", "the provider's kubeconfig holds no kubeconfig"),
    "another context": ({**two(), "current-context": "third"}, "has no context 'third'"),
    "no context": ({**two(), "current-context": ""}, "selects no cluster"),
    "a missing cluster": ({**two(), "clusters": []}, "has no cluster 'one' with a server"),
    "a missing user": (
        {**two(), "contexts": [{"name": "first", "context": {"cluster": "one", "user": "me"}}]},
        "has no user 'me'",
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_names_the_mistake(case: str) -> None:
    given, words = MISTAKES[case]
    with pytest.raises(Unusable) as refused:
        found({"kubeconfig": given})
    assert words in str(refused.value)


def client(api: FakeApi, **user: Any) -> Client:  # noqa: ANN401 - JSON
    return Client(Transport(found({"kubeconfig": kubeconfig(api.address, **user)})))


def test_a_token_file_is_read_anew(api: FakeApi, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("first\n")
    asking = client(api, tokenFile=str(token))
    asking.version()
    token.write_text("second\n")
    asking.version()
    assert [one.headers["Authorization"] for one in api.asked] == ["Bearer first", "Bearer second"]


def test_names_and_passwords_and_impersonation(api: FakeApi) -> None:
    client(api, username="me", password="x", **{"as": "you"}).version()  # noqa: S106 - of a server in this process
    assert api.asked[0].headers["Authorization"] == "Basic bWU6eA=="
    assert api.asked[0].headers["Impersonate-User"] == "you"


PLUGIN = """
import json, os, pathlib, sys
asked = json.loads(os.environ["KUBERNETES_EXEC_INFO"])
count = pathlib.Path(sys.argv[1]); count.write_text(count.read_text() + "x")
token = os.environ["PREFIX"] + str(len(count.read_text()))
print(json.dumps({"apiVersion": asked["apiVersion"], "kind": "ExecCredential", "status": {"token": token}}))
"""


def test_a_credential_plugin_is_asked_again_when_its_token_is_refused(api: FakeApi, tmp_path: Path) -> None:
    script, count = tmp_path / "plugin.py", tmp_path / "count"
    script.write_text(PLUGIN)
    count.write_text("")
    asking = client(
        api,
        exec={
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": sys.executable,
            "args": [str(script), str(count)],
            "env": [{"name": "PREFIX", "value": "t"}],
        },
    )
    api.next("GET", Reply(code=401, body=status(401, "Unauthorized", "Unauthorized")))
    asking.version()
    assert [one.headers["Authorization"] for one in api.asked] == ["Bearer t1", "Bearer t2"]


@pytest.mark.parametrize(
    ("plugin", "words"),
    [
        ({"command": "x", "apiVersion": "v0"}, "asks for a credential plugin of 'v0'"),
        ({"command": "/no/such/plugin"}, "the credential plugin /no/such/plugin does not run"),
        ({"command": "false"}, "ended with exit code 1"),
        ({"command": "echo", "args": ["{}"]}, "answers no ExecCredential"),
    ],
)
def test_says_what_is_wrong_with_a_credential_plugin(api: FakeApi, plugin: dict[str, Any], words: str) -> None:
    with pytest.raises(Unusable) as refused:
        client(api, exec={"apiVersion": "client.authentication.k8s.io/v1beta1", **plugin})
    assert words in str(refused.value).replace("'/no/such/plugin'", "/no/such/plugin")


def test_a_bad_certificate_is_a_sentence() -> None:
    content = two()
    content["clusters"][0]["cluster"]["certificate-authority-data"] = "bm90aGluZw=="
    with pytest.raises(Unusable) as refused:
        Transport(found({"kubeconfig": content}))
    assert "a certificate or key of the provider's kubeconfig can't be used" in str(refused.value)


def test_tells_what_is_missing_from_what_is_refused_and_what_is_away(api: FakeApi) -> None:
    asking = client(api)
    assert asking.get(WEB) is None
    with pytest.raises(NoSuchKind):
        asking.served("example.org/v9", "Widget")
    forbidden = Reply(code=403, body=status(403, "Forbidden", 'User "me" cannot get resource "configmaps"'))
    api.next("GET", forbidden, Reply(body={}), forbidden)  # in between it says that it is ready
    with pytest.raises(StatusError) as refused:
        asking.get(WEB)
    assert refused.value.unauthorized
    api.next("GET", Reply(code=500, body=status(500, "InternalError", "etcdserver: leader changed")))
    with pytest.raises(Unreachable):
        asking.get(WEB)
    webhook = "failed calling webhook: connection refused"
    api.next("GET", Reply(code=500, body=status(500, "InternalError", webhook)))
    with pytest.raises(StatusError):
        asking.get(WEB)
    api.next("GET", Reply(body=b"<html>"))
    with pytest.raises(Unreachable) as strange:
        asking.get(WEB)
    assert "no Kubernetes API server" in str(strange.value)
