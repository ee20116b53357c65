"""The program's settings come from Pulumi, with line numbers where the stack file says the same."""

import json
from collections.abc import Iterator
from pathlib import Path

import pulumi
import pytest
from pulumi.runtime.config import set_all_config

from settings.config import from_stack, has_credentials
from settings.errors import SettingsError
from settings.load import parse
from tests.support.stack_data import changed, valid, wrapped, written


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(pulumi, "get_stack", lambda: "prod")
    yield
    set_all_config({})


@pytest.mark.usefixtures("stack")
def test_reads_what_pulumi_passes(tmp_path: Path) -> None:
    set_all_config({"golive:settings": json.dumps(valid())})
    passed = from_stack(tmp_path)
    assert passed == parse(valid(), "Pulumi.prod.yaml")
    assert (passed.origin.source, dict(passed.origin.lines)) == ("Pulumi.prod.yaml", {})


@pytest.mark.usefixtures("stack")
def test_adds_lines_when_the_file_says_the_same(tmp_path: Path) -> None:
    data = changed((("owner",), "A"))
    written(tmp_path, wrapped(data))
    set_all_config({"golive:settings": json.dumps(data)})
    with pytest.raises(SettingsError, match="line 5: owner: found"):
        from_stack(tmp_path)


@pytest.mark.usefixtures("stack")
def test_adds_no_lines_when_the_file_says_something_else(tmp_path: Path) -> None:
    written(tmp_path, wrapped(valid()))
    set_all_config({"golive:settings": json.dumps(changed((("owner",), "A")))})
    with pytest.raises(SettingsError, match=r"settings\n  owner: found"):
        from_stack(tmp_path)


@pytest.mark.usefixtures("stack")
def test_says_which_key_is_missing(tmp_path: Path) -> None:
    set_all_config({})
    with pytest.raises(SettingsError) as caught:
        from_stack(tmp_path)
    assert str(caught.value) == (
        "Pulumi.prod.yaml: can't be read\n  found nothing under config; "
        "expected the key golive:settings, for example golive:settings: {environment: dev, ...}."
    )


@pytest.mark.usefixtures("stack")
def test_refuses_a_single_value_without_echoing_it(tmp_path: Path) -> None:
    set_all_config({"golive:settings": "Hunter2!"})
    with pytest.raises(SettingsError) as caught:
        from_stack(tmp_path)
    assert str(caught.value) == (
        "Pulumi.prod.yaml: 1 fault in golive:settings\n  found a single value; expected a map of settings."
    )


@pytest.mark.parametrize("dry", [True, False])
def test_asks_for_credentials_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch, dry: bool) -> None:  # noqa: FBT001
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: dry)
    monkeypatch.delenv("GOLIVE_CREDENTIALS", raising=False)
    assert has_credentials()


def test_a_preview_does_without_credentials_and_a_deployment_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLIVE_CREDENTIALS", "none")
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: True)
    assert not has_credentials()
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: False)
    with pytest.raises(SettingsError, match="found GOLIVE_CREDENTIALS=none in a deployment; expected credentials"):
        has_credentials()


def test_refuses_what_says_nothing_about_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLIVE_CREDENTIALS", "no")
    with pytest.raises(SettingsError, match="found GOLIVE_CREDENTIALS=no; expected GOLIVE_CREDENTIALS=none"):
        has_credentials()
