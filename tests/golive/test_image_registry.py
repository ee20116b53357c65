"""A registry is asked whether it still has an image, and whatever is no clear answer is unknown."""

import base64
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from golive.releases.image_registry import Presence, ask
from golive.releases.preflight import in_registries
from tests.support.fake_registry import BASIC, NAME, PASSWORD, TOKEN, FakeRegistry, serving

DIGEST, OTHER = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"
BEARER = 'Bearer realm="https://{host}/token",service="here",scope="repository:shop/api:pull"'


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeRegistry]:
    """A registry that this machine trusts, and a docker that knows nobody."""
    with serving(tmp_path) as found:
        monkeypatch.setenv("SSL_CERT_FILE", str(found.certificate))
        monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield found


def logged_in(folder: Path, **config: object) -> None:
    """Let docker know somebody."""
    (folder / "config.json").write_text(json.dumps(config))


@pytest.mark.parametrize("reference", [":v1.0.0", f"@{DIGEST}", f":v1.0.0@{DIGEST}", f":v9.9.9@{DIGEST}"])
def test_an_image_that_is_there(registry: FakeRegistry, reference: str) -> None:
    registry.push("shop/api:v1.0.0", DIGEST)

    assert ask(f"{registry.host}/shop/api{reference}").presence is Presence.THERE
    assert [method for method, _, _ in registry.asked] == ["HEAD"]


@pytest.mark.parametrize("reference", [":v1.1.0", f"@{OTHER}", f":v1.0.0@{OTHER}"])
def test_an_image_that_is_gone(registry: FakeRegistry, reference: str) -> None:
    registry.push("shop/api:v1.0.0", DIGEST)

    assert ask(f"{registry.host}/shop/api{reference}").presence is Presence.GONE


def test_another_digest_than_the_one_asked_for_is_no_answer(registry: FakeRegistry) -> None:
    registry.manifests[f"shop/api@{DIGEST}"] = OTHER

    answer = ask(f"{registry.host}/shop/api@{DIGEST}")

    assert (answer.presence, answer.why) == (Presence.UNKNOWN, "it answers with another digest")


@pytest.mark.parametrize("challenge", [BEARER, 'Basic realm="here"'])
@pytest.mark.parametrize("form", ["auths", "helper"])
def test_docker_s_login_is_used_where_the_registry_asks_for_one(
    registry: FakeRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, challenge: str, form: str
) -> None:
    registry.challenge = challenge
    image = registry.push("shop/api:v1.0.0")
    if form == "auths":
        logged_in(tmp_path, auths={registry.host: {"auth": BASIC.removeprefix("Basic ")}})
    else:
        helper = tmp_path / "docker-credential-mine"
        said = json.dumps({"Username": NAME, "Secret": PASSWORD})
        helper.write_text(f"#!/bin/sh\nread host; test \"$1 $host\" = 'get {registry.host}' && echo '{said}'\n")
        helper.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        logged_in(tmp_path, credHelpers={registry.host: "mine"})

    assert ask(image).presence is Presence.THERE
    last = f"Bearer {TOKEN}" if challenge == BEARER else BASIC
    assert [authorization for _, _, authorization in registry.asked][:: len(registry.asked) - 1] == ["", last]


@pytest.mark.parametrize("challenge", ["", BEARER])
def test_a_registry_that_hides_what_it_has_is_asked_by_somebody_it_knows(
    registry: FakeRegistry, tmp_path: Path, challenge: str
) -> None:
    registry.hides, registry.challenge = True, challenge
    image = registry.push("shop/api:v1.0.0")
    logged_in(tmp_path, auths={registry.host: {"auth": BASIC.removeprefix("Basic ")}})

    assert ask(image).presence is Presence.THERE
    assert ask(f"{registry.host}/shop/api:v9.9.9").presence is Presence.GONE


@pytest.mark.parametrize(
    ("challenge", "config", "why"),
    [
        (BEARER, None, "its token service says 401 Unauthorized; is there a docker login for it?"),
        ('Basic realm="here"', None, "401 Unauthorized; is there a docker login for it?"),
        (BEARER.replace("https", "http"), None, "its token service is not reached over HTTPS"),
        ("Negotiate", None, "it asks for a login of a kind that is not known here"),
        (BEARER, "{", "config.json can't be read"),
        (BEARER, '{"auths": {"HOST": {"auth": "%%%"}}}', "config.json has a login that can't be read"),
        (BEARER, '{"credsStore": "nobody-here"}', "docker-credential-nobody-here does not answer (FileNotFoundError)"),
        (BEARER, '{"credsStore": "../../bin/sh"}', "a credential helper that is no name of a program"),
    ],
)
def test_a_registry_that_lets_nobody_look_is_unknown(
    registry: FakeRegistry, tmp_path: Path, challenge: str, config: str | None, why: str
) -> None:
    registry.challenge = challenge
    image = registry.push("shop/api:v1.0.0")
    if config is not None:
        (tmp_path / "config.json").write_text(config.replace("HOST", registry.host))

    answer = ask(image)

    assert answer.presence is Presence.UNKNOWN
    assert answer.why.endswith(why)


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (403, "403 Forbidden; is there a docker login for it?"),
        (301, "301 Moved Permanently"),
        (429, "429 Too Many Requests"),
        (503, "503 Service Unavailable"),
        (599, "599 of its own"),
    ],
)
def test_any_other_answer_is_unknown(registry: FakeRegistry, status: int, why: str) -> None:
    registry.status = status

    answer = ask(registry.push("shop/api:v1.0.0"))

    assert (answer.presence, answer.why) == (Presence.UNKNOWN, why)
    assert len(registry.asked) == 1


def test_a_registry_without_a_certificate_that_is_trusted_is_not_asked(
    registry: FakeRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")

    answer = ask(registry.push("shop/api:v1.0.0"))

    assert (answer.presence, answer.why, registry.asked) == (Presence.UNKNOWN, "no answer (SSLError)", [])


@pytest.mark.parametrize("challenge", ['Bearer realm="https://["', 'Bearer realm="https://a:b/c"'])
def test_a_token_service_that_has_no_address_is_unknown(registry: FakeRegistry, challenge: str) -> None:
    registry.challenge = challenge
    assert ask(registry.push("shop/api:v1.0.0")).presence is Presence.UNKNOWN


def test_a_login_in_any_letters_is_sent_as_docker_sends_it(registry: FakeRegistry, tmp_path: Path) -> None:
    registry.challenge = 'Basic realm="here"'
    login = base64.b64encode("ada:schlüssel€".encode()).decode()
    logged_in(tmp_path, auths={registry.host: {"auth": login}})
    assert ask(registry.push("shop/api:v1.0.0")).presence is Presence.UNKNOWN
    assert registry.asked[-1][2] == f"Basic {login}"


def test_each_image_is_told_once_and_those_of_one_silent_registry_together(registry: FakeRegistry) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        closed = f"127.0.0.1:{nobody.getsockname()[1]}"
        there, gone = registry.push("shop/api:v1.0.0"), f"{registry.host}/shop/web:v1.0.0"
        silent = [f"{closed}/shop/{name}:v1.0.0" for name in "abcde"]

        found = in_registries([there, gone, *silent, "shop/api:v1.0.0", "shop/web:v1.0.0"])

    assert found.gone == (f"the image {gone} is gone: {registry.host} does not have it",)
    named = ", ".join(silent[:3])
    assert found.unknown == (f"{closed} can't say whether it has {named} and 2 more: no answer (NewConnectionError)",)
    assert found.notes == ("2 images name no registry, so nobody was asked whether they are there",)
