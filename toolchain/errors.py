"""What the toolchain says when it can't go on."""


class ToolchainError(Exception):
    """A sentence for the user: what was tried, what was found, what to do."""
