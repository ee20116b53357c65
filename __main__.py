"""The program: read what the environment wants, build it, say what came of it."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pulumi

from settings.config import from_stack, has_credentials
from settings.errors import SettingsError
from stack.build import build
from stack.program import commit

SHOWN = 32
"""The exit code by which a program tells Pulumi that its error is on the screen already."""

try:
    stack = build(from_stack(), credentials=has_credentials(), at=datetime.now(UTC))
except SettingsError as faults:
    pulumi.log.error(str(faults))
    sys.exit(SHOWN)

for name, value in stack.outputs.items():
    pulumi.export(name, value)
pulumi.export("commit", commit(Path(__file__).parent))
