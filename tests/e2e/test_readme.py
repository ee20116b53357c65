"""What the README says about deploying without an account happens."""

from pathlib import Path

import pytest

from tests.support.fresh_copy import fresh_copy
from tests.support.own_cluster import OwnCluster
from tests.support.readme import BLOCKS, Block


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.mark == "cluster"], ids=str)
def test_the_cluster_blocks_are_real(tmp_path: Path, block: Block) -> None:
    own = OwnCluster(fresh_copy(tmp_path / "checkout"))
    try:
        block.check(own.checkout.folder)
        assert own.running() is None
    finally:
        own.act("down")
