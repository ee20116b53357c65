"""Where the command ``golive`` starts. ``golive check`` goes a way of its own, without what the other verbs load."""

import os
import sys
from typing import Final

UNTOLD: Final = 2
"""The exit code where the report found no reader."""
INTERRUPTED: Final = 130
"""What a shell calls a program that Ctrl-C ended."""


def main() -> None:
    """Run the command; the console entry point."""
    try:
        _run(sys.argv[1:])
    except KeyboardInterrupt:
        _leave(INTERRUPTED)
    except BrokenPipeError:
        # Python flushes stdout once more on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(UNTOLD)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            _leave(INTERRUPTED)
        raise


def _run(arguments: list[str]) -> None:
    if arguments[:1] == ["check"]:
        from golive.check import check  # noqa: PLC0415 - see above

        sys.exit(check(arguments[1:]))
    from golive.verbs import app  # noqa: PLC0415 - see above

    app()


def _leave(code: int) -> None:
    """Leave at once: threads that are still at work would be waited for, and nobody wants their results."""
    os.write(sys.stderr.fileno(), b"golive: interrupted\n")
    os._exit(code)
