"""A container registry as a rollback asks it whether it has an image (OCI distribution specification 1.1).

Only HTTPS, only the registry that the image itself names, and only its manifest's head: nothing is downloaded.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.util import Timeout

from golive.releases.docker_credentials import Login, LoginError, login
from settings.vocabulary import registry_host, repository

_LIMIT = Timeout(connect=5, read=10)
_ACCEPTED = ", ".join(
    (
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)
_SERVERS = {"docker.io": "registry-1.docker.io"}
"""Registries whose API answers at another host than the one that images name."""
_CHALLENGE = re.compile(r"(?P<scheme>Basic|Bearer)\s*(?P<rest>.*)", re.IGNORECASE)
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')
_DIGEST = "Docker-Content-Digest"


class Presence(Enum):
    """What a registry says of an image."""

    THERE = "there"
    GONE = "gone"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is known of one image."""

    image: str
    presence: Presence
    why: str = ""
    """Why it is not known, in words."""


class _AskingError(Exception):
    """Why a registry can't be asked, in words."""


def named_registry(image: str) -> str:
    """The registry that an image names, with its port; empty where it names none."""
    return image.partition("/")[0] if registry_host(image) else ""


def ask(image: str) -> Answer:
    """Ask the registry that ``image`` names for it; the image has to name one. Whatever is no clear answer is unknown.

    It asks without a name first, and with the one that ``docker login`` has for the registry where it has to.
    """
    try:
        return _answered(image, _head(image))
    except (_AskingError, LoginError) as problem:
        return Answer(image=image, presence=Presence.UNKNOWN, why=str(problem))
    except (urllib3.exceptions.HTTPError, ValueError) as problem:  # an address or a header that is none
        return Answer(image=image, presence=Presence.UNKNOWN, why=f"no answer ({type(problem).__name__})")


def _answered(image: str, answer: urllib3.BaseHTTPResponse) -> Answer:
    digest = image.partition("@")[2]
    if answer.status == HTTPStatus.NOT_FOUND:
        return Answer(image=image, presence=Presence.GONE)
    if answer.status != HTTPStatus.OK:
        return Answer(image=image, presence=Presence.UNKNOWN, why=_spelled(answer.status))
    if digest and answer.headers.get(_DIGEST, digest) != digest:
        return Answer(image=image, presence=Presence.UNKNOWN, why="it answers with another digest")
    return Answer(image=image, presence=Presence.THERE)


def _head(image: str) -> urllib3.BaseHTTPResponse:
    host, path = named_registry(image), repository(image)
    name, _, digest = image.partition("@")
    reference = digest or (name.removeprefix(f"{host}/{path}").removeprefix(":") or "latest")
    address = f"https://{_SERVERS.get(host, host)}/v2/{path}/manifests/{reference}"
    answer = _request("HEAD", address, {})
    if answer.status == HTTPStatus.NOT_FOUND and (known := login(host)):
        # Some registries hide from strangers what they have.
        answer = _request("HEAD", address, _basic(known))
    if answer.status == HTTPStatus.UNAUTHORIZED:
        answer = _request("HEAD", address, _authorization(host, path, answer.headers.get("WWW-Authenticate", "")))
    return answer


def _authorization(host: str, path: str, challenge: str) -> Mapping[str, str]:
    """Do what the registry asks for: a name and a password, or a token that its own service gives for them."""
    found = _CHALLENGE.match(challenge)
    if found is None:
        raise _AskingError("it asks for a login of a kind that is not known here")
    known = login(host)
    basic = _basic(known) if known else {}
    if found["scheme"].lower() == "basic":
        return basic
    asked = dict(_PARAMETER.findall(found["rest"]))
    realm = asked.get("realm", "")
    if not realm.startswith("https://"):
        raise _AskingError("its token service is not reached over HTTPS")
    fields = {"scope": asked.get("scope", f"repository:{path}:pull")}
    if "service" in asked:
        fields["service"] = asked["service"]
    answer = _request("GET", realm, basic, fields)
    if answer.status != HTTPStatus.OK:
        raise _AskingError(f"its token service says {_spelled(answer.status)}")
    return {"Authorization": f"Bearer {_token(answer)}"}


def _basic(known: Login) -> Mapping[str, str]:
    """Spell it in UTF-8, as docker does."""
    encoded = base64.b64encode(f"{known.name}:{known.password}".encode()).decode()
    return {"Authorization": f"Basic {encoded}"}


def _token(answer: urllib3.BaseHTTPResponse) -> str:
    try:
        said = answer.json()
    except ValueError:
        said = None
    token = (said.get("token") or said.get("access_token")) if isinstance(said, dict) else None
    if not isinstance(token, str) or not token.isprintable():
        raise _AskingError("its token service gives no token")
    return token


def _request(
    method: str, address: str, headers: Mapping[str, str], fields: Mapping[str, str] | None = None
) -> urllib3.BaseHTTPResponse:
    """Send one request, through the proxy that the environment names; a redirection is an answer, and not followed."""
    host = urlsplit(address).hostname or ""
    proxy = None if proxy_bypass(host) else getproxies().get("https")
    pool = urllib3.ProxyManager(proxy) if proxy else urllib3.PoolManager()
    with pool:
        return pool.request(
            method,
            address,
            fields=dict(fields) if fields else None,
            headers={"Accept": _ACCEPTED, **headers},
            timeout=_LIMIT,
            retries=False,
            redirect=False,
        )


def _spelled(status: int) -> str:
    """Write a status as people know it: ``401 Unauthorized; is there a docker login for it?``."""
    known = {each.value: each.phrase for each in HTTPStatus}
    hint = "; is there a docker login for it?" if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN) else ""
    return f"{status} {known.get(status, 'of its own')}{hint}"
