"""A waiver accepts one named breach for a time, and everything that would let it rot is refused."""

from datetime import date, timedelta

import pytest
from guardrails.examples.kubernetes import a_container, declared, workload
from guardrails.exceptions.waivers import FIELDS, LONGEST, MOST, Waiver
from guardrails.model.findings import Verdict
from guardrails.model.resources import Resource
from guardrails.model.values import UNKNOWN, Plain
from guardrails.rule import Rule
from guardrails.rules import RULES

from tests.support.rule_forms import changed
from tests.support.waiver_data import FEW, RULE, TODAY, a_waiver, complaints, enforcing, tried

LATEST = workload(a_container(image="team/api:latest"))
SOUND = workload(a_container())


def waivers(*said: Plain) -> Plain:
    """The stack file's words."""
    return {"waivers": list(said)}


def blocked(said: Plain, *resources: Resource, today: date = TODAY, rules: tuple[Rule, ...] = FEW) -> list[str]:
    """The rules that stop the preview."""
    return [each.rule for each in tried(enforcing(said, today=today), *resources, rules=rules) if each.blocks]


def test_a_waived_breach_is_shown_and_stops_nothing() -> None:
    (finding,) = tried(enforcing(waivers(a_waiver())), *LATEST)
    assert finding.waiver is not None
    assert not finding.blocks
    assert finding.message.startswith(
        "Waived until 2031-03-31 (market, OPS-12): container 'api' (Deployment shop/market"
    )


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [None, "", "   ", 3, True, [], {}, ["x"]])
def test_every_field_is_needed_and_is_text(field: str, value: Plain) -> None:
    said = waivers(a_waiver(**{field: value}))
    (complaint, *_) = complaints(said)
    assert complaint.startswith(f"golive:guardrails.waivers[0].{field}: found ")
    assert blocked(said, *LATEST) == ["levels-and-waivers", RULE]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"rule": "image-tag-pined"}, "rule: found 'image-tag-pined', which is no rule; expected the id of a rule"),
        ({"rule": "levels-and-waivers"}, "rule: found 'levels-and-waivers', which is no rule"),
        ({"reason": "because"}, "reason: found 'because'; expected why the breach is accepted, in at least 15 char"),
        ({"ticket": "later"}, "ticket: found 'later'; expected where its end is tracked, for example OPS-123"),
        ({"ticket": "in March 2031"}, "ticket: found 'in March 2031'; expected where"),
        ({"expires": "2031-3-31"}, "expires: found '2031-3-31'; expected the last day on which it holds, in quotes"),
        ({"expires": "20310331"}, "expires: found '20310331'; expected the last day"),
        ({"expires": "2031-02-30"}, "expires: found '2031-02-30'; expected the last day"),
        ({"expires": "never"}, "expires: found 'never'; expected the last day"),
        ({"expires": "2031-03-31T00:00:00Z"}, "expires: found '2031-03-31T00:00:00Z'; expected the last day"),
        ({"expires": "2031-02-28"}, "expires: found 2031-02-28, which was 1 day ago; expected a day to come"),
        ({"expires": "2030-03-01"}, "expires: found 2030-03-01, which was 365 days ago; expected a day to come"),
        ({"expires": "2031-05-31"}, "expires: found 2031-05-31, in 91 days; expected a day at most 90 days ahead"),
        ({"expires": "9999-12-31"}, "expires: found 9999-12-31, in "),
        (
            {"reason": "for the time being\x1b[2K"},
            "reason: found 'for the time being\\x1b[2K'; expected why the breach",
        ),
        ({"owner": "market\x07"}, "owner: found 'market\\x07'; expected who answers for it"),
        ({"ticket": "OPS-1\u202e"}, "ticket: found 'OPS-1\\u202e'; expected where its end is tracked"),
        ({"un\ntil": "x"}, "'un\\ntil': found an unknown key; expected one of rule, resource"),
        ({"until": "x"}, "until: found an unknown key; expected one of rule, resource, owner, reason, ticket, expires"),
        ({"resource": "*"}, "resource: found '*'; expected Kind/namespace/name"),
        ({"resource": "*/*/*"}, "resource: found '*/*/*'; expected"),
        ({"resource": "Deployment/*/*"}, "resource: found 'Deployment/*/*'; expected"),
        ({"resource": "Deployment/shop/*"}, "resource: found 'Deployment/shop/*'; expected"),
        ({"resource": "Deployment/*/api"}, "resource: found 'Deployment/*/api'; expected"),
        ({"resource": "Deployment/shop/*a*"}, "resource: found 'Deployment/shop/*a*'; expected"),
        ({"resource": "Deploy*/shop/api"}, "resource: found 'Deploy*/shop/api'; expected"),
        ({"resource": "Deployment"}, "resource: found 'Deployment'; expected"),
        ({"resource": "Deployment/shop/api/x"}, "resource: found 'Deployment/shop/api/x'; expected"),
        ({"resource": "Deployment//api"}, "resource: found 'Deployment//api'; expected"),
        ({"resource": "Deployment/shop/[a-z]"}, "resource: found 'Deployment/shop/[a-z]'; expected"),
        ({"resource": "Deployment/shop/api\n"}, "resource: found 'Deployment/shop/api\\n'; expected"),
    ],
)
def test_what_would_rot_is_refused_and_waives_nothing(changes: dict[str, Plain], complaint: str) -> None:
    said = waivers(a_waiver(**changes))
    (found,) = complaints(said)
    assert found.startswith(f"golive:guardrails.waivers[0].{complaint}")
    assert blocked(said, *LATEST) == ["levels-and-waivers", RULE]


@pytest.mark.parametrize("entry", [None, "x", 3, ["x"]])
def test_a_waiver_is_a_map(entry: Plain) -> None:
    (found,) = complaints(waivers(entry))
    assert found.startswith("golive:guardrails.waivers[0]: found ")
    assert found.endswith("; expected a map with rule, resource, owner, reason, ticket, expires")


def test_waivers_are_a_list() -> None:
    assert complaints({"waivers": a_waiver()}) == [
        (
            "golive:guardrails.waivers: found a map; "
            "expected a list of maps with rule, resource, owner, reason, ticket, expires"
        )
    ]


def test_a_waiver_holds_on_its_last_day_and_not_on_the_next() -> None:
    said, last = waivers(a_waiver()), date(2031, 3, 31)
    assert blocked(said, *LATEST, today=last) == []
    assert blocked(said, *LATEST, today=last + timedelta(days=1)) == ["levels-and-waivers", RULE]


def test_a_waiver_reaches_as_far_as_it_may() -> None:
    said = waivers(a_waiver())
    assert blocked(said, *LATEST, today=date(2031, 3, 31) - timedelta(days=LONGEST)) == []
    assert blocked(said, *LATEST, today=date(2031, 3, 31) - timedelta(days=LONGEST + 1)) == ["levels-and-waivers", RULE]


def test_days_left_are_counted_from_today() -> None:
    (waiver,) = enforcing(waivers(a_waiver())).waivers
    assert (waiver.days_left(TODAY), waiver.days_left(date(2031, 3, 31)), waiver.days_left(date(2031, 4, 2))) == (
        30,
        0,
        -2,
    )


def test_an_expired_waiver_is_still_listed() -> None:
    (waiver,) = enforcing(waivers(a_waiver(expires="2031-02-01"))).waivers
    assert (waiver.holds, waiver.days_left(TODAY)) == (False, -28)


def test_a_waiver_that_nothing_needs_is_refused() -> None:
    (finding,) = tried(enforcing(waivers(a_waiver())), *SOUND)
    assert finding.blocks
    assert finding.says == (
        "Pulumi.prod.yaml: golive:guardrails.waivers[0]: found a waiver of image-tag-pinned for "
        "Deployment/shop/marketplace that nothing needs; expected waivers of breaches that exist. Remove it"
    )


def test_a_waiver_of_a_rule_that_was_not_asked_may_be_needed() -> None:
    said = enforcing(waivers(a_waiver()))
    assert tried(said, *SOUND, rules=[]) == []


def test_a_waiver_of_a_cloud_resource_may_be_needed_where_only_manifests_are_judged() -> None:
    said = enforcing(waivers(a_waiver(rule="bucket-versioned", resource="BucketV2/artifacts")))
    cloud = tuple(rule for rule in RULES if rule.id == "bucket-versioned")
    assert tried(said, *SOUND, rules=cloud, complete=False) == []
    assert [each.blocks for each in tried(said, *SOUND, rules=cloud)] == [True]


def test_nobody_knows_what_a_resource_needs_that_was_not_judged() -> None:
    said = enforcing(waivers(a_waiver()))
    lost = changed(SOUND[0], ("metadata", "namespace"), UNKNOWN)
    assert tried(said, read=lambda: list(SOUND)) == []
    assert tried(said, read=lambda: [lost]) == []
    other = changed(SOUND[0], ("metadata", "name"), "other")
    assert [each.blocks for each in tried(said, read=lambda: [other])] == [True]


def test_a_stack_that_cannot_be_read_is_refused_and_calls_no_waiver_unused() -> None:
    def torn() -> list[Resource]:
        raise RuntimeError

    findings = tried(enforcing(waivers(a_waiver())), read=torn, rules=RULES)
    assert {each.rule for each in findings} == {rule.id for rule in RULES if rule.is_about_stack}
    assert all(each.blocks for each in findings)


def test_the_same_waiver_twice_is_refused() -> None:
    said = waivers(a_waiver(), a_waiver(ticket="OPS-13"))
    assert complaints(said) == [
        (
            "golive:guardrails.waivers[1]: found a second waiver for the same rule and resource; "
            "expected one waiver for each rule and resource; waivers[0] is the same. Remove one of them"
        )
    ]
    assert blocked(said, *LATEST) == ["levels-and-waivers"]


def test_a_stack_has_only_so_many_waivers() -> None:
    many = [a_waiver(resource=f"Deployment/shop/api{number}") for number in range(MOST + 2)]
    assert complaints(waivers(*many)) == [
        f"golive:guardrails.waivers[{MOST}]: found waiver {MOST + 1}; expected at most {MOST} in one stack",
        f"golive:guardrails.waivers[{MOST + 1}]: found waiver {MOST + 2}; expected at most {MOST} in one stack",
    ]
    assert [waiver.holds for waiver in enforcing(waivers(*many)).waivers] == [True] * MOST + [False] * 2


@pytest.mark.parametrize(
    "resource",
    ["Deployment/shop/marketplace", "Deployment/shop/market*", "Deployment/shop/*place", "Deployment/sho*/*rke*"],
)
def test_a_pattern_covers_what_it_names(resource: str) -> None:
    assert blocked(waivers(a_waiver(resource=resource)), *LATEST) == []


@pytest.mark.parametrize(
    "resource",
    [
        "Deployment/shop/market",
        "Deployment/shop/marketplaces",
        "Deployment/shop/MARKETPLACE",
        "Deployment/other/marketplace",
        "Deployment/marketplace",
        "StatefulSet/shop/marketplace",
        "deployment/shop/marketplace",
        "Deployment/shop/mar.etplace",
        "Deployment/shop/place*",
    ],
)
def test_a_pattern_covers_nothing_else(resource: str) -> None:
    assert blocked(waivers(a_waiver(resource=resource)), *LATEST) == [RULE, "levels-and-waivers"]


def test_a_waiver_covers_one_rule_only() -> None:
    both = workload(a_container(image="team/api:latest", resources=None))
    assert set(blocked(waivers(a_waiver()), *both)) == {"limits", "requests"}


def test_what_nobody_can_decide_is_never_waived() -> None:
    said = waivers(a_waiver())
    findings = tried(enforcing(said), *workload(a_container(image=UNKNOWN)))
    (about_image,) = [each for each in findings if each.rule == RULE]
    assert about_image.verdict is Verdict.UNDECIDABLE
    assert about_image.blocks


def test_an_object_in_an_unknown_namespace_is_never_covered() -> None:
    (shop,) = workload(a_container(image="team/api:latest"))
    lost = changed(shop, ("metadata", "namespace"), UNKNOWN)
    for resource in ("Deployment/marketplace", "Deployment/shop/marketplace"):
        assert RULE in blocked(waivers(a_waiver(resource=resource)), lost)


def test_one_item_of_a_list_is_covered_by_its_own_name() -> None:
    items: list[Plain] = [each.props for name in ("a", "b") for each in _named(name)]
    listed = Resource(type="kubernetes:core/v1:List", name="all", props={"items": items}, urn="urn:list")
    findings = tried(enforcing(waivers(a_waiver(resource="Deployment/shop/a"))), listed)
    assert [(each.path[:8], each.blocks) for each in findings] == [("items[0]", False), ("items[1]", True)]


def test_a_resource_of_another_package_goes_by_its_type_and_its_name_in_the_program() -> None:
    key = declared("aws:kms/key:Key", "data", namespace=None)
    found, *_ = [each.rule for each in tried(enforcing(None), key, rules=RULES)]
    said = waivers(a_waiver(rule=found, resource="Key/data"))
    assert found not in blocked(said, key, rules=RULES)


def test_a_breach_among_several_objects_is_waived_at_the_one_that_it_is_shown_at() -> None:
    shop = declared("kubernetes:core/v1:Namespace", "shop", namespace=None)
    bare = {each.rule for each in tried(enforcing(None), shop, rules=RULES)}
    assert "namespace-default-deny" in bare
    said = waivers(a_waiver(rule="namespace-default-deny", resource="Namespace/shop"))
    assert set(blocked(said, shop, rules=RULES)) == bare - {"namespace-default-deny"}


def test_a_reason_of_several_lines_is_read_as_one() -> None:
    (waiver,) = enforcing(waivers(a_waiver(reason="The release of v2\nwaits\nfor its audit.\n"))).waivers
    assert (waiver.holds, waiver.reason) == (True, "The release of v2 waits for its audit.")


def test_a_waiver_is_read_as_it_was_written() -> None:
    (waiver,) = enforcing(waivers(a_waiver())).waivers
    assert waiver == Waiver(
        rule=RULE,
        resource="Deployment/shop/marketplace",
        owner="market",
        reason="The release of v2 waits for its audit.",
        ticket="OPS-12",
        expires=date(2031, 3, 31),
        path="waivers[0]",
    )


def _named(name: str) -> tuple[Resource, ...]:
    (one,) = workload(a_container(image="team/api:latest"))
    props = one.props
    assert isinstance(props, dict)
    whole: Plain = {**props, "metadata": {"name": name, "namespace": "shop"}}
    return (Resource(type=one.type, name=name, props=whole),)
