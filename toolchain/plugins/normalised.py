"""Differences that the API server itself would remove: another spelling of a quantity, or an empty field.

The ordinary provider sends its inputs through Kubernetes's own types before it compares them. Those types write
``1000m`` as ``1`` and leave out most fields that are empty, false or 0.
"""

import re
from decimal import Decimal

from toolchain.plugins.differences import Change
from toolchain.plugins.paths import Path
from toolchain.plugins.values import Value

QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E)?)")
FACTORS: dict[str, Decimal] = {
    "": Decimal(1),
    **{suffix: Decimal(1024) ** power for power, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), start=1)},
    **{
        suffix: Decimal(1000) ** power
        for power, suffix in enumerate(("n", "u", "m", "", "k", "M", "G", "T", "P", "E"), -3)
    },
}
MAPS = frozenset(
    {
        "allocatable",
        "capacity",
        "default",
        "defaultRequest",
        "hard",
        "limits",
        "max",
        "maxLimitRequestRatio",
        "min",
        "podFixed",
        "requests",
        "storageCapacity",
    }
)
"""Fields whose values are quantities, by name."""
FIELDS = frozenset({"averageValue", "divisor", "maximumVolumeSize", "sizeLimit"})
"""Fields that are quantities themselves."""
METADATA = frozenset({"metadata", "data", "stringData", "binaryData", "env", "args", "command", "parameters"})
"""Fields below which nothing is a quantity."""


def quantity(value: Value) -> Decimal | None:
    """Read a quantity of Kubernetes; ``None`` where it is none."""
    if isinstance(value, bool) or not isinstance(value, (str, float, int)):
        return None
    match = QUANTITY.fullmatch(f"{value:g}" if isinstance(value, (float, int)) else value)
    if match is None:
        return None
    number, exponent, suffix = match.groups()
    return Decimal(number) * (Decimal(10) ** int(exponent) if exponent else FACTORS[suffix or ""])


def respelt(change: Change) -> bool:
    """Say whether old and new are one quantity in two spellings."""
    if change.verb != "UPDATE" or not _holds_quantity(change.path):
        return False
    old, new = quantity(change.old), quantity(change.new)
    return old is not None and old == new


def adds_nothing(change: Change) -> bool:
    """Say whether an empty value was added: the server may leave it out."""
    return change.verb == "ADD" and empty(change.new)


def empty(value: Value) -> bool:
    """Say whether there is nothing but emptiness in ``value``."""
    if isinstance(value, dict):
        return all(empty(item) for item in value.values())
    return value is None or value in ("", 0.0, []) or value is False


def _holds_quantity(path: Path) -> bool:
    names = [step for step in path if isinstance(step, str)]
    if METADATA & set(names[:-1]):
        return False
    parent = names[-2] if len(names) > 1 else ""
    return bool(names) and (names[-1] in FIELDS or parent in MAPS)
