"""Kubernetes quantities: `500m`, `0.5`, `128Mi`, `1e3`; and shares of pods: `2`, `50%`."""

import re
from decimal import Decimal

_QUANTITY = re.compile(
    r"([+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30}))(n|u|m|k|[KMGTPE]i?|[eE][+-]?[0-9]{1,3})?"
)
_PERCENT = re.compile(r"([0-9]{1,6})%")
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


LEAST_MEMORY = Decimal(1024) ** 2
"""No container starts in less than a mebibyte: a quantity below it forgot its suffix, or says milli-bytes."""


def lack(resource: str, word: str, value: object) -> str | None:
    """What is wrong with a container's limit or request (`word`) of a resource; None if it can be meant.

    It must be a quantity above zero, and memory at least `LEAST_MEMORY`.
    """
    amount = quantity(value)
    if amount is None or amount <= 0:
        return f"has no {resource} {word}" if value is None or amount is not None else _malformed(resource, word)
    if resource == "memory" and amount < LEAST_MEMORY:
        return f"has a memory {word} of less than 1Mi"
    return None


def _malformed(resource: str, word: str) -> str:
    return f"has a {resource} {word} that is no quantity"


def share(value: object, pods: int) -> int:
    """A count of pods, or a percentage of them rounded up, as the disruption controller does; 0 for what is neither."""
    percent = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if percent:
        return -(-int(percent[1]) * pods // 100)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
