"""The real engine previews what ships, and refuses what the checklists refuse."""

import os
import re
import sys
from pathlib import Path

import pytest

from tests.support.checkouts import Copy
from toolchain.engine import PROVIDERS, find, launcher

pytestmark = pytest.mark.engine

NOISE = ("Traceback", "warning:", "Warning", "DeprecationWarning", "using pulumi-", "NotImplemented")


@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_every_shipped_stack_previews_clean(copy: Copy, stack: str) -> None:
    before = {path: path.read_bytes() for path in copy.folder.glob("*") if path.is_file()}

    seen = copy.preview(stack)

    assert seen.code == 0, seen.output
    assert f"Previewing update ({stack})" in seen.output
    assert "golive-guardrails" in seen.output
    assert [word for word in NOISE if word in seen.output] == []
    assert {path: path.read_bytes() for path in copy.folder.glob("*") if path.is_file()} == before


SPOILED = {
    "run-as-non-root": "template['spec']['containers'][0]['securityContext'].update(runAsUser=0, runAsNonRoot=False)",
    "limits": "del template['spec']['containers'][0]['resources']['limits']",
    "image-tag-pinned": (  # an image that only the deployment knows
        "template['spec']['containers'][0]['image'] = pulumi.Output.concat('254carbon/marketplace:', suffix)"
    ),
}
"""What is wrong with a pod template, by the rule that says so."""


def test_a_spoiled_prod_is_refused_for_each_of_its_faults(copy: Copy) -> None:
    copy.spoil("\n".join(SPOILED.values()))

    seen = copy.preview("prod")

    assert seen.code != 0
    found = re.findall(r"\[mandatory\] \[severity: \w+\]  (\S+) .*\n.*\n\s+container 'marketplace'", seen.output)
    assert set(SPOILED) <= set(found), seen.output
    assert "Traceback" not in seen.output


def test_faults_in_the_stack_file_are_listed_at_once(copy: Copy) -> None:
    def misspell(text: str) -> str:
        return (
            text.replace("owner:", "ownr:")
            .replace("port: 3128", "port: 99999")
            .replace("cidrs: [10.20.", "cidrs: [10.999.", 1)
        )

    copy.edit("Pulumi.prod.yaml", misspell)

    seen = copy.preview("prod")

    assert seen.code != 0
    assert "Traceback" not in seen.output
    assert "platform.egress.port" in seen.output
    assert "99999" in seen.output
    assert "Did you mean 'owner'" in seen.output
    assert "10.999." in seen.output


def test_an_engine_on_path_previews_the_same(copy: Copy, tmp_path: Path) -> None:
    """The engine built here stands in for a user's own, with plugins that it finds as any engine finds them."""
    engine = find(lambda _: None)
    if engine.offline:
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "pulumi").symlink_to(engine.executable)
        for name in PROVIDERS:
            script = tmp_path / "bin" / f"pulumi-resource-{name}"
            script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m toolchain.plugins {name} "$@"\n')
            script.chmod(0o755)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"

    own = copy.preview("dev", PATH=path, GOLIVE_LAUNCHER=str(launcher(engine)), GOLIVE_PYTHON=sys.executable)

    assert own.code == 0, own.output
    assert "from PATH, with the ordinary plugins" in own.output
    assert summary(own.output) == summary(copy.preview("dev").output)


def summary(output: str) -> str:
    """The engine's own count of what it would do."""
    return output[output.index("Resources:") :].split("Duration", maxsplit=1)[0]
