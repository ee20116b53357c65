"""Reports keep the schemas that their readers expect: SARIF 2.1.0, and JUnit as build servers read it."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest
from guardrails.exceptions.waivers import Waiver

from golive.reports import as_junit, as_sarif
from tests.golive.test_reports import BROKEN, RULE, VALUES, WHOLE, a_finding, a_report
from tests.support.check_runs import BAD, GOOD, run, write
from tests.support.go_modules import Module

Validator = Callable[[Any], Any]

SCHEMA = Module(
    path="github.com/owenrumney/go-sarif/v3", version="v3.3.1", hash="h1:bKY8YnWcY8zYTiGVObC5wZLlfEvMkCxK9XMGXBbzEtQ="
)
"""A library for SARIF, which keeps the schema of OASIS as a text in its source."""
PLACE = "pkg/report/v210/sarif/schema.go"

CHILDREN: dict[str, set[str]] = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"failure", "error", "skipped"},
    "failure": set(),
    "error": set(),
    "skipped": set(),
}
"""What stands in what. Some readers know more, all know this."""
REQUIRED = {
    "testsuites": {"tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped"},
    "testcase": {"name", "classname"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message"},
}
ALLOWED = {
    "testsuites": {"name", "time"},
    "testsuite": {"time", "timestamp", "hostname", "id", "package", "file"},
    "testcase": {"time", "file", "line", "assertions"},
}


@pytest.fixture(scope="module")
def sarif_schema() -> Validator:
    """The schema of SARIF 2.1.0, ready to ask."""
    with SCHEMA.archive() as archive:
        source = archive.read(f"{SCHEMA.path}@{SCHEMA.version}/{PLACE}").decode()
    schema = json.loads(source.split("`")[1])
    assert schema["title"].endswith("(SARIF) Version 2.1.0 JSON Schema")
    ask: Validator = fastjsonschema.compile(schema)
    return ask


WAIVER = Waiver(
    rule=RULE.id,
    resource="Deployment/shop/api",
    owner="market",
    reason="The release of v2 waits for its audit.",
    ticket="OPS-12",
    expires=date(2031, 3, 31),
    path="waivers[0]",
)
REPORTS = {
    "clean": a_report(),
    "violations": a_report(a_finding(), a_finding(WHOLE, "the stack is wrong.", 0)),
    "not read and not judged": a_report(a_finding(line=0), unread=(BROKEN,), not_judged=(VALUES,)),
}
REPORTS["waived and left out"] = replace(
    a_report(passed=()),
    waived=(replace(a_finding(), waiver=WAIVER),),
    waivers=(WAIVER,),
    today=date(2031, 3, 1),
    not_asked=("probes",),
)


def by_command(folder: Path, form: str) -> str:
    """What the command itself writes about good, bad and broken files, by all rules."""
    for name, text in (("good.yaml", GOOD), ("bad.yaml", BAD), ("broken.yaml", "a: [")):
        write(folder, name, text)
    return run(folder, "--format", form).stdout


@pytest.mark.parametrize("name", REPORTS)
def test_sarif_keeps_its_schema(sarif_schema: Validator, name: str) -> None:
    sarif_schema(json.loads(as_sarif.write(REPORTS[name])))


def test_sarif_of_the_command_keeps_its_schema(sarif_schema: Validator, tmp_path: Path) -> None:
    log = json.loads(by_command(tmp_path, "sarif"))
    assert log["runs"][0]["results"]
    sarif_schema(log)


def test_the_schema_can_refuse(sarif_schema: Validator) -> None:
    log = json.loads(as_sarif.write(REPORTS["violations"]))
    log["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(fastjsonschema.JsonSchemaValueException):
        sarif_schema(log)


def kept(report: str) -> None:
    """The report is JUnit: its elements, their attributes, and sums that are right."""
    root = ET.fromstring(report)  # noqa: S314 - we have just written it
    assert root.tag == "testsuites"
    for element in root.iter():
        allowed = REQUIRED[element.tag] | ALLOWED.get(element.tag, set())
        assert REQUIRED[element.tag] <= set(element.keys()) <= allowed | {"skipped"}, element.tag
        assert {child.tag for child in element} <= CHILDREN[element.tag]
    for element in (root, *root):
        for count, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            assert int(element.attrib[count]) == len(element.findall(f".//{tag}"))
    assert all(len(case) <= 1 for case in root.iter("testcase"))


@pytest.mark.parametrize("name", REPORTS)
def test_junit_is_what_build_servers_read(name: str) -> None:
    kept(as_junit.write(REPORTS[name]))


def test_junit_of_the_command_is_what_build_servers_read(tmp_path: Path) -> None:
    kept(by_command(tmp_path, "junit"))
