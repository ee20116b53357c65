"""Drawing values from the operating system's source of randomness, and reading imported ones."""

import base64
import binascii
import random
import secrets
import string
import time
import uuid

from toolchain.plugins.checks import Fault
from toolchain.plugins.pet_names import ADJECTIVES, ADVERBS, ANIMALS
from toolchain.plugins.serve import Refusal
from toolchain.plugins.values import Properties, Value

SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
"""The special characters, unless ``overrideSpecial`` names others."""
KINDS = ("upper", "lower", "numeric", "special")
HASHED_BYTES = 72
"""How much of a password bcrypt looks at."""
COST = 10
"""Rounds of bcrypt, as a power of two."""
LENGTHS = ("length", "byteLength")
NAME_AND_ADJECTIVE = 2
NO_IDENTITY = "none"
"""The identity of what must not be named by its value."""


def faults(inputs: Properties) -> list[Fault]:
    """List what makes a draw impossible; ``inputs`` have their defaults and no unknowns."""
    found = [
        Fault((name,), f"expected at least 1, found {_whole(inputs[name])}")
        for name in LENGTHS
        if name in inputs and _whole(inputs[name]) < 1
    ]
    if "special" in inputs:
        least = sum(_whole(inputs[f"min{kind.capitalize()}"]) for kind in KINDS)
        if not any(_true(inputs[kind]) for kind in KINDS):
            found.append(Fault(("special",), "one of upper, lower, numeric and special has to be true"))
        if _whole(inputs.get("length")) < least:
            found.append(Fault(("length",), f"expected at least {least}, the sum of all minimums"))
    if "min" in inputs and "max" in inputs and _whole(inputs["min"]) > _whole(inputs["max"]):
        found.append(Fault(("max",), f"expected at least {_whole(inputs['min'])}, which min is"))
    return found


def text(inputs: Properties) -> Properties:
    """Draw a string, which is its own identity."""
    drawn = _characters(inputs)
    return {"id": drawn, "result": drawn}


def password(inputs: Properties) -> Properties:
    """Draw a string that is named by nothing, and its bcrypt hash."""
    return _password(_characters(inputs))


def some_bytes(inputs: Properties) -> Properties:
    """Draw secret bytes, in base64 and hexadecimal."""
    return _bytes(secrets.token_bytes(_whole(inputs["length"])))


def identity(inputs: Properties) -> Properties:
    """Draw bytes to name something by."""
    return _identity(secrets.token_bytes(_whole(inputs["byteLength"])), _text(inputs.get("prefix")))


def integer(inputs: Properties) -> Properties:
    """Draw a whole number from ``min`` to ``max``, both included."""
    drawn = _source(inputs).randint(_whole(inputs["min"]), _whole(inputs["max"]))
    return {"id": str(drawn), "result": float(drawn)}


def pet(inputs: Properties) -> Properties:
    """Draw a name of ``length`` words: adverbs, then an adjective, then an animal."""
    length, separator, prefix = _whole(inputs["length"]), _text(inputs["separator"]), _text(inputs.get("prefix"))
    words = [secrets.choice(ADVERBS) for _ in range(length - NAME_AND_ADJECTIVE)]
    words += [secrets.choice(ADJECTIVES)] if length >= NAME_AND_ADJECTIVE else []
    words += [secrets.choice(ANIMALS)]
    return {"id": separator.join([prefix, *words] if prefix else words)}


def shuffle(inputs: Properties) -> Properties:
    """Draw from a list without repeating an element before each was drawn once."""
    given = inputs["inputs"]
    elements = given if isinstance(given, list) else []
    count = len(elements) if inputs.get("resultCount") is None else _whole(inputs["resultCount"])
    source, drawn = _source(inputs), list[Value]()
    while elements and len(drawn) < count:
        drawn += source.sample(elements, len(elements))
    return {"id": "-", "results": drawn[:count]}


def uuid4(_: Properties) -> Properties:
    """Draw a UUID of version 4."""
    return _uuid(uuid.uuid4())


def uuid7(_: Properties) -> Properties:
    """Draw a UUID of version 7 (RFC 9562): milliseconds since 1970, then random bits."""
    bits = (time.time_ns() // 1_000_000) << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return _uuid(uuid.UUID(int=bits))


def imported_text(named: str) -> Properties:
    """Take a string as it is."""
    return {"id": named, "result": named, "length": float(len(named))}


def imported_password(named: str) -> Properties:
    """Take a password as it is."""
    return {**_password(named), "length": float(len(named))}


def imported_bytes(named: str) -> Properties:
    """Read bytes in base64."""
    found = _decoded(named, "base64")
    return {**_bytes(found), "length": float(len(found))}


def imported_identity(named: str) -> Properties:
    """Read ``<bytes>`` or ``<prefix>,<bytes>``, the bytes in URL-safe base64 without padding."""
    prefix, _, rest = named.rpartition(",")
    found = _decoded(rest + "=" * (-len(rest) % 4), "URL-safe base64")
    return {**_identity(found, prefix), "byteLength": float(len(found)), **({"prefix": prefix} if prefix else {})}


def imported_integer(named: str) -> Properties:
    """Read ``<result>,<min>,<max>`` or ``<result>,<min>,<max>,<seed>``."""
    numbers, seed = named.split(",")[:3], named.split(",")[3:]
    try:
        result, least, most = map(int, numbers)
    except ValueError:
        raise Refusal(
            f"A random integer is imported as result,min,max or result,min,max,seed, not {named!r}."
        ) from None
    found: Properties = {"id": str(result), "result": float(result), "min": float(least), "max": float(most)}
    return {**found, "seed": seed[0]} if seed else found


def imported_uuid(named: str) -> Properties:
    """Read a UUID."""
    try:
        return _uuid(uuid.UUID(named))
    except ValueError:
        raise Refusal(f"{named!r} is no UUID, which the import of one needs.") from None


def _characters(inputs: Properties) -> str:
    """Draw the least of each kind, fill up from all kinds, and mix."""
    alphabets = {
        "upper": string.ascii_uppercase,
        "lower": string.ascii_lowercase,
        "numeric": string.digits,
        "special": _text(inputs.get("overrideSpecial")) or SPECIAL,
    }
    every = "".join(alphabets[kind] for kind in KINDS if _true(inputs[kind]))
    drawn = [secrets.choice(alphabets[k]) for k in KINDS for _ in range(_whole(inputs[f"min{k.capitalize()}"]))]
    drawn += [secrets.choice(every) for _ in range(_whole(inputs["length"]) - len(drawn))]
    secrets.SystemRandom().shuffle(drawn)
    return "".join(drawn)


def _password(drawn: str) -> Properties:
    import bcrypt  # noqa: PLC0415 - only a deployment needs it

    hashed = bcrypt.hashpw(drawn.encode()[:HASHED_BYTES], bcrypt.gensalt(COST)).decode()
    return {"id": NO_IDENTITY, "result": drawn, "bcryptHash": hashed}


def _bytes(drawn: bytes) -> Properties:
    return {"id": NO_IDENTITY, "base64": base64.b64encode(drawn).decode(), "hex": drawn.hex()}


def _identity(drawn: bytes, prefix: str) -> Properties:
    plain = base64.urlsafe_b64encode(drawn).decode().rstrip("=")
    return {
        "id": plain,
        "b64Std": prefix + base64.b64encode(drawn).decode(),
        "b64Url": prefix + plain,
        "dec": f"{prefix}{int.from_bytes(drawn, 'big')}",
        "hex": prefix + drawn.hex(),
    }


def _uuid(drawn: uuid.UUID) -> Properties:
    return {"id": str(drawn), "result": str(drawn)}


def _decoded(named: str, form: str) -> bytes:
    try:
        return base64.b64decode(named.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(f"What is to be imported is not {form}.") from None


def _source(inputs: Properties) -> random.Random:
    """Return the system's randomness, or what repeats itself for a ``seed`` (not as the ordinary provider does)."""
    seed = _text(inputs.get("seed"))
    return random.Random(seed) if seed else secrets.SystemRandom()  # noqa: S311 - whoever gives a seed wants repetition


def _whole(value: Value) -> int:
    """Read a whole number, which may come as a text."""
    return int(float(value)) if isinstance(value, (str, float)) else 0


def _true(value: Value) -> bool:
    return value.lower() in ("true", "1") if isinstance(value, str) else value is True


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""
