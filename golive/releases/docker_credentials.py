"""The name and password that ``docker login`` keeps for a registry: in its file, or with a credential helper."""

import base64
import binascii
import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_SECONDS = 20
"""How long a helper may take; one that asks a cloud takes a few."""
_HELPER = re.compile(r"[A-Za-z0-9_.-]+")
_NAMES = {"docker.io": "https://index.docker.io/v1/"}
"""Registries that docker keeps under another name than the one that images have."""


class LoginError(Exception):
    """Why what docker keeps can't be read, in words; never with what it keeps."""


@dataclass(frozen=True, kw_only=True)
class Login:
    """Who asks a registry."""

    name: str
    password: str = field(repr=False)


def login(host: str) -> Login | None:
    """Look up who asks ``host``; ``None`` where docker knows nobody.

    The file is ``config.json`` in the folder that ``DOCKER_CONFIG`` names, else in ``~/.docker``. A helper named in it
    (``credHelpers``, ``credsStore``) is asked first, as docker does. Raises ``LoginError``.
    """
    path = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker") / "config.json"
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise LoginError(f"{path} can't be read") from None
    if not isinstance(config, dict):
        raise LoginError(f"{path} can't be read")
    kept = _NAMES.get(host, host)
    helper = _part(config, "credHelpers").get(kept) or config.get("credsStore")
    if helper and (found := _from_helper(str(helper), kept)):
        return found
    entry = _part(config, "auths").get(kept)
    return _decoded(entry.get("auth"), path) if isinstance(entry, dict) and entry.get("auth") else None


def _part(config: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = config.get(key)
    return found if isinstance(found, dict) else {}


def _decoded(text: object, path: Path) -> Login:
    try:
        name, _, password = base64.b64decode(str(text), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise LoginError(f"{path} has a login that can't be read") from None
    return Login(name=name, password=password)


def _from_helper(helper: str, host: str) -> Login | None:
    """Ask a credential helper by its protocol; one that knows nobody ends with another code than 0."""
    if not _HELPER.fullmatch(helper):
        raise LoginError("docker's file names a credential helper that is no name of a program")
    program = f"docker-credential-{helper}"
    try:
        answer = subprocess.run(  # noqa: S603 - the helper that docker itself would run
            [program, "get"], input=host, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as problem:
        raise LoginError(f"{program} does not answer ({type(problem).__name__})") from None
    if answer.returncode != 0:
        return None
    try:
        said = json.loads(answer.stdout)
        return Login(name=str(said["Username"]), password=str(said["Secret"]))
    except (ValueError, TypeError, KeyError):
        raise LoginError(f"{program} gives no login that can be read") from None
