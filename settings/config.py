"""The one place where the program asks Pulumi for its configuration."""

import os
from pathlib import Path as FilePath

import pulumi

from settings.errors import NOTHING, Fault, Lines, SettingsError
from settings.load import open_file, parse
from settings.models import Settings

_PROJECT, _KEY = "golive", "settings"

CREDENTIALS = "GOLIVE_CREDENTIALS"
"""The variable that says ``none`` where a preview has to do without AWS credentials."""


def from_stack(directory: FilePath | None = None) -> Settings:
    """Read the current stack's ``golive:settings``, or raise ``SettingsError``.

    ``directory`` holds the stack files; it is the program's own by default, where Pulumi starts it. Line numbers are
    added when the file there holds the very object that Pulumi passed.
    """
    source = f"Pulumi.{pulumi.get_stack()}.yaml"
    try:
        data = pulumi.Config(_PROJECT).get_object(_KEY)
    except pulumi.ConfigTypeError:
        raise SettingsError(source, [Fault((), "a single value", "a map of settings")]) from None
    if data is None:
        found = f"{NOTHING} under config"
        expected = "the key golive:settings, for example golive:settings: {environment: dev, ...}"
        raise SettingsError(source, [Fault((), found, expected)], reads=False)
    path = (directory or FilePath.cwd()) / source
    return parse(data, source, _lines(path, data) if path.is_file() else {})


def has_credentials() -> bool:
    """Whether AWS credentials may be asked for; ``GOLIVE_CREDENTIALS=none`` says no, for a preview.

    Raises ``SettingsError`` for any other value, and where it would be a deployment.
    """
    said = os.environ.get(CREDENTIALS)
    if said is None:
        return True
    if said != "none":
        fault = Fault((), f"{CREDENTIALS}={said}", f"{CREDENTIALS}=none, or no such variable")
        raise SettingsError("environment", [fault], reads=False)
    if not pulumi.runtime.is_dry_run():
        fault = Fault((), f"{CREDENTIALS}=none in a deployment", "credentials: only a preview can do without")
        raise SettingsError("environment", [fault], reads=False)
    return False


def _lines(path: FilePath, data: object) -> Lines:
    """Find the lines in the file, or none where the file says something else than Pulumi.

    A file that ``golive settings check`` can't read is refused here as well, though Pulumi has read it its own way.
    """
    document, written = open_file(path)
    return document.lines if written == data and not document.faults else {}
