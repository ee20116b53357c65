"""Ports on loopback that nobody uses."""

import random
import socket
from collections.abc import Mapping, Sequence

RANGE = range(20_000, 32_000)
"""Below the ports that systems give to outgoing connections, so that none takes ours between choice and use."""
TRIES = 200


def choose(names: Sequence[str], before: Mapping[str, int]) -> dict[str, int]:
    """Return a free port for every name: the one it had ``before`` where that is free, so that addresses last.

    Raises ``OSError`` where no free port is found.
    """
    chosen: dict[str, int] = {}
    for name in names:
        wanted = before.get(name)
        taken = set(chosen.values())
        candidates = random.sample(RANGE, TRIES)
        if wanted is not None and wanted in RANGE:
            candidates.insert(0, wanted)
        chosen[name] = next((each for each in candidates if each not in taken and free(each)), 0)
        if not chosen[name]:
            raise OSError(f"no free port on loopback between {RANGE.start} and {RANGE.stop}")
    return chosen


def free(port: int) -> bool:
    """Whether nobody listens on ``port``, on loopback or on all addresses."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
