"""The price table: what one of a thing costs in us-east-1, on which day, and who says so."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

REGION: Final = "us-east-1"
"""The region of every price in the table."""
MONTH_HOURS: Final = Decimal(730)
"""Hours in a month, as AWS's own calculator counts them."""

_TABLE: Final = Path(__file__).with_name("prices.tsv")
_PER: Final[Mapping[str, Decimal]] = {"hour": MONTH_HOURS, "month": Decimal(1), "gibibyte-month": Decimal(1)}


@dataclass(frozen=True, kw_only=True)
class Price:
    """One line of the table."""

    item: str
    """What it is for: ``ec2/m7i.xlarge``."""
    monthly: Decimal
    """US dollars for one of it, for a whole month."""
    day: date
    """When the source said so."""
    source: str
    """Public material, by repository and path."""


@cache
def prices() -> Mapping[str, Price]:
    """Read the table. Raises ``ValueError`` if a line is no price, which a test would have seen."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", strict=True))
    found = {row["item"]: _price(row) for row in rows}
    if len(found) != len(rows):
        raise ValueError(f"{_TABLE.name} names an item twice")
    return found


def _price(row: Mapping[str, str]) -> Price:
    return Price(
        item=row["item"],
        monthly=Decimal(row["usd"]) * _PER[row["per"]],
        day=date.fromisoformat(row["date"]),
        source=row["source"],
    )
