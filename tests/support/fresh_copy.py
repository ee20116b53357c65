"""Make a copy of the checkout: everything that git would commit, and the virtual environment by reference."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.support.checkouts import CHECKOUT, Copy


def fresh_copy(folder: Path) -> Copy:
    """Copy the checkout as it stands, changes not yet committed included, to the new ``folder``."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source = CHECKOUT / name
        if source.is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, folder / name)
    # Were these newer than the virtual environment, make would install the copy into it.
    for name in ("pyproject.toml", "requirements.lock"):
        os.utime(folder / name, (0, 0))
    (folder / ".venv").symlink_to(CHECKOUT / ".venv", target_is_directory=True)
    return Copy(folder)
