"""Where the command ``golive`` starts. ``golive check`` goes a way of its own, without what the other verbs load."""

import contextlib
import os
import sys
from pathlib import Path
from typing import Final

UNTOLD: Final = 2
"""The exit code where the report found no reader."""
INTERRUPTED: Final = 130
"""What a shell calls a program that Ctrl-C ended."""


def main() -> None:
    """Run the command; the console entry point."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # whoever started this has closed it
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - to the end
    try:
        try:
            _run(sys.argv[1:])
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        _leave("interrupted", INTERRUPTED)
    except BrokenPipeError:
        _leave("", UNTOLD)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else "the output can't be written: "
        _leave(f"{where}{(error.strerror or str(error)).lower()}", UNTOLD)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            _leave("interrupted", INTERRUPTED)
        raise


def _run(arguments: list[str]) -> None:
    if arguments[:1] == ["check"]:
        from golive.commands.check import check  # noqa: PLC0415 - see above

        sys.exit(check(arguments[1:]))
    from golive.commands.app import app  # noqa: PLC0415 - see above

    app()


def _leave(words: str, code: int) -> None:
    """Leave at once: Python would wait for threads whose results nobody wants, and write once more what it can't."""
    with contextlib.suppress(OSError):
        os.write(sys.stderr.fileno(), f"golive: {words}\n".encode() if words else b"")
    os._exit(code)
