"""Kubernetes quantities: `500m`, `0.5`, `128Mi`, `1e3`."""

import re
from decimal import Decimal

_QUANTITY = re.compile(
    r"([+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30}))(n|u|m|k|[KMGTPE]i?|[eE][+-]?[0-9]{1,3})?"
)
_BINARY = {f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", 1)}
_SCALE = _BINARY | {letter: Decimal(1000) ** power for power, letter in enumerate(("k", "M", "G", "T", "P", "E"), 1)}
_SCALE |= {"n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "": Decimal(1)}


def quantity(value: object) -> Decimal | None:
    """The number that a quantity means, in cores or bytes; None if it is no quantity. Numbers are taken as they are."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    match = _QUANTITY.fullmatch(str(value))
    if match is None:
        return None
    number, suffix = Decimal(match[1]), match[2] or ""
    # A lone E is exa; an E with digits is an exponent.
    return number * _SCALE[suffix] if suffix in _SCALE else number * Decimal(f"1{suffix}")
