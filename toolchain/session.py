"""One run of the engine on one stack: which engine, which state, which cluster, and its plugins."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolchain.cluster import Cluster, absence, kubeconfig, running
from toolchain.engine import Engine, find
from toolchain.errors import ToolchainError
from toolchain.golang import Say
from toolchain.paths import CHECKOUT, WORK
from toolchain.plugin_home import plugins
from toolchain.state import ADDRESS, State, choose, copy_stack_file, made, project_folder, stack_file, state_folder

QUIET = {
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
    "PULUMI_DIY_BACKEND_NO_LEGACY_WARNING": "true",
    "PYTHONUTF8": "1",
}
DIRECT = {"no_grpc_proxy": "127.0.0.1,localhost"}
"""Engine, program and plugins speak to each other on loopback, which gRPC would ask a proxy for."""
UNWANTED = ("PULUMI_OPTION_", "PYTHONWARNINGS", "PYTHONDEVMODE")
"""Variables that would change the engine's options, or what Python prints, behind the user's back."""
OF_ANOTHER = ("PULUMI_", "KUBERNETES_SERVICE_")
"""Variables of somebody else's state (its passphrase, its form, whether it is locked) and of the cluster that this runs
in: on the checkout's own state they would lock us out of it, or lead us astray."""
KEPT = ("PULUMI_HOME", "PULUMI_K8S_")
"""Of those, where the user's plugins lie, and the Kubernetes provider's settings, which mean the same everywhere."""
KUBECONFIG = "KUBECONFIG"
NO_CLUSTER = b"apiVersion: v1\nkind: Config\n"
EVERY_PAGE = "0"
"""The page size by which the engine lists a whole history."""
FAILED = 1
"""The engine's exit code for a run that began and failed."""
INTERRUPTED = 130
"""What a shell calls a program that Ctrl-C ended."""
KILLED = 128
"""What a shell adds to the signal that killed a program."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """What the engine is run with."""

    engine: Engine
    state: State
    stack: str
    cluster: Cluster | None
    """The checkout's own cluster, where the state is the checkout's own and the cluster runs."""
    environment: Mapping[str, str]

    def run(self, verb: str, *options: str) -> int:
        """Run the engine's ``verb`` to its end, its output on the screen, and return its exit code."""
        target = ["--stack", self.stack, "--config-file", str(copy_stack_file(self.stack))]
        return _to_its_end([str(self.engine.executable), verb, *options, *target], self.environment)

    def history(self) -> str:
        """Every operation on the stack that the state remembers, the newest first, as the engine's own JSON."""
        asked = ["stack", "history", "--stack", self.stack, "--json", "--page-size", EVERY_PAGE]
        command = [str(self.engine.executable), *asked, "--non-interactive"]
        answer = subprocess.run(
            command, cwd=CHECKOUT, env=self.environment, capture_output=True, text=True, check=False
        )
        if answer.returncode != 0:
            raise ToolchainError(f"The history of {self.stack} can't be had.\n{answer.stderr.strip()}")
        return answer.stdout


def start(stack: str, say: Say, cluster: Callable[[], Cluster | None] = running) -> Session:
    """Find engine and state, say which, and make the stack in the checkout's own state where it is missing.

    The checkout's own state knows no other cluster than the one that ``cluster`` returns, whatever kubeconfig is set:
    its deployments and previews never reach what somebody else's file names.
    """
    stack_file(stack)
    engine = find(say)
    state = choose()
    say(f"engine: {engine}")
    say(f"state: {state.origin}")
    if options := sorted(key for key in os.environ if key.startswith(UNWANTED[0])):
        say(f"passing over {', '.join(options)}: a run under the guardrails takes no options from the environment")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(UNWANTED)}
    if state.local:
        inherited = {k: v for k, v in inherited.items() if k.startswith(KEPT) or not k.startswith(OF_ANOTHER)}
    environment = {**inherited, **QUIET, **DIRECT, **state.environment, **plugins(engine)}
    own = cluster() if state.local else None
    if state.local:
        say(f"cluster: {f'{own.server}, Kubernetes {own.version}' if own else absence()}")
        environment[KUBECONFIG] = str(_connect(own.kubeconfig if own else kubeconfig()))
        _make_stack(engine, environment, stack)
    return Session(engine=engine, state=state, stack=stack, cluster=own, environment=environment)


def _connect(own: Path | None) -> Path:
    """Copy the kubeconfig of the checkout's own cluster, or of none, always to one path.

    The Kubernetes provider keeps the path in the state, and another one would look like a change. A cluster that does
    not answer at the moment keeps its place: another run may be waiting for it to come back.
    """
    path = state_folder().with_name("kubeconfig")
    half = path.with_name(f"kubeconfig.{os.getpid()}")
    half.touch(mode=0o600)
    half.write_bytes(own.read_bytes() if own else NO_CLUSTER)
    half.replace(path)
    return path


def _to_its_end(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the engine and return its exit code, or ``INTERRUPTED`` where it was told to stop before its end.

    Ctrl-C reaches it by itself; it needs a moment to end its plugins.
    """
    told = False
    running: list[subprocess.Popen[bytes]] = []

    def stop(_number: int, _frame: object) -> None:
        nonlocal told
        told = True
        for each in running:
            each.send_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, stop)
    with subprocess.Popen(command, cwd=CHECKOUT, env=environment) as engine:
        running.append(engine)
        if told:
            engine.send_signal(signal.SIGINT)
        while True:
            try:
                code = engine.wait()
            except KeyboardInterrupt:
                told = True
            else:
                break
    if code and told:
        return INTERRUPTED
    return KILLED - code if code < 0 else code


def ended(session: Session, code: int, say: Say, interrupted: str) -> int:
    """Say what helps after a run that ended with this exit code, ``interrupted`` where somebody stopped it."""
    if code == INTERRUPTED:
        say(f"interrupted; {interrupted}")
    elif code not in (0, FAILED) and not session.state.local:
        say(unknown_stack(session))
    return code


def interactive() -> bool:
    """Say whether somebody is there to answer the engine's question."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _make_stack(engine: Engine, environment: Mapping[str, str], stack: str) -> None:
    """Make the stack in the local state where it is missing."""
    if made(stack).exists():
        return
    command = [str(engine.executable), "stack", "init", stack, "--no-select", "--non-interactive"]
    folder = project_folder()
    answer = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if answer.returncode != 0 and not made(stack).exists():
        said = answer.stderr.strip()
        raise ToolchainError(f"The state in {WORK} can't take stack {stack}. Run `make clean` and begin again.\n{said}")


def unknown_stack(session: Session) -> str:
    """Say what helps where the team's state has no such stack yet."""
    stack = session.stack
    return f"where the state has no stack {stack} yet, make it with `pulumi stack init {stack}`, or unset {ADDRESS}"
