"""What make calls: ``python -m toolchain engine`` and ``python -m toolchain preview --stack S``."""

import argparse
import sys

from toolchain import cluster
from toolchain.engine import find
from toolchain.errors import ToolchainError
from toolchain.preview import preview


def say(line: str) -> None:
    """Print one line of progress beside the engine's own output."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - the toolchain's own voice


def main(arguments: list[str] | None = None) -> int:
    """Run one verb and return its exit code; a fault of the machine is one sentence, never a traceback."""
    parser = argparse.ArgumentParser(prog="python -m toolchain", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("engine", help="find, install or build the engine, and say which")
    verbs.add_parser("preview", help="preview a stack under the guardrails").add_argument("--stack", default="dev")
    verbs.add_parser("cluster", help="start, stop or show this checkout's own cluster").add_argument(
        "action", choices=("up", "down", "status")
    )
    asked = parser.parse_args(arguments)
    try:
        if asked.verb == "preview":
            return preview(asked.stack, say)
        if asked.verb == "cluster":
            return cluster.act(asked.action, say)
        say(f"engine: {find(say)}")
    except ToolchainError as problem:
        say(f"error: {problem}")
        return 1
    except OSError as problem:
        where = f"{problem.filename}: " if problem.filename else ""
        say(f"error: {where}{problem.strerror or problem}. The toolchain needs to write there; make room or permit it.")
        return 1
    except KeyboardInterrupt:
        say("interrupted; nothing was left half-made")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
