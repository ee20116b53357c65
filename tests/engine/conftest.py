"""Copies of the checkout that the real engine previews."""

from pathlib import Path

import pytest

from tests.support.checkouts import Copy
from tests.support.fresh_copy import fresh_copy


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """Everything that git would commit, and the virtual environment by reference."""
    return fresh_copy(tmp_path / "checkout")
