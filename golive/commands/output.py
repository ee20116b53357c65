"""Where a report goes, and the exit code that it ends in."""

import os
import sys
from enum import StrEnum
from pathlib import Path

from golive.reports import FORMATS
from golive.reports.model import Report

VIOLATIONS, UNJUDGED = 1, 2
"""The exit codes of violations, and of anything that could not be read or judged; the higher one counts."""


class Format(StrEnum):
    """The names of ``FORMATS``."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"


def show(report: Report, format_: Format, output: Path | None, command: str) -> int:
    """Write the report to ``output`` or stdout, what could not be read to stderr as well, and return the exit code."""
    if format_ is Format.TEXT and output is None and _has_colours():
        from golive.reports import as_text  # noqa: PLC0415 - as FORMATS load it

        text = as_text.write(report, colour=True)
    else:
        text = FORMATS[format_](report)
    encoded = text.encode("utf-8", "backslashreplace")
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(encoded)
        sys.stdout.buffer.flush()
    else:
        try:
            output.write_bytes(encoded)
        except OSError as error:
            warn(f"{command}: {output} cannot be written ({(error.strerror or 'no reason').lower()}).")
            return UNJUDGED
    if output is not None or format_ is not Format.TEXT:
        for one in report.unread:
            warn(f"{command}: {one}")
    if report.unread:
        return UNJUDGED
    return VIOLATIONS if report.failing else 0


def warn(words: str) -> None:
    """Write one line to stderr; what it can't express is escaped."""
    sys.stderr.flush()
    sys.stderr.buffer.write(f"{words}\n".encode("utf-8", "backslashreplace"))
    sys.stderr.buffer.flush()


def _has_colours() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
