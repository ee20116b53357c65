"""The stack file as a person wrote it: changed value by value, comments kept, and replaced whole or not at all."""

import io
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import ScalarString

from golive.releases.errors import Refusal
from settings.document import compose
from settings.errors import SUBJECT
from settings.load import open_file


@dataclass(frozen=True, kw_only=True)
class StackFile:
    """One stack file as it was read."""

    path: Path
    text: str
    data: Mapping[str, Any]
    """The object ``golive:settings`` as plain data."""
    config: Mapping[str, Any]
    """All of ``config``, that object included, as plain data."""

    @classmethod
    def read(cls, stack: str) -> "StackFile":
        """Read ``Pulumi.<stack>.yaml`` of the current folder. Raises ``SettingsError`` where it can't be read."""
        path = Path(f"Pulumi.{stack}.yaml")
        document, data = open_file(path)
        if document.faults or not isinstance(data, dict):
            raise Refusal(f"{path} can't be read; `golive settings check {path}` says where")
        text = path.read_text(encoding="utf-8-sig")
        return cls(path=path, text=text, data=data, config=_config(text))

    def with_config(self, wanted: Mapping[str, Any]) -> str:
        """Return the file's text with ``config`` as ``wanted``: what stays keeps its place and its comments.

        Raises ``Refusal`` where the text would not say exactly that.
        """
        yaml = _yaml()
        document = yaml.load(self.text)
        _merge(document["config"], wanted)
        stream = io.StringIO()
        yaml.dump(document, stream)
        text = stream.getvalue()
        if _config(text) != wanted:
            raise Refusal(f"{self.path} can't be rewritten without loss. Edit it by hand")
        return text

    def with_settings(self, wanted: Mapping[str, Any]) -> str:
        """Return the file's text with ``golive:settings`` as ``wanted``."""
        return self.with_config({**self.config, SUBJECT: wanted})

    def replace(self, text: str) -> None:
        """Put ``text`` in the file's place, whole or not at all. Raises ``Refusal`` if somebody was faster."""
        if self.path.read_text(encoding="utf-8-sig") != self.text:
            raise Refusal(f"{self.path} was changed by somebody else just now. Look at it and run this again")
        if text == self.text:
            return
        handle, name = tempfile.mkstemp(prefix=f".{self.path.name}-", dir=self.path.parent)
        half = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            half.chmod(self.path.stat().st_mode)
            half.replace(self.path)
        finally:
            half.unlink(missing_ok=True)

    def committed(self) -> bool:
        """Say whether git has the file as it stands; where git does not know it, or can't say, it has not."""
        return bool(self._git("ls-files")) and self._git("status", "--porcelain") == ""

    def _git(self, *asked: str) -> str | None:
        """What git says of the file; ``None`` where it fails, which must not count as a file without changes."""
        command = ["git", *asked, "--", str(self.path)]
        try:
            answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - git as on PATH
        except OSError:
            return None
        return answer.stdout.strip() if answer.returncode == 0 else None


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _config(text: str) -> Mapping[str, Any]:
    data = compose(text).data
    config = data.get("config") if isinstance(data, dict) else None
    return config if isinstance(config, dict) else {}


def _merge(here: Any, wanted: Mapping[str, Any]) -> None:  # noqa: ANN401 - a commented map of any shape
    """Make the map ``here`` say what ``wanted`` says, and touch only what differs."""
    for key in [key for key in here if key not in wanted]:
        del here[key]
    for key, value in wanted.items():
        old = here.get(key)
        if isinstance(old, dict) and isinstance(value, Mapping):
            _merge(old, value)
        elif key not in here or old != value:
            here[key] = type(old)(value) if isinstance(old, ScalarString) and isinstance(value, str) else value
