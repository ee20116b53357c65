"""One release: what one operation on a stack deployed, as the engine's own history recorded it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from settings.errors import GUARDRAILS, SUBJECT, SettingsError
from settings.holds import NOT_DEPLOYED, OPERATED, fingerprint
from settings.load import parse
from settings.models import Settings

UPDATE, DESTROY = "update", "destroy"
"""The kinds of operations that change what is deployed, as the engine names them."""
SUCCEEDED = "succeeded"
_NOTE = re.compile(r"(?:up|rollback to (?P<to>\d+)(?:, unverified \((?P<unverified>.+)\))?) by (?P<who>.+)")
_PACK = "pulumi.flag.policy-pack"


class LedgerError(Exception):
    """A sentence for the user: why what was deployed can't be known, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Release:
    """What one operation deployed, or tried to."""

    stack: str
    number: int
    """Its place in the stack's history, counted from 1; a refresh takes a number too."""
    kind: str
    """``update``, ``destroy``, ``refresh`` or another of the engine's kinds."""
    started: datetime
    ended: datetime | None
    """Absent while it is under way."""
    outcome: str
    """``succeeded``, ``failed`` or ``in-progress``."""
    who: str | None
    commit: str | None
    """The program's commit; absent where no git knew it."""
    dirty: bool
    """Whether files differed from the commit, or whether that is unknown."""
    judged: bool
    """Whether it ran under the policy pack. One that did and succeeded has passed every rule."""
    rollback_to: int | None
    """The release that it returned to."""
    unverified: str | None
    """Why the rollback went on where nobody could say that its images and secrets were there."""
    config: Mapping[str, Any]
    """The stack's whole configuration but the encrypted values, by full keys."""

    @property
    def name(self) -> str:
        """How a hold on it is called."""
        return f"release-{self.number}"

    @property
    def succeeded(self) -> bool:
        """Whether all of it was deployed."""
        return self.outcome == SUCCEEDED

    @property
    def policies(self) -> str:
        """What the guardrails said: a mandatory violation fails an update, so one that succeeded has passed."""
        if not self.judged:
            return "not asked"
        return "passed" if self.succeeded else "unknown"

    @property
    def data(self) -> Mapping[str, Any]:
        """The object ``golive:settings``; empty where none was recorded."""
        found = self.config.get(SUBJECT)
        return found if isinstance(found, dict) else {}

    @cached_property
    def settings(self) -> Settings | None:
        """The settings, where this program can read them."""
        try:
            return parse(dict(self.data), f"Pulumi.{self.stack}.yaml")
        except SettingsError:
            return None

    @cached_property
    def fingerprint(self) -> str | None:
        """The digest of all that was asked for; absent where this program can't read the settings."""
        return fingerprint(self.settings) if self.settings else None

    @property
    def images(self) -> Mapping[str, str]:
        """Each service's image, with its tag or digest as recorded."""
        listed = self.data.get("releases")
        found = listed.items() if isinstance(listed, dict) else ()
        return {name: str(entry["image"]) for name, entry in found if isinstance(entry, dict) and "image" in entry}

    @property
    def digests(self) -> Mapping[str, str | None]:
        """Each service's image by its digest; absent where only a tag was recorded, which may have moved since."""
        return {name: image.partition("@")[2] or None for name, image in self.images.items()}

    @property
    def exceptions(self) -> Mapping[str, Any]:
        """The object ``golive:guardrails``: the levels and waivers under which it was judged; empty where none was."""
        found = self.config.get(GUARDRAILS)
        return found if isinstance(found, dict) else {}


def read(text: str, stack: str) -> tuple[Release, ...]:
    """Read the engine's history (``pulumi stack history --json``), and return it with the oldest operation first.

    Raises ``LedgerError`` for anything that is no such history: what can't be read must not count as never deployed.
    """
    try:
        listed = json.loads(text)
        count = len(listed)
        found = [_release(entry, stack, count - position) for position, entry in enumerate(listed)]
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise LedgerError(
            f"the engine's history of {stack} can't be read ({type(problem).__name__}: {problem})"
        ) from None
    return tuple(reversed(found))


def updates(history: Sequence[Release]) -> tuple[Release, ...]:
    """Return the operations that deployed something, the oldest first."""
    return tuple(release for release in history if release.kind == UPDATE)


def _release(entry: Mapping[str, Any], stack: str, position: int) -> Release:
    environment = entry.get("environment") or {}
    note = _NOTE.fullmatch(entry.get("message") or "")
    config = entry.get("config") or {}
    ended = entry.get("endTime")
    return Release(
        stack=stack,
        number=int(entry.get("version") or position),
        kind=str(entry["kind"]),
        started=datetime.fromisoformat(entry["startTime"]),
        ended=datetime.fromisoformat(ended) if ended else None,
        outcome=str(entry["result"]),
        who=note["who"] if note else None,
        commit=environment.get("git.head"),
        dirty=environment.get("git.dirty") != "false",
        judged=_PACK in environment,
        rollback_to=int(note["to"]) if note and note["to"] else None,
        unverified=note["unverified"] if note else None,
        config={
            key: value["objectValue"] if "objectValue" in value else value["value"]
            for key, value in config.items()
            if not value["secret"]
        },
    )


def asked(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the part of ``golive:settings`` that makes a release: all but holds, promotion and maintenance."""
    return {key: value for key, value in data.items() if key not in NOT_DEPLOYED | OPERATED}
