"""What is wrong with a stack file's words about the guardrails: where, what was found, what is expected."""

import difflib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from guardrails.model.values import Plain, Unknown

_LONGEST = 60


@dataclass(frozen=True)
class ConfigError:
    """One fault. `found` and `expected` are phrases without a full stop."""

    path: str
    """Below the key, for example `waivers[0].expires`; empty for the whole of it."""
    found: str
    expected: str


def shown(value: Plain) -> str:
    """The value in few words, on one line."""
    if isinstance(value, Unknown):
        return f"a value that {value.value}"
    if isinstance(value, str):
        return repr(value if len(value) <= _LONGEST else f"{value[:_LONGEST]}...")
    if isinstance(value, bool | int | float):
        return f"{json.dumps(value)} (a {'boolean' if isinstance(value, bool) else 'number'})"
    return "nothing" if value is None else f"a {'map' if isinstance(value, dict) else 'list'}"


def below(path: str, key: str) -> str:
    """The place of a key, on one line whatever the key is."""
    safe = key if key.isprintable() and len(key) <= _LONGEST else repr(key[:_LONGEST])
    return f"{path}.{safe}" if path else safe


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, as a question."""
    (near,) = difflib.get_close_matches(word, list(known), n=1, cutoff=0) or [""]
    return f"did you mean {near}"


def unknown_keys(value: dict[str, Plain], known: Collection[str], path: str) -> Iterator[ConfigError]:
    """A complaint about each key that nothing reads."""
    for key in value:
        if key not in known:
            yield ConfigError(below(path, key), "an unknown key", f"one of {', '.join(known)}; {nearest(key, known)}")
