"""Where the toolchain keeps what it makes: a cache outside the checkout, and a working folder inside it."""

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
"""The folder that holds ``Pulumi.yaml``."""

WORK = CHECKOUT / ".golive"
"""Local state, copies of stack files and the plugin folder; ignored by git, safe to delete."""


def cache() -> Path:
    """Folder for what every checkout can share: ``$XDG_CACHE_HOME/golive``, or ``~/.cache/golive``."""
    root = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(root) if Path(root).is_absolute() else Path.home() / ".cache") / "golive"
