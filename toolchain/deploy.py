"""``make up``, ``make refresh`` and ``make down``.

With the checkout's own state there is one stack to deploy, ``dev``, and one cluster to deploy it to, its own.
With the team's state the engine deploys to what the stack file names, through the ordinary plugins alone.
"""

import getpass
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from toolchain.cluster import Cluster, absence, running
from toolchain.cluster import kubectl as own_kubectl
from toolchain.cluster import up as start_cluster
from toolchain.errors import ToolchainError
from toolchain.golang import Say
from toolchain.interrupted import pending_operations, release_locks
from toolchain.locks import locked
from toolchain.preview import PACK
from toolchain.session import Session, ended, interactive, start
from toolchain.state import ADDRESS, choose, state_folder

OWN_STACK = "dev"
"""The one stack that needs no account: it is deployed to the checkout's own cluster."""
AGAIN = "the same command completes what was begun"
"""What helps after a run that was stopped while it changed something."""


def up(stack: str, say: Say, *, yes: bool = False, note: str = "up") -> int:
    """Deploy ``stack`` under the guardrails and return the engine's exit code; nothing violating them is touched.

    The engine's history remembers ``note`` and who ran it, besides what the engine itself writes down.

    The checkout's own cluster is started where it does not run, what an interrupted run left undecided is looked up
    in it, and what somebody changed by hand since is undone.
    """
    with _turn(stack, say):
        session = _session("up", stack, say, start_cluster)
        if session.state.local and (left := pending_operations(stack)):
            say(f"the last run was cut off in {left} operations: looking in the cluster what became of them")
            code = session.run("refresh", "--clear-pending-creates", "--yes", "--skip-preview", "--non-interactive")
            if code:
                return code
        look_first = ["--refresh"] if session.state.local else []
        options = [*look_first, "--message", f"{note} by {_user()}", *_confirmed(session, yes=yes)]
        return ended(session, session.run("up", *PACK, *options), say, AGAIN)


def refresh(stack: str, say: Say, *, yes: bool = False) -> int:
    """Show what was changed behind the program's back, take note of it in the state, and return the exit code."""
    with _turn(stack, say):
        session = _session("refresh", stack, say, running)
        return ended(session, session.run("refresh", "--diff", *_confirmed(session, yes=yes)), say, AGAIN)


def down(stack: str, say: Say) -> int:
    """Delete all that ``stack`` has deployed to the checkout's own cluster; the team's stacks are not for make."""
    if not choose().local:
        raise ToolchainError(
            f"make down deletes what make up has deployed to this checkout's own cluster, and {ADDRESS} names "
            f"the team's state. To delete a stack of the team, run `pulumi destroy --stack {stack}` yourself."
        )
    with _turn(stack, say):
        session = _session("down", stack, say, running)
        code = ended(session, session.run("destroy", *_confirmed(session, yes=True)), say, AGAIN)
        if code == 0:
            say(f"{stack} is deleted and nothing else is to be done; its history stays, for `golive releases`")
        return code


@contextmanager
def _turn(stack: str, say: Say) -> Iterator[None]:
    """Let one run at a time change what the checkout's own state holds; a second one waits for the first.

    The team's state has locks of its own, in words of its own.
    """
    if not choose().local:
        yield
        return
    with locked(
        state_folder().with_name(f"{stack}.turn"),
        lambda: say(f"another run is at work on {stack}; waiting for its end"),
    ):
        yield


def history(stack: str, say: Say) -> str:
    """Return what the stack's state remembers of every operation, as the engine's own JSON, the newest first."""
    return start(stack, say).history()


def kubectl(stack: str, arguments: Sequence[str]) -> int:
    """Run kubectl on the cluster that ``stack`` is deployed to, and return its exit code.

    That is the checkout's own cluster with the checkout's own state, and with the team's state what the kubeconfig of
    whoever runs this names. Raises ``ToolchainError`` where there is no cluster or no kubectl.
    """
    if choose().local:
        own = running() if stack == OWN_STACK else None
        if own is None:
            why = absence() if stack == OWN_STACK else f"only {OWN_STACK} is deployed there"
            raise ToolchainError(f"There is no cluster of this checkout to ask about {stack}: {why}.")
        command = [str(own_kubectl()), "--kubeconfig", str(own.kubeconfig)]
    else:
        found = shutil.which("kubectl")
        if found is None:
            raise ToolchainError(f"There is no kubectl on PATH to ask the cluster of {stack}. Install kubectl.")
        command = [found]
    return subprocess.run([*command, *arguments], check=False).returncode


def _user() -> str:
    """Name who runs this, as the machine knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody without a name"


def _session(verb: str, stack: str, say: Say, cluster: Callable[[], Cluster | None]) -> Session:
    """Start a session that can deploy. Raises ``ToolchainError`` with the way out where it can't."""
    state = choose()
    if state.local and stack != OWN_STACK:
        raise ToolchainError(
            f"make {verb} STACK={stack} needs the team's state: set {ADDRESS}, with a passphrase or a token. "
            f"Without it only {OWN_STACK} can be deployed, to this checkout's own cluster."
        )
    if state.local:
        release_locks(stack, say)
    session = start(stack, say, cluster)
    if session.state.local and session.cluster is None:
        raise ToolchainError(f"There is no cluster of this checkout to {verb}: {absence()}. Run `make cluster`.")
    if not session.state.local and session.engine.offline:
        raise ToolchainError(
            f"make {verb} STACK={stack} on the team's state needs the ordinary Pulumi plugins, and only the "
            "toolchain's own can be had here. Install Pulumi with its plugins, or put them on PATH."
        )
    return session


def _confirmed(session: Session, *, yes: bool) -> Sequence[str]:
    """Let the engine ask where somebody can answer; on the checkout's own cluster there is nothing to ask."""
    if session.state.local or yes:
        return ["--yes", "--non-interactive"]
    return [] if interactive() else ["--non-interactive"]
