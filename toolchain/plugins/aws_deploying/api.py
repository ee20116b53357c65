"""The stand-in's API: each request is written, validated and signed by botocore, which knows every operation of AWS."""

import importlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from toolchain.plugins.serve import Refusal

Given: TypeAlias = dict[str, Any]
"""Inputs or outputs of a resource as plain data, whole numbers as such."""
NOTHING = ("NotFound", "NoSuch", "NotExist", "ResourceNotFoundException", "ReplicationConfigurationNotFoundError")
"""In the codes by which AWS says that something is not there."""
OURS = ("amazonaws.com", "amazonaws.com.cn", "api.aws")
SECONDS = 60


class Gone(Exception):  # noqa: N818 - what is asked for is not there, which is often well
    """AWS knows no such thing."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where requests go, and in whose name."""

    endpoints: Mapping[str, str]
    """Service to address; under the empty name the address of all others."""
    region: str
    key: str
    secret: str

    def of(self, service: str) -> str:
        """Return a service's address; an empty one where nothing was named."""
        return self.endpoints.get(service) or self.endpoints.get("", "")


def _botocore(part: str) -> Any:  # noqa: ANN401 - a module without types
    """Load a part of botocore, which only deploying needs. Raises ``Refusal`` where it isn't installed."""
    try:
        return importlib.import_module(f"botocore.{part}")
    except ImportError as problem:
        raise Refusal("Deploying to a stand-in for AWS needs botocore: run `make setup`.") from problem


@cache
def _session() -> Any:  # noqa: ANN401 - botocore makes its classes at run time
    """Return what makes clients; there is one, for it reads botocore's long tables once and keeps them."""
    # Nothing of the user's own AWS settings reaches a stand-in.
    return _botocore("session").Session(profile=None, session_vars={"profile": (None, None, None, None)})


class Api:
    """Calls operations; safe to use from several threads."""

    _lock = threading.Lock()
    """Held while a client is made: all of them come from one session."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._clients: dict[str, Any] = {}

    def reaches(self, service: str) -> bool:
        """Say whether an address was named for a service. Raises ``Refusal`` if it is one of AWS's own."""
        address = self._place.of(service)
        host = (urlsplit(address).hostname or "").rstrip(".")
        if any(host == name or host.endswith(f".{name}") for name in OURS):
            raise Refusal(
                f"golive's offline aws plugin deploys to a stand-in such as a moto server, never to AWS itself, and "
                f"{address} is AWS: install Pulumi with its plugins to deploy there."
            )
        return bool(address)

    @property
    def region(self) -> str:
        """Where it asks."""
        return self._place.region

    def __call__(self, service: str, operation: str, **parameters: Any) -> Given:  # noqa: ANN401 - JSON
        """Call one operation. Raises ``Gone`` where AWS knows no such thing, and ``Refusal`` with what else it says."""
        exceptions = _botocore("exceptions")
        try:
            answer: Given = getattr(self._client(service), operation)(**parameters)
        except exceptions.ClientError as problem:
            said = problem.response.get("Error", {})
            code = str(said.get("Code"))
            if any(word in code for word in NOTHING):
                raise Gone(code) from problem
            raise Refusal(f"{service} refused {operation}: {code}: {said.get('Message')}") from problem
        except exceptions.BotoCoreError as problem:
            raise Refusal(f"{service} can't {operation}: {problem}") from problem
        return answer

    def _client(self, service: str) -> Any:  # noqa: ANN401 - botocore makes its classes at run time
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._made(service)
            return self._clients[service]

    def _made(self, service: str) -> Any:  # noqa: ANN401 - as above
        return _session().create_client(
            service,
            region_name=self._place.region,
            endpoint_url=self._place.of(service),
            aws_access_key_id=self._place.key,
            aws_secret_access_key=self._place.secret,
            config=_botocore("config").Config(
                s3={"addressing_style": "path"}, read_timeout=SECONDS, retries={"total_max_attempts": 2}
            ),
        )
