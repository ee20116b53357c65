"""Deleting an object."""

from toolchain.plugins.api.errors import NoSuchKind, StatusError
from toolchain.plugins.awaiting.reader import Ref
from toolchain.plugins.deploying.attempt import Attempt, shown

POLICIES = {"orphan": "Orphan", "background": "Background"}
FOREGROUND = "Foreground"


def delete(attempt: Attempt, ref: Ref, policy: str) -> bool:
    """Ask for the end of an object, and say whether there was one.

    ``policy`` is what ``pulumi.com/deletionPropagationPolicy`` says; what depends on the object goes first unless it
    says otherwise. Raises ``Refused`` or ``Refusal``.
    """
    propagation = POLICIES.get(policy.lower(), FOREGROUND)
    try:
        attempt.patiently(lambda: attempt.client.delete(ref, propagation=propagation), shown(ref))
    except NoSuchKind:
        return False
    except StatusError as problem:
        if problem.not_found:
            return False
        raise
    return True
