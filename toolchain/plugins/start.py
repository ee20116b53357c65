"""The one place that knows which offline providers there are; each is loaded when it is asked for."""

from toolchain.plugins.provider import Provider


def provider(name: str, engine: str = "") -> Provider:
    """Make the offline provider ``name``: ``kubernetes``, ``aws`` or ``random``; ``engine`` is the engine's address."""
    if name == "kubernetes":
        from toolchain.plugins.kubernetes import Kubernetes  # noqa: PLC0415 - only one of them is needed in a process

        return Kubernetes(engine)
    if name == "aws":
        from toolchain.plugins.aws import Aws  # noqa: PLC0415 - as above

        return Aws(engine)
    from toolchain.plugins.random import Random  # noqa: PLC0415 - as above

    return Random(engine)
