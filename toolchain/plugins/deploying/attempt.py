"""One operation on one object: who writes, who is told, and how long an outage of the API server is borne."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from toolchain.plugins.api.client import Client
from toolchain.plugins.api.errors import NoSuchKind, Refused, StatusError, Unreachable
from toolchain.plugins.awaiting.reader import Ref
from toolchain.plugins.deploying.cluster import Options
from toolchain.plugins.host import Voice
from toolchain.plugins.serve import Refusal

OUTAGE_SECONDS = 180.0
PROBE_SECONDS = 1.0
OWNED = "FieldManagerConflict"
"""Reason of a conflict between field managers."""
T = TypeVar("T")


class Cancelled(Refusal):
    """The user ended the operation."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: the operation was cancelled; run the command again to go on.")


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What every step of an operation needs."""

    client: Client
    options: Options
    voice: Voice
    cancelled: threading.Event
    manager: str
    """The field manager that the object is applied as."""
    timeout: float | None
    """Seconds that the resource's options give to the whole operation; ``None`` leaves it to the kind's default."""
    outage: float
    """Seconds that an API server which went away may take to come back."""

    def patiently(self, call: Callable[[], T], what: str) -> T:
        """Return what ``call`` returns, waiting for the API server while it is away.

        Raises ``Cancelled``, ``Refusal`` where the outage lasts, and ``Refused`` where the server says no.
        """
        ends: float | None = None
        while True:
            self.check(what)
            try:
                return call()
            except Unreachable as problem:
                ends = time.monotonic() + self.outage if ends is None else ends
                self.await_server(ends, what, problem)

    def await_server(self, ends: float, what: str, problem: Unreachable) -> None:
        """Wait until the API server answers again, but not longer than until ``ends`` on the monotonic clock."""
        while True:
            left = ends - time.monotonic()
            if left <= 0:
                raise Refusal(
                    f"{what}: {problem}, and did not within {self.outage:.0f} seconds. "
                    "Start the API server and run the command again: nothing is lost, and it goes on where it stopped."
                )
            self.voice.say(f"{problem}; waiting for it, at most {left:.0f} seconds more")
            self.pause(PROBE_SECONDS, what)
            try:
                if self.client.ready():
                    return
            except Unreachable as again:
                problem = again

    def pause(self, seconds: float, what: str) -> None:
        """Let time pass. Raises ``Cancelled`` as soon as the user ends the operation."""
        if self.cancelled.wait(seconds):
            raise Cancelled(what)

    def check(self, what: str) -> None:
        """Raise ``Cancelled`` if the user has ended the operation."""
        if self.cancelled.is_set():
            raise Cancelled(what)


def shown(ref: Ref) -> str:
    """Write which object: ``Deployment shop/web``."""
    return f"{ref.kind} {ref.namespace}/{ref.name}" if ref.namespace else f"{ref.kind} {ref.name}"


def refused(problem: Refused, ref: Ref, manager: str) -> Refusal:
    """Turn the server's no into a sentence that says which object, what the server said, and what to do."""
    what = shown(ref)
    if isinstance(problem, NoSuchKind):
        return Refusal(
            f"{what}: {problem}. Install its CustomResourceDefinition first, or let the resource depend on the one "
            "that makes it."
        )
    if isinstance(problem, StatusError) and any(cause.reason == OWNED for cause in problem.causes):
        return _conflict(problem, what, manager)
    if isinstance(problem, StatusError) and problem.exists:
        return Refusal(
            f"{what} exists in the cluster already, and nobody said that it may be taken over. If it was renamed in "
            "the program, give the resource an alias. To manage it from now on, import it (`pulumi import`) or set "
            "upsertExistingObjects on the provider. To change single fields of it, use a Patch resource."
        )
    if isinstance(problem, StatusError) and problem.unauthorized:
        return Refusal(f"{what}: the user of the kubeconfig lacks a permission: {problem}.")
    return Refusal(f"The API server refuses {what}: {problem}")


def _conflict(problem: StatusError, what: str, manager: str) -> Refusal:
    fields = "; ".join(f"{cause.field}: {cause.message}" for cause in problem.causes)
    return Refusal(
        f"{what}: another field manager set what {manager} wants to set ({fields}). Either leave the field to it (take "
        "it out of the program, or name it in ignoreChanges), or take it over with the annotation "
        'pulumi.com/patchForce: "true".'
    )
