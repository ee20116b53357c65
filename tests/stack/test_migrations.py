"""A migration is prepared in its environment, runs once before any pod of its product, and says what it does."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from guardrails.rules import RULES
from ruamel.yaml import YAML

from catalog import PRODUCTS
from components.workload.migration import MigrationArgs, job_name
from golive.evaluation.manifests import judged
from golive.planning.manifests import manifests, write
from settings.errors import SettingsError
from settings.load import parse
from settings.models import Settings
from stack.build import build
from stack.resolve import join
from stack.retained import kept
from stack.validation.migrations import untimely
from tests.support.plan import LABELS, Planned, named, plan
from tests.support.stack_data import Place, changed

YEAR = 365 * 24 * 3600
TODAY = datetime(2031, 3, 8, 12, tzinfo=UTC)
RELEASE: Place = ("releases", "optibid-backend", "migration")
READY: Place = ("migrations",)
EXPAND = {"revision": "a1b2c3", "kind": "expand", "reversible": True}
BACKUP = {"verified": "2031-03-01", "ticket": "OPS-11"}
SIGNED = {"role": "database-owner", "date": "2031-03-02", "ticket": "OPS-12"}
CONTRACT = {**EXPAND, "kind": "contract"}


def settings(migration: object = EXPAND, **ready: object) -> Settings:
    """A production environment whose backend has a migration; ``ready`` changes what was done before it."""
    prepared = {"revision": "a1b2c3", "backup": BACKUP, **ready}
    said = {key: value for key, value in prepared.items() if value is not None}
    release = () if migration is None else ((RELEASE, migration),)
    return parse(changed(*release, (READY, {"optibid-backend": said})), "Pulumi.prod.yaml")


def faults(found: Settings) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        join(found, PRODUCTS)
    return [str(fault) for fault in caught.value.faults]


@pytest.fixture(scope="module")
def planned() -> tuple[Planned, ...]:
    return plan(lambda: build(settings(), at=TODAY), stack_name="prod")


def test_every_pod_of_the_product_waits_for_the_job(planned: tuple[Planned, ...]) -> None:
    job = named(planned, "optibid-backend-migration-job")
    rollouts = [each for each in planned if each.type.endswith(":Rollout")]

    assert len(rollouts) == 2
    assert [job.path in each.after for each in rollouts] == [True, True]
    assert [each for each in job.after if "ExternalSecret" in each or "NetworkPolicy" in each]
    assert job.timeouts["create"] == "3600s"


def test_the_job_runs_once_and_is_kept(planned: tuple[Planned, ...]) -> None:
    job = named(planned, "optibid-backend-migration-job")
    (container,) = job.inputs["spec"]["template"]["spec"]["containers"]

    assert (job.inputs["spec"]["backoffLimit"], job.retain) == (0, True)
    assert 10 * YEAR <= job.inputs["spec"]["ttlSecondsAfterFinished"] < 2**31, (
        "no clock ends it while it may be asked for"
    )
    assert container["command"] == ["alembic", "upgrade", "a1b2c3"]
    assert job.inputs["metadata"]["annotations"] == {"golive/migration": "expand", "golive/reversible": "true"}
    assert job.inputs["metadata"]["name"].startswith("optibid-backend-a1b2c3-")
    assert job.inputs["metadata"]["name"] in kept(settings())


def test_its_pods_reach_the_stores_and_nobody_reaches_them(planned: tuple[Planned, ...]) -> None:
    policy = named(planned, "optibid-edges-optibid-backend-migration").inputs["spec"]
    service = named(planned, "optibid-edges-optibid-backend").inputs["spec"]
    job = named(planned, "optibid-backend-migration-job").inputs["spec"]["template"]["metadata"]["labels"]

    assert policy["ingress"] == []
    assert all(each in service["egress"] for each in policy["egress"])
    assert policy["podSelector"]["matchLabels"].items() <= job.items()
    assert not named(planned, "optibid-backend-service").inputs["spec"]["selector"].items() <= job.items()


def test_it_breaks_no_rule(planned: tuple[Planned, ...], tmp_path: Path) -> None:
    write(manifests(planned), tmp_path / "manifests")

    assert [each.message for each in judged([str(tmp_path / "manifests")], RULES).findings] == []


def test_the_same_migration_has_the_same_name_and_another_one_another() -> None:
    sound: dict[str, Any] = {
        "service": "api",
        "namespace": "shop",
        "labels": LABELS,
        "image": "api:v1",
        "command": ["migrate"],
        "revision": "r1",
        "kind": "expand",
        "reversible": True,
        "resources": {
            "cpu_request": "100m",
            "cpu_limit": "1",
            "memory_request": "64Mi",
            "memory_limit": "64Mi",
        },
    }
    names = [
        job_name(MigrationArgs.model_validate({**sound, **change}))
        for change in ({}, {}, {"image": "api:v2"}, {"environment": {"A": "1"}}, {"revision": "r2"})
    ]

    assert names[0] == names[1]
    assert len(set(names)) == 4


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (parse(changed((RELEASE, EXPAND)), "Pulumi.prod.yaml"), "migrations.optibid-backend: found nothing; expected"),
        (settings(revision="old"), "migrations.optibid-backend.revision: found 'old'; expected 'a1b2c3', as in"),
        (settings({**EXPAND, "reversible": False}), "signOff: found nothing, and there is no way back behind it"),
        (settings(CONTRACT, notBefore="2031-03-08"), "signOff: found nothing, and there is no way back behind it"),
        (settings(CONTRACT, signOff=SIGNED), "notBefore: found nothing; expected the first day on which"),
        (settings(None), "migrations.optibid-backend: found a migration that no release has"),
        (
            parse(
                changed(
                    (("releases", "optibid-frontend", "migration"), EXPAND),
                    (READY, {"optibid-frontend": {"revision": "a1b2c3", "backup": BACKUP}}),
                ),
                "Pulumi.prod.yaml",
            ),
            "releases.optibid-frontend.migration: found the revision 'a1b2c3'; expected no migration",
        ),
    ],
)
def test_what_is_not_prepared_is_refused(found: Settings, words: str) -> None:
    (fault,) = faults(found)
    assert words in fault


@pytest.mark.parametrize(
    ("found", "at", "words"),
    [
        (settings(), TODAY, ()),
        (settings(CONTRACT, signOff=SIGNED, notBefore="2031-03-08"), TODAY, ()),
        (
            settings(CONTRACT, signOff=SIGNED, notBefore="2031-03-09"),
            TODAY,
            ("notBefore: found '2031-03-09', and today is 2031-03-08; expected to wait until then",),
        ),
        (settings(backup={**BACKUP, "verified": "2031-03-09"}), TODAY, ("backup.verified: found '2031-03-09', and",)),
        (
            settings({**EXPAND, "reversible": False}, signOff={**SIGNED, "date": "2031-03-09"}),
            TODAY,
            ("signOff.date: found '2031-03-09'",),
        ),
        (settings(), None, ("backup.verified: found '2031-03-01', and today is unknown",)),
        (
            settings(CONTRACT, signOff=SIGNED, notBefore="2031-03-08"),
            None,
            ("backup.verified: found", "notBefore: found", "signOff.date: found"),
        ),
    ],
)
def test_what_is_dated_later_has_not_been_done(found: Settings, at: datetime | None, words: tuple[str, ...]) -> None:
    told = [str(fault) for fault in untimely(found, at)]

    assert len(told) == len(words)
    assert all(each in fault for each, fault in zip(words, told, strict=True))


def test_a_preview_refuses_what_is_dated_later() -> None:
    found = settings(CONTRACT, signOff=SIGNED, notBefore="2031-03-09")

    with pytest.raises(SettingsError, match="the version before may still return"):
        plan(lambda: build(found, at=TODAY), stack_name="prod")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((RELEASE, {**EXPAND, "kind": "rename"}), 'kind: found "rename"; expected one of expand, contract'),
        ((RELEASE, {**EXPAND, "reversible": "yes"}), 'reversible: found "yes"; expected true or false, without quotes'),
        ((RELEASE, {**EXPAND, "revision": "A_1"}), 'revision: found "A_1"; expected a revision, in at most 20'),
        ((RELEASE, {"revision": "a1", "kind": "expand"}), "migration.reversible: found nothing"),
        ((READY, {"optibid-backend": {"revision": "a1"}}), "migrations.optibid-backend.backup: found nothing"),
        (
            (READY, {"optibid-backend": {"revision": "a1", "backup": {**BACKUP, "verified": "1.3.2031"}}}),
            "backup.verified: found \"1.3.2031\"; expected a day, quoted, for example '2031-03-01'",
        ),
        (
            (READY, {"optibid-backend": {"revision": "a1", "backup": {**BACKUP, "ticket": "soon"}}}),
            'backup.ticket: found "soon"; expected a ticket or an address',
        ),
    ],
)
def test_what_cannot_be_read_is_refused(change: tuple[Place, object], words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(changed(change), "Pulumi.prod.yaml")
    assert any(words in str(fault) for fault in caught.value.faults), caught.value.faults


def test_the_documented_example_is_sound_on_its_day() -> None:
    page = (Path(__file__).parents[2] / "docs" / "architecture.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page.split("## Migrations")[1].split("\n## ")[0], flags=re.DOTALL)
    said = YAML(typ="safe").load(example)
    found = parse(
        changed((("releases", "optibid-backend"), said["releases"]["optibid-backend"]), (READY, said["migrations"])),
        "Pulumi.prod.yaml",
    )

    assert join(found, PRODUCTS)
    assert list(untimely(found, TODAY)) == []
