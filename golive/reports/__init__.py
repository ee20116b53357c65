"""Reports of one run, in the formats that people and other programs read."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from golive.reports import as_json, as_junit, as_markdown, as_sarif, as_text
from golive.reports.model import Report

FORMATS: Final[Mapping[str, Callable[[Report], str]]] = MappingProxyType(
    {
        "text": as_text.write,
        "json": as_json.write,
        "sarif": as_sarif.write,
        "junit": as_junit.write,
        "markdown": as_markdown.write,
    }
)
"""Each format's name and its writer. All writers are pure and end with one newline."""
