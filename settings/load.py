"""Stack files and configuration objects, read into ``Settings`` or refused with every fault at once."""

from pathlib import Path as FilePath
from typing import Any, get_args

from pydantic import ValidationError

from settings.document import Document, Unreadable, compose
from settings.errors import GUARDRAILS, NOTHING, SUBJECT, Fault, Lines, Origin, Path, SettingsError, described
from settings.faults import faults_of, nulls
from settings.holds import Environment
from settings.models import Settings

LARGEST = 256 * 1024
"""The largest stack file that is read, in bytes; ordinary ones have a tenth of it."""

_PROJECT = "golive:"
_EXAMPLE = "for example config: {golive:settings: {environment: dev, ...}}"


def schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of the object ``golive:settings``."""
    return Settings.model_json_schema()


def parse(data: object, source: str, lines: Lines | None = None) -> Settings:
    """Make settings of plain data, or raise ``SettingsError`` with everything that is wrong with it.

    ``source`` names the file in messages; ``lines`` holds the line of each path in it, where that is known.
    """
    origin = Origin(source, lines or {})
    if not isinstance(data, dict):
        found = NOTHING if data is None else described((), data)
        raise origin.refuse([Fault((), found, "a map, for example golive:settings: {environment: dev, ...}")])
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        faults = faults_of(error, data, schema())
    else:
        faults = [*nulls(data), *_misplaced(settings.environment, source)]
        if not faults:
            return settings.came_from(origin)
    raise origin.refuse(faults)


def _misplaced(environment: Environment, source: str) -> list[Fault]:
    """Refuse one environment's settings in another's file: that is how a copy of dev would reach prod."""
    named = next(
        (name for name in get_args(Environment) if FilePath(source).name == f"Pulumi.{name}.yaml"), environment
    )
    if named == environment:
        return []
    return [Fault(("environment",), f'"{environment}" in Pulumi.{named}.yaml', f"environment: {named}")]


def read(path: FilePath) -> Settings:
    """Read a stack file; ``SettingsError`` says what is wrong with it, or why it could not be read."""
    document, data = open_file(path)
    try:
        settings = parse(data, str(path), document.lines)
    except SettingsError as error:
        raise _with(document.faults, error) from None
    if document.faults:
        raise Origin(str(path), document.lines).refuse(document.faults)
    return settings


def open_file(path: FilePath) -> tuple[Document, object]:
    """Read the object ``golive:settings`` of a file as plain data, beside the lines of everything in it.

    The document's lines are counted below that object, as ``Fault`` paths are.
    """
    try:
        document = _below(_config(path), SUBJECT)
    except Unreadable as error:
        raise SettingsError(str(path), [error.fault], reads=False) from None
    return document, document.data


def guardrails(path: FilePath, *, whole: bool = False) -> Document:
    """Read the object ``golive:guardrails`` of a stack file, or the ``whole`` of a file that holds nothing else.

    Its data is ``None`` where there is none; lines are counted as in ``open_file``. What it says is for the guardrails
    to judge. Raises ``SettingsError`` where the file can't be read.
    """
    try:
        return compose(_text(path)) if whole else _below(_config(path), GUARDRAILS)
    except Unreadable as error:
        raise SettingsError(str(path), [error.fault], reads=False) from None


def _text(path: FilePath) -> str:
    """Get a file's text, or raise ``Unreadable``."""
    expected = "a stack file, for example Pulumi.dev.yaml"
    try:
        if not path.is_file():
            found = (
                "a directory" if path.is_dir() else "something that is not a file" if path.exists() else "no such file"
            )
            raise Unreadable(Fault((), found, expected))
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "a path that no file can have"
        raise Unreadable(Fault((), f"a file that can't be read ({reason.lower()})", expected)) from None
    if len(content) > LARGEST:
        raise Unreadable(Fault((), "a file that is too large", f"at most {LARGEST // 1024} KiB"))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(Fault((), "bytes that are not UTF-8", "text in UTF-8", line=line)) from None


def _config(path: FilePath) -> Document:
    """Read a stack file, and refuse configuration that nothing reads."""
    whole = compose(_text(path))
    if whole.data is None and not whole.faults:
        raise Unreadable(Fault((), "an empty file", f"the key config, {_EXAMPLE}"))
    config = whole.data.get("config") if isinstance(whole.data, dict) else None
    if not isinstance(config, dict):
        found = described(("config",), config) if config is not None else "no config"
        raise Unreadable(Fault((), found, f"the key config, a map, {_EXAMPLE}", line=whole.lines.get(("config",))))
    _refuse_astray(whole)
    line = whole.lines[("config",)]
    if SUBJECT not in config:
        raise Unreadable(
            Fault((), f"{described((), config)} under config", f"the key {SUBJECT}, {_EXAMPLE}", line=line)
        )
    for key in config:
        if key.startswith(_PROJECT) and key not in (SUBJECT, GUARDRAILS):
            fault = Fault(
                (),
                f"the key {key} under config",
                f"{SUBJECT} or {GUARDRAILS}: nothing reads any other",
                line=whole.lines["config", key],
            )
            raise Unreadable(fault)
    return whole


def _refuse_astray(whole: Document) -> None:
    """Refuse our keys beside ``config``: Pulumi passes over them without a word."""
    for place, line in whole.lines.items():
        if len(place) == 1 and str(place[0]).startswith(_PROJECT):
            fault = Fault((), f"the key {place[0]} beside config", "it under config, two spaces further in", line)
            raise Unreadable(fault)


def _below(whole: Document, key: str) -> Document:
    """Cut out what one key of the configuration says."""
    below: Path = ("config", key)
    lines = {path[2:]: number for path, number in whole.lines.items() if path[:2] == below}
    faults = [
        Fault(fault.path[2:], fault.found, fault.expected, fault.line)
        for fault in whole.faults
        if fault.path[:2] == below
    ]
    config = whole.data.get("config") if isinstance(whole.data, dict) else None
    data = config.get(key) if isinstance(config, dict) else None
    _refuse_encrypted(data, (), lines)
    return Document(data, lines, faults)


def _refuse_encrypted(data: object, path: Path, lines: Lines) -> None:
    """Refuse what Pulumi encrypted: stack files hold no secrets, so that anyone may preview any stack."""
    if isinstance(data, dict):
        if set(data) == {"secure"}:
            expected = "plain text; secrets belong in the store that platform.secrets names"
            raise Unreadable(Fault(path, "an encrypted value", expected, line=lines.get(path)))
        for key, value in data.items():
            _refuse_encrypted(value, (*path, key), lines)
    elif isinstance(data, list):
        for position, value in enumerate(data):
            _refuse_encrypted(value, (*path, position), lines)


def _with(faults: list[Fault], error: SettingsError) -> SettingsError:
    """Put the faults of single values before what the models said of the holes that these left."""
    holes = {fault.path for fault in faults}
    rest = [fault for fault in error.faults if fault.path not in holes]
    return SettingsError(error.source, sorted([*faults, *rest], key=lambda fault: fault.line or 0), reads=error.reads)
