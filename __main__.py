"""The program: read what the environment wants, build it, say what came of it."""

import asyncio
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pulumi

from settings.config import from_stack, has_credentials
from settings.errors import SettingsError
from stack.build import build
from stack.git_commit import commit

SHOWN = 32
"""The exit code by which a program tells Pulumi that its error is on the screen already."""

try:
    stack = build(from_stack(), credentials=has_credentials(), at=datetime.now(UTC))
except SettingsError as faults:
    pulumi.log.error(str(faults))
    sys.exit(SHOWN)


async def begun() -> Mapping[str, Any]:
    """The stack's outputs, once every registration is on its way.

    Before that the SDK waits for outputs, not for registrations, and looks at all that are left whenever one is there.
    """
    await asyncio.sleep(0)
    return {**stack.outputs, "commit": commit(Path(__file__).parent)}


pulumi.run(begun)
