"""The five deployment checklists as data: every item under its id, `document:line`."""

from pathlib import Path

_LINES = Path(__file__).with_name("lines.tsv")


def lines() -> dict[str, str]:
    """Every item's text by its id, in the order of the checklists."""
    _, *rows = (line.split("\t") for line in _LINES.read_text(encoding="ascii").splitlines())
    return {f"{document}:{line}": item for document, line, item in rows}
