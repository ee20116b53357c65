"""What make calls: ``python -m toolchain VERB``, most of them with ``--stack S``."""

import argparse
import shutil
import sys
from collections.abc import Callable

from toolchain import cluster
from toolchain.build import build
from toolchain.deploy import down, history, kubectl, refresh, up
from toolchain.engine import find
from toolchain.errors import ToolchainError
from toolchain.preview import preview
from toolchain.recipes import PROMETHEUS
from toolchain.rollouts import rollouts

ON_A_STACK = {
    "preview": "preview a stack under the guardrails",
    "up": "deploy a stack under the guardrails",
    "refresh": "show what was changed behind the program's back",
    "down": "delete what up has deployed to this checkout's own cluster",
    "history": "print what the state remembers of every operation on a stack, as JSON",
    "rollouts": "print what the cluster says of a stack's Rollouts, a line of JSON a second",
}


def say(line: str) -> None:
    """Print one line of progress beside the engine's own output."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - the toolchain's own voice


def main(arguments: list[str] | None = None) -> int:
    """Run one verb and return its exit code; a fault of the machine is one sentence, never a traceback."""
    parser = argparse.ArgumentParser(prog="python -m toolchain", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("engine", help="find, install or build the engine, and say which")
    for verb, words in ON_A_STACK.items():
        on_a_stack = verbs.add_parser(verb, help=words)
        on_a_stack.add_argument("--stack", default="dev")
        on_a_stack.add_argument("--yes", action="store_true", help="don't ask before changing the team's stack")
        if verb == "up":
            on_a_stack.add_argument("--note", default="up", help="what the history says of it, instead of up")
        if verb == "rollouts":
            on_a_stack.add_argument("--namespace", action="append", required=True, help="where the Rollouts are")
    verbs.add_parser("prometheus", help="find Prometheus on PATH or build it, and print where it is")
    verbs.add_parser("cluster", help="build, start, stop or show this checkout's own cluster").add_argument(
        "action", choices=("build", "up", "down", "status")
    )
    ask = verbs.add_parser("kubectl", help="run kubectl on the cluster of a stack: kubectl --stack dev -- get pods")
    ask.add_argument("--stack", default="dev")
    ask.add_argument("arguments", nargs="*")
    asked = parser.parse_args(arguments)
    try:
        return _run(asked)
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


def _run(asked: argparse.Namespace) -> int:
    verbs: dict[str, Callable[[], int]] = {
        "preview": lambda: preview(asked.stack, say),
        "up": lambda: up(asked.stack, say, yes=asked.yes, note=asked.note),
        "refresh": lambda: refresh(asked.stack, say, yes=asked.yes),
        "down": lambda: down(asked.stack, say),
        "history": lambda: _print_history(asked.stack),
        "rollouts": lambda: rollouts(asked.stack, asked.namespace, say),
        "cluster": lambda: cluster.act(asked.action, say),
        "kubectl": lambda: kubectl(asked.stack, asked.arguments),
        "engine": _print_engine,
        "prometheus": _print_prometheus,
    }
    return verbs[asked.verb]()


def _print_history(stack: str) -> int:
    sys.stdout.write(history(stack, say))
    return 0


def _print_engine() -> int:
    say(f"engine: {find(say)}")
    return 0


def _print_prometheus() -> int:
    found = shutil.which(PROMETHEUS.name)
    if not found:
        build([PROMETHEUS], say)
        found = str(PROMETHEUS.result / PROMETHEUS.name)
    sys.stdout.write(f"{found}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
