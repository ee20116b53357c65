"""What a YAML scalar means to Kubernetes, whose reader follows YAML 1.1 and parts of 1.2 (``sigs.k8s.io/yaml``).

``yes``, ``on`` and ``y`` are booleans, ``0644`` is octal, ``1e3`` is a number and a date is text.
"""

import base64
import binascii
import math
import re
from functools import lru_cache

TAG = "tag:yaml.org,2002:"

_SPECIAL = frozenset("~nNyYtTfFoO.+-0123456789")
"""The first characters of plain scalars that may be something else than text."""

_FIXED: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
}
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_INTEGER = re.compile(r"([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|0[0-7]*|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASES = {"x": 16, "b": 2, "o": 8}
_LONGEST = 70
"""Characters of an integer that is turned into one: 64 binary digits and their prefix."""
_LARGEST = 2**64

Scalar = str | int | float | bool | None


class ScalarError(ValueError):
    """Words that complete "found ...": a scalar that is not what its tag says, or that JSON can't express."""


def meaning(text: str, tag: str | None, *, is_plain: bool) -> Scalar:
    """Say what a scalar stands for. Raises ``ScalarError``, which never holds the text."""
    if tag is None:
        if not is_plain or (text and text[0] not in _SPECIAL):
            return text
        return _implied(text)
    return _tagged(text, tag)


@lru_cache(maxsize=4096)
def _implied(text: str) -> Scalar:
    if text in _FIXED:
        return _FIXED[text]
    if _NO_NUMBER.fullmatch(text):
        raise ScalarError("an infinite number or none, which no manifest can hold")
    digits = text.replace("_", "") if "_" in text else text
    if len(digits) <= _LONGEST and (whole := _INTEGER.fullmatch(digits)):
        number = _integer(*whole.groups())
        if -_LARGEST // 2 <= number < _LARGEST:
            return number
    if _FLOAT.fullmatch(digits) and math.isfinite(value := float(digits)):
        return int(value) if value.is_integer() else value
    return text


def _integer(sign: str, digits: str) -> int:
    base = _BASES.get(digits[1:2].lower(), 8 if digits.startswith("0") else 10)
    number = int(digits, base)
    return -number if sign == "-" else number


def _tagged(text: str, tag: str) -> Scalar:
    name = tag.removeprefix(TAG)
    if name == "binary":
        try:
            return base64.b64decode("".join(text.split()), validate=True).decode()
        except (binascii.Error, ValueError):
            raise ScalarError("binary data that is not base64 of text") from None
    wanted: dict[str, type | tuple[type, ...]] = {"int": int, "float": (int, float), "bool": bool, "null": type(None)}
    if name not in wanted:
        return text
    value = _implied(text)
    if not isinstance(value, wanted[name]) or (name in {"int", "float"} and isinstance(value, bool)):
        raise ScalarError(f"a value that is no {name}, although it is tagged as one")
    return value
