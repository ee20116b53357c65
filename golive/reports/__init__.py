"""Reports of one run, in the formats that people and other programs read."""

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from types import MappingProxyType
from typing import Final

from golive.reports.model import Report


def _write(format_: str, report: Report) -> str:
    """Load the format's writer and let it write: a run needs one, and what the others need takes time to load."""
    text: str = import_module(f"golive.reports.as_{format_}").write(report)
    return text


FORMATS: Final[Mapping[str, Callable[[Report], str]]] = MappingProxyType(
    {name: partial(_write, name) for name in ("text", "json", "sarif", "junit", "markdown")}
)
"""Each format's name and its writer. All writers are pure and end with one newline."""
