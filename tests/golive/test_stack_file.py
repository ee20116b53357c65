"""The stack file is changed value by value, keeps its comments, and is replaced whole or not at all."""

from pathlib import Path

import pytest

from golive.releases.errors import Refusal
from golive.releases.stack_file import StackFile
from tests.support.scripted_history import Checkout, checkout, moved, settings


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    return checkout(tmp_path, monkeypatch)


@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_no_change_changes_no_byte(here: Checkout, stack: str) -> None:
    file = StackFile.read(stack)

    assert file.with_settings(file.data) == here.file(stack).read_text()


def test_one_value_changes_one_line(here: Checkout) -> None:
    text = StackFile.read("dev").with_settings(moved("marketplace", "v1.1.0"))

    assert text == here.file().read_text().replace("marketplace:v1.0.0", "marketplace:v1.1.0")


def test_keys_come_and_go_and_come_back(here: Checkout) -> None:
    original = here.file().read_text()
    hold = {"reason": "bad", "images": ["254carbon/marketplace:v1.1.0"]}
    first = StackFile.read("dev")

    first.replace(first.with_settings({**settings(), "holds": {"release-3": hold}}))
    second = StackFile.read("dev")
    assert second.data["holds"] == {"release-3": hold}
    second.replace(second.with_settings(settings()))

    assert here.file().read_text() == original


def test_somebody_elses_change_in_between_is_not_overwritten(here: Checkout) -> None:
    file = StackFile.read("dev")
    here.replace("owner: platform-engineering", "owner: other")

    with pytest.raises(Refusal, match="changed by somebody else just now"):
        file.replace("config: {}\n")

    assert "owner: other" in here.file().read_text()


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(
    here: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, names = here.file().read_text(), sorted(path.name for path in here.folder.iterdir())

    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("golive.releases.stack_file.os.fsync", full)
    file = StackFile.read("dev")
    with pytest.raises(OSError, match="No space left"):
        file.replace(file.with_settings(moved("marketplace", "v1.1.0")))

    assert here.file().read_text() == before
    assert sorted(path.name for path in here.folder.iterdir()) == names


def test_what_git_cannot_say_is_not_committed(here: Checkout) -> None:
    git = here.folder / "bin" / "git"
    git.parent.mkdir()
    git.write_text('#!/bin/sh\ntest "$1" = ls-files && echo Pulumi.dev.yaml\n')
    git.chmod(0o700)
    file = StackFile.read("dev")

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{git.parent}:/usr/bin:/bin")
        assert not file.committed()
        git.write_text("#!/bin/sh\necho $1 | grep ls-files || true\n")
        assert file.committed()
