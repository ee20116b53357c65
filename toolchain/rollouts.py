"""``python -m toolchain rollouts``: what the cluster of a stack says of its Rollouts, a line of JSON a second.

A line holds ``at`` (UTC), and either ``rollouts`` and ``runs``, the objects as the API server gives them, or ``fault``,
why there are none this time. Nobody here judges them.
"""

import json
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from toolchain.cluster import absence, running
from toolchain.errors import ToolchainError
from toolchain.golang import Say
from toolchain.plugins.api.client import Client
from toolchain.plugins.api.errors import Refused, Unreachable
from toolchain.plugins.api.kubeconfig import Connection, Unusable, find
from toolchain.state import choose, stack_file

API_VERSION = "argoproj.io/v1alpha1"
SECONDS = 1.0
"""Between two looks."""


def rollouts(stack: str, namespaces: Sequence[str], say: Say) -> int:
    """Print looks until nobody reads them. Raises ``ToolchainError`` where no cluster can be named."""
    stack_file(stack)
    connection = _connection()
    say(f"cluster: {connection.server} (from {connection.origin})")
    # HTTP and TLS take a while to load, and no other verb needs them.
    from toolchain.plugins.api.transport import Transport  # noqa: PLC0415 - as above

    client, never = Client(Transport(connection)), threading.Event()
    try:
        while True:
            sys.stdout.write(f"{json.dumps(look(client, namespaces))}\n")
            sys.stdout.flush()
            never.wait(SECONDS)
    except BrokenPipeError:
        return 0


def look(client: Client, namespaces: Sequence[str]) -> dict[str, Any]:
    """Read everything once."""
    at = datetime.now(UTC).isoformat()
    try:
        return {
            "at": at,
            "rollouts": _all(client, "Rollout", namespaces),
            "runs": _all(client, "AnalysisRun", namespaces),
        }
    except (Unreachable, Refused) as problem:
        return {"at": at, "fault": f"{client.server}: {problem}"}


def _all(client: Client, kind: str, namespaces: Sequence[str]) -> list[dict[str, Any]]:
    return [dict(item) for namespace in namespaces for item in client.list(API_VERSION, kind, namespace).items]


def _connection() -> Connection:
    """The checkout's own cluster where the state is the checkout's own, else the one that the surroundings name."""
    settings: dict[str, str] = {}
    if choose().local:
        own = running()
        if own is None:
            raise ToolchainError(f"The checkout's own cluster can't be asked: {absence()}. `make cluster` starts it.")
        settings["kubeconfig"] = str(own.kubeconfig)
    try:
        connection = find(settings)
    except Unusable as problem:
        raise ToolchainError(str(problem)) from None
    if connection is None:
        raise ToolchainError("No kubeconfig names a cluster. Set KUBECONFIG to the one of the stack's cluster.")
    return connection
