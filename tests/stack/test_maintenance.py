"""A product that is closed is answered for at the edge, in every region, and everything else goes on as before."""

from typing import Any

import pytest
from pydantic import ValidationError

from catalog import PRODUCTS
from components.aws.edge.maintenance import LONGEST_PAGE, MaintenancePage, MaintenancePageArgs, page
from settings.errors import SettingsError
from settings.holds import environment_fingerprint, fingerprint
from settings.load import parse
from settings.models import Settings
from stack.build import build
from stack.resolve import join
from tests.support.aws_plan import TAGS, plan_aws, refused
from tests.support.plan import plan
from tests.support.scripted_history import settings
from tests.support.shipped import planned

NOTICE = "Back at 14:00 UTC."
RULE = "aws:lb/listenerRule:ListenerRule"
GIVEN: dict[str, Any] = {
    "product": "optibid",
    "domain": "optibid.254carbon.ai",
    "notice": NOTICE,
    "listener": "arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/golive-prod/a/b",
    "priority": 2,
    "region": "us-east-1",
    "tags": TAGS,
}


def closed(stack: str, **maintenance: str) -> Settings:
    """The settings of a shipped stack with products closed."""
    return parse({**settings(stack), "maintenance": maintenance}, f"Pulumi.{stack}.yaml")


def test_one_rule_answers_for_one_domain() -> None:
    found = plan_aws(lambda: MaintenancePage("optibid", MaintenancePageArgs.model_validate(GIVEN)))

    (rule,) = (each.inputs for each in found if each.type == RULE)
    assert rule["conditions"] == [{"hostHeader": {"values": ["optibid.254carbon.ai"]}}]
    answer = {"contentType": "text/html", "statusCode": "503", "messageBody": page(NOTICE)}
    assert rule["actions"] == [{"type": "fixed-response", "fixedResponse": answer}]
    assert rule["priority"] == 2
    assert refused(found) == {}


def test_the_page_says_it_and_nothing_else() -> None:
    said = page("<script>Überall & \U0001f600</script>")

    assert "<p>&lt;script&gt;&#220;berall &amp; &#128512;&lt;/script&gt;</p>" in said
    assert said.isascii()


@pytest.mark.parametrize("worst", ["\U0001f600", "&", '"'])
def test_whatever_a_notice_may_be_fits(worst: str) -> None:
    (notice,) = (closed("prod", optibid=worst * 100).maintenance or {}).values()

    assert len(page(notice)) <= LONGEST_PAGE
    with pytest.raises(ValidationError, match="expected a page of at most 1024 characters"):
        MaintenancePageArgs.model_validate({**GIVEN, "notice": "&" * 200})


def test_a_stack_answers_in_both_regions_and_changes_nothing_else() -> None:
    before = {each.path: each for each in planned("prod")}
    after = {each.path: each for each in plan(lambda: build(closed("prod", optibid=NOTICE)), stack_name="prod")}

    new = sorted(path for path in set(after) - set(before) if after[path].type == RULE)
    names = [path.rpartition("::")[2] for path in new]
    assert names == ["edge-us-east-1-optibid-maintenance-rule", "edge-us-west-2-optibid-maintenance-rule"]
    both = closed("prod", optibid=NOTICE, **{"market-intelligence": NOTICE})
    rules = [each.inputs for each in plan(lambda: build(both), stack_name="prod") if each.type == RULE]
    places = {rule["conditions"][0]["hostHeader"]["values"][0]: rule["priority"] for rule in rules}
    assert len(set(places.values())) == len(places) == 2
    assert places["optibid.254carbon.ai"] == after[new[0]].inputs["priority"]
    assert all(after[path].inputs == each.inputs for path, each in before.items())


@pytest.mark.parametrize(
    ("stack", "maintenance", "words"),
    [
        ("dev", {"optibid": NOTICE}, "maintenance.optibid: found 'Back at 14:00 UTC.', and no aws.edge to say it at"),
        ("prod", {"optibit": NOTICE}, "found a product that does not run here; expected one of "),
        ("prod", {"optibid": ""}, 'maintenance.optibid: found ""; expected a line'),
        ("prod", {"optibid": "a" * 101}, "expected a line of at most 100 characters"),
    ],
)
def test_refused_in_words(stack: str, maintenance: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        join(closed(stack, **maintenance), PRODUCTS)

    assert words in str(refusal.value)


def test_a_release_is_the_same_closed_and_open_and_what_is_deployed_is_not() -> None:
    shut, open_ = closed("prod", optibid=NOTICE), parse(settings("prod"), "Pulumi.prod.yaml")

    assert environment_fingerprint(shut) == environment_fingerprint(open_)
    assert fingerprint(shut) != fingerprint(open_)
