"""Where the command ``golive`` starts. ``golive check`` goes a way of its own, without what the other verbs load."""

import os
import sys
from typing import Final, NoReturn

UNTOLD: Final = 2
"""The exit code where the report found no reader."""
INTERRUPTED: Final = 130
"""What a shell calls a program that Ctrl-C ended."""


def main() -> None:
    """Run the command; the console entry point."""
    verb, *arguments = sys.argv[1:] or [""]
    if verb == "check":
        _check(arguments)
    from golive.verbs import app  # noqa: PLC0415 - see above

    app()


def _check(arguments: list[str]) -> NoReturn:
    from golive.check import check  # noqa: PLC0415 - see above

    try:
        sys.exit(check(arguments))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Python flushes stdout once more on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(UNTOLD)
