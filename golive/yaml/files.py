"""Which files a run reads, and their bytes."""

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from golive.yaml.document import Unreadable

STDIN: Final = "stdin"
"""What messages call the standard input, which ``-`` stands for on the command line."""

LARGEST: Final = 64 * 1024 * 1024
"""The largest file that is read, in bytes. A cluster takes objects of at most 1.5 MiB."""

SUFFIXES: Final = frozenset({".yaml", ".yml", ".json"})
"""The files that are read in folders. A file that is named itself may have any other."""


_NO_FILE = "not a file. Name a file, a folder or - for the standard input."


def files(paths: Iterable[str]) -> Iterator[str | Unreadable]:
    """Every file of these paths, once each; folders with all below them, in the order of names."""
    met: set[str] = set()
    for path in paths:
        for found in [path] if path == "-" or not Path(path).is_dir() else _below(path):
            if isinstance(found, Unreadable):
                yield found
            elif (real := _real(found)) not in met:
                met.add(real)
                yield found


def _real(file: str) -> str:
    """The one path of a file that has many; whatever has none is refused when it is opened."""
    try:
        return file if file == "-" else os.path.realpath(file)
    except (OSError, ValueError):
        return file


def content(file: str) -> bytes | Unreadable:
    """The bytes of one file, or of the standard input for ``-``."""
    if file == "-":
        return _limited(sys.stdin.buffer.read(LARGEST + 1), STDIN)
    try:
        with Path(file).open("rb") as opened:
            status = os.fstat(opened.fileno())
            if not (stat.S_ISREG(status.st_mode) or stat.S_ISFIFO(status.st_mode)):
                return _whole(file, _NO_FILE)
            return _limited(opened.read(LARGEST + 1) if status.st_size <= LARGEST else None, file)
    except FileNotFoundError:
        return _whole(file, "no such file. Correct the path.")
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "no file can have this path"
        return _whole(file, f"cannot be read ({reason.lower()}). Correct the path or its permissions.")


def _limited(read: bytes | None, file: str) -> bytes | Unreadable:
    if read is None or len(read) > LARGEST:
        return _whole(file, f"larger than {LARGEST // 1024**2} MiB. Split the file.")
    return read


def _below(folder: str) -> Iterator[str | Unreadable]:
    """The manifests below a folder. Links to folders are followed, each folder once."""
    walked: set[str] = set()
    refused: list[OSError] = []
    found = False
    for here, folders, names in os.walk(folder, onerror=refused.append, followlinks=True):
        real = os.path.realpath(here)
        if real in walked:
            folders.clear()
            continue
        walked.add(real)
        folders.sort()
        for name in sorted(names):
            if Path(name).suffix.lower() in SUFFIXES:
                found = True
                file = str(Path(here) / name)
                yield _whole(file, _NO_FILE) if _waits(file) else file
    for error in refused:
        reason = (error.strerror or "unknown reason").lower()
        yield _whole(str(error.filename), f"cannot be read ({reason}). Correct its permissions.")
    if not found and not refused:
        yield _whole(folder, f"holds no file that ends in {', '.join(sorted(SUFFIXES))}. Name the right folder.")


def _waits(file: str) -> bool:
    """Whether this is a pipe, at which a run would wait for somebody to write; only one that is named is meant so."""
    try:
        return stat.S_ISFIFO(Path(file).stat().st_mode)
    except OSError:
        return False


def _whole(file: str, says: str) -> Unreadable:
    return Unreadable(file=file, line=0, column=0, says=says)
