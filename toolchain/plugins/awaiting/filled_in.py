"""Objects into which a controller has to write something before they are of use."""

from toolchain.plugins.awaiting.fields import at, mapping, text
from toolchain.plugins.awaiting.outcome import Family, Outcome, Ready, Related, Waiting
from toolchain.plugins.awaiting.reader import Live

TOKEN = "kubernetes.io/service-account-token"  # noqa: S105 - a type of secrets


def quota(live: Live, _: Related) -> Outcome:
    """Judge one ResourceQuota: the controller has taken over its limits."""
    if at(live, "status", "hard") is not None and mapping(live, "spec", "hard") == mapping(live, "status", "hard"):
        return Ready()
    return Waiting("waiting for the controller to take over the limits")


def secret(live: Live, _: Related) -> Outcome:
    """Judge one Secret: a token for a ServiceAccount has to be filled in, all others are ready."""
    if text(live, "type") != TOKEN or mapping(live, "data"):
        return Ready()
    return Waiting("waiting for the controller to fill in the token")


QUOTA = Family(progress=quota, timeout=60)
SECRET = Family(progress=secret, timeout=5)
