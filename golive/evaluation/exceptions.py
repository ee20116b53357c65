"""The levels and waivers that a run takes from a file: a stack's own, or one that holds nothing else."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from guardrails.exceptions.change_windows import KEY as CHANGES
from guardrails.exceptions.change_windows import Moment
from guardrails.exceptions.enforcement import KEY, Enforcement
from guardrails.model.findings import Verdict, Violation
from guardrails.model.values import plain

from golive.yaml.document import line_of
from settings.errors import spelled


def now() -> datetime:
    """The time in UTC, by this machine's clock."""
    return datetime.now(UTC)


def today() -> date:
    """The day in UTC, by this machine's clock; waivers end by it."""
    return now().date()


class Terms:
    """Levels and waivers, and the lines of the file that they come from."""

    def __init__(self, enforcement: Enforcement, places: dict[str, int] | None = None) -> None:
        self.enforcement = enforcement
        self._places = places or {"": 1}

    @property
    def file(self) -> str:
        """The file's name; empty where there is none."""
        return self.enforcement.source

    def listed(self) -> list[str]:
        """What is wrong in the file, one line each, in its order, with the line and without the file's name."""
        faults = sorted(self.enforcement.faults, key=self.line)
        return [f"line {self.line(fault)}: {fault.says.removeprefix(f'{self.file}: ')}." for fault in faults]

    def line(self, fault: Violation) -> int:
        """The line of what is wrong in the file, from 1."""
        return line_of(self._places, fault.path.removeprefix(self.enforcement.key).removeprefix("."))


def closed(guardrails: object, settings: object, stack: str, now: datetime) -> str:
    """Say why a stack file of these parts may not be deployed ``now``; empty where it may, or where its faults say why.

    ``guardrails`` and ``settings`` are what stands under the two keys.
    """
    said = Enforcement.read(plain(guardrails), today=now.date(), stack=stack, source=f"Pulumi.{stack}.yaml")
    at = said.at(Moment(now=now, deploying=True, settings=plain(settings)))
    return f"{at.source}: {at.key}.{CHANGES}: {at.closed}" if at.closed else ""


NONE: Final = Terms(Enforcement(today=date.min))
"""Every rule is mandatory and nothing is waived."""


def of_stack(stack: str, day: date) -> Terms:
    """What ``Pulumi.<stack>.yaml`` in the current folder says. Raises ``SettingsError`` where it can't be read."""
    return _read(Path(f"Pulumi.{stack}.yaml"), stack, day, KEY)


def of_stack_file(file: Path, day: date) -> Terms:
    """What a stack file says, wherever it lies; its name tells the stack's. Raises as ``of_stack`` does."""
    return _read(file, file.name.removeprefix("Pulumi.").removesuffix(".yaml"), day, KEY)


def of_file(file: Path, stack: str, day: date) -> Terms:
    """What a file says that holds ``levels`` and ``waivers`` and nothing else; ``stack`` may be empty."""
    return _read(file, stack, day, "")


def _read(file: Path, stack: str, day: date, key: str) -> Terms:
    # Only here: the settings load pydantic, which takes longer than to judge a hundred manifests.
    from settings.load import guardrails  # noqa: PLC0415

    document = guardrails(file, whole=not key)
    said = Enforcement.read(plain(document.data), today=day, stack=stack, source=str(file), key=key)
    bare = {".".join(filter(None, (key, spelled(fault.path)))): fault for fault in document.faults}
    faults = [fault for fault in said.faults if fault.path not in bare]
    for path, fault in bare.items():
        says = f"{file}: {path}: found {fault.found}; expected {fault.expected}"
        faults.append(Violation(verdict=Verdict.FAIL, urn="", where=str(file), path=path, says=says))
    places = {spelled(path): line for path, line in document.lines.items()}
    return Terms(replace(said, faults=tuple(faults)), {"": 1, **places})
