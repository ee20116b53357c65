"""What a preview's trial came to, as JSON in a file that `GOLIVE_TRANSCRIPT` names; `golive report` reads it.

The pack only ever writes it: nothing in the file, and no failure to write it, changes what is refused. It is replaced
in one step, and it says that the trial is not over until it is, so a preview that ended early leaves no clean report.
"""

import json
import os
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

from guardrails.evaluation.session import EvaluationSession
from guardrails.exceptions.enforcement import EnforcedFinding
from guardrails.exceptions.object_identity import item_of, opened, passes
from guardrails.exceptions.waivers import FIELDS, Waiver

VARIABLE: Final = "GOLIVE_TRANSCRIPT"
SCHEMA: Final = 1
MARK: Final = b'{"golive": "transcript"'
"""How every transcript begins. A file that begins otherwise, and is not empty, is left alone."""

Json: TypeAlias = dict[str, Any]


def begin(stack: str, environment: Mapping[str, str]) -> None:
    """Say that a trial of this stack is on, where a transcript is wanted."""
    _write(environment, {"stack": stack, "over": False})


def finish(trial: EvaluationSession, environment: Mapping[str, str]) -> None:
    """Write down the whole trial, where a transcript is wanted."""
    if environment.get(VARIABLE):
        _write(environment, {"stack": trial.enforcement.stack, "over": True, **_told(trial)})


def _told(trial: EvaluationSession) -> Json:
    objects: list[Json] = []
    positions: dict[tuple[str, str], int] = {}
    findings: list[Json] = []
    broken: dict[str, set[tuple[str, str | None]]] = defaultdict(set)
    resources = {urn: opened(resource) for urn, resource in trial.resources.items()}
    for urn, its in resources.items():
        for item, one in its.items():
            positions[urn, item] = len(objects)
            name = one.identity
            objects.append({"urn": urn, "kind": name.kind, "namespace": name.namespace, "name": name.name})
    for finding in trial.findings:
        its_item = item_of(finding.path, resources.get(finding.urn, {}))
        broken[finding.urn].add((finding.rule, its_item))
        findings.append(_finding(finding, None if its_item is None else positions[finding.urn, its_item]))
    everywhere = {(rule, None) for rule, _ in broken.pop("", ())}
    passed: dict[str, list[int]] = defaultdict(list)
    for urn, its in resources.items():
        for rule, item in passes(trial.rules, its, broken[urn] | everywhere):
            passed[rule.id].append(positions[urn, item])
    return {
        "today": trial.enforcement.today.isoformat(),
        "rules": [rule.id for rule in trial.rules],
        "objects": objects,
        "findings": findings,
        "passed": passed,
        "waivers": [_waiver(waiver) for waiver in trial.enforcement.waivers],
    }


def _finding(finding: EnforcedFinding, position: int | None) -> Json:
    return {
        "rule": finding.rule,
        "level": finding.level.value,
        "object": position,
        "urn": finding.urn,
        "path": finding.path,
        "message": f"{finding.says}.",
        "fix": finding.fix,
        "waiver": finding.waiver.path if finding.waiver is not None else None,
    }


def _waiver(waiver: Waiver) -> Json:
    said = {field: getattr(waiver, field) for field in FIELDS}
    return {**said, "expires": waiver.expires.isoformat(), "path": waiver.path, "holds": waiver.holds}


def _write(environment: Mapping[str, str], told: Json) -> None:
    name = environment.get(VARIABLE)
    if not name:
        return
    path = Path(name)
    try:
        if path.exists() and not _is_ours(path):
            _warn(f"{name} is no transcript of golive and is left alone. Name another file.")
            return
        text = MARK.decode() + ", " + json.dumps({"schema": SCHEMA, **told}).removeprefix("{") + "\n"
        half = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            half.write_text(text, encoding="utf-8", errors="backslashreplace")
            half.replace(path)
        finally:
            half.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "no file can have this path"
        _warn(f"{name} can't be written ({reason.lower()}), so this preview has no report. Name a file in a folder.")


def _is_ours(path: Path) -> bool:
    with path.open("rb") as before:
        return before.read(len(MARK)) in {MARK, b""}


def _warn(words: str) -> None:
    print(f"{VARIABLE}: {words}", file=sys.stderr, flush=True)  # noqa: T201 - the pack has no other voice here
