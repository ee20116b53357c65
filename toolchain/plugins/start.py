"""The one place that knows which offline providers there are; each is loaded when it is asked for."""

from toolchain.plugins.provider import Provider


def provider(name: str) -> Provider:
    """Make the offline provider ``name``: ``kubernetes``, ``aws`` or ``random``."""
    if name == "kubernetes":
        from toolchain.plugins.kubernetes import Kubernetes  # noqa: PLC0415 - only one of them is needed in a process

        return Kubernetes()
    if name == "aws":
        from toolchain.plugins.aws import Aws  # noqa: PLC0415 - as above

        return Aws()
    from toolchain.plugins.random import Random  # noqa: PLC0415 - as above

    return Random()
