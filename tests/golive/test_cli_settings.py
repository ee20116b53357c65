"""The command ``golive settings check`` judges files and says so with its exit code."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from golive.commands.app import app
from tests.support.waiver_data import TODAY, a_waiver

ROOT = Path(__file__).parents[2]


def run(*arguments: str | Path) -> Result:
    """Run the command with a terminal wide enough to break no line."""
    return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}).invoke(
        app, [str(one) for one in arguments]
    )


def check(*files: Path) -> Result:
    """Run ``golive settings check``."""
    return run("settings", "check", *files)


def spoilt(directory: Path, good: str, bad: str) -> Path:
    """Write a copy of the production stack file with one change."""
    path = directory / "Pulumi.prod.yaml"
    path.write_text((ROOT / "Pulumi.prod.yaml").read_text().replace(good, bad))
    return path


def test_good_files_get_one_line_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = check(Path("Pulumi.dev.yaml"), Path("Pulumi.staging.yaml"), Path("Pulumi.prod.yaml"))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "Pulumi.dev.yaml: ok (3 products, 24 services)",
        "Pulumi.staging.yaml: ok (3 products, 24 services)",
        "Pulumi.prod.yaml: ok (3 products, 24 services)",
    ]


def test_faults_of_the_settings_end_with_one(tmp_path: Path) -> None:
    path = spoilt(tmp_path, "port: 3128", "port: 99999")
    result = check(path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"{path}: 1 fault in golive:settings\n"
        "  line 90: platform.egress.port: found 99999 (a number); "
        "expected a port from 1 to 65535, without quotes, for example 8015.\n"
    )


def test_faults_of_the_join_end_with_one(tmp_path: Path) -> None:
    result = check(spoilt(tmp_path, "      optibid-backend: {image", "      optibid-backent: {image"))
    assert result.exit_code == 1
    assert "releases.optibid-backend: found nothing" in result.stderr
    assert "Did you mean 'optibid-backend'?" in result.stderr


def test_a_file_that_cannot_be_read_ends_with_two_and_hides_no_other(tmp_path: Path) -> None:
    missing, faulty, good = (
        tmp_path / "none.yaml",
        spoilt(tmp_path, "10.20.0.0/16", "nonsense"),
        ROOT / "Pulumi.dev.yaml",
    )
    result = check(missing, faulty, good)
    assert result.exit_code == 2
    assert result.stdout == f"{good}: ok (3 products, 24 services)\n"
    assert f"{missing}: can't be read\n  found no such file; " in result.stderr
    assert f"{faulty}: 1 fault in golive:settings\n  line 24: aws.network.cidr: found " in result.stderr


def test_faults_of_the_levels_and_waivers_are_listed_beside_those_of_the_settings(tmp_path: Path) -> None:
    path = spoilt(
        tmp_path,
        "config:\n",
        "config:\n  golive:guardrails:\n    levels:\n      probes: off\n      limits: advisory\n    waivers: [{}]\n",
    )
    result = check(path)
    assert (result.exit_code, result.stdout) == (1, "")
    lines = result.stderr.splitlines()
    assert lines[0] == f"{path}: 8 faults in golive:guardrails"
    assert lines[1] == (
        "  line 5: golive:guardrails.levels.probes: "
        "found 'off'; expected advisory or mandatory; no rule is switched off."
    )
    assert lines[2].startswith("  line 6: golive:guardrails.levels.limits: found 'advisory'; expected mandatory: stack")
    assert lines[3].startswith("  line 7: golive:guardrails.waivers[0].rule: found nothing; expected the id of a rule")
    path.write_text(path.read_text().replace("port: 3128", "port: 99999"))
    both = check(path).stderr
    assert f"{path}: 1 fault in golive:settings\n" in both
    assert f"{path}: 8 faults in golive:guardrails\n" in both


def test_waivers_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("golive.commands.settings.today", lambda: TODAY)
    path = spoilt(tmp_path, "config:\n", f"config:\n  golive:guardrails: {json.dumps({'waivers': [a_waiver()]})}\n")
    assert check(path).stdout == f"{path}: ok (3 products, 24 services, 1 waiver)\n"


def test_an_encrypted_waiver_is_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = spoilt(tmp_path, "config:\n", "config:\n  golive:guardrails: {secure: AAAA}\n")
    result = check(path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "found an encrypted value; expected plain text" in result.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["settings", "--help"], ["settings", "check", "--help"]])
def test_helps_everywhere(arguments: list[str]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "Usage: " in result.stdout


def test_help_names_the_exit_codes() -> None:
    words = " ".join(run("settings", "check", "--help").stdout.split())
    assert "Exit codes: 0 all are well, 1 some have faults, 2 some can't be read." in words


def test_wants_a_file() -> None:
    result = check()
    assert result.exit_code == 2
    assert "Missing argument" in result.stderr
