"""The CI system has two roles, for named jobs, within bounds, and nobody has a key."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from components.aws.deploy_rights import LONGEST_POLICY, boundary, deploy_rights, preview_rights
from components.aws.iam import Place, Statement, policy
from components.aws.identity import Identity, IdentityArgs
from tests.support.aws_plan import KEY, TAGS, plan_aws, refused
from tests.support.plan import Planned, named

PLACE = Place(account="111122223333", region="us-east-1", name="golive-prod")
REGIONS = ("us-east-1", "us-west-2")
STATE = "golive-state"
PREVIEW = "repo:254carbon/platform:pull_request"
DEPLOY = "repo:254carbon/platform:environment:prod"
GOOD: dict[str, Any] = {
    "place": PLACE,
    "regions": REGIONS,
    "issuer": "token.actions.githubusercontent.com",
    "preview": [PREVIEW],
    "deploy": [DEPLOY],
    "state": {"bucket": STATE, "key": KEY},
    "tags": TAGS,
}
DEPLOYING = deploy_rights(PLACE, REGIONS, STATE, KEY)


def planned(**changes: object) -> tuple[Planned, ...]:
    return plan_aws(lambda: Identity("ci", IdentityArgs.model_validate({**GOOD, **changes})))


@pytest.fixture(scope="module")
def whole() -> tuple[Planned, ...]:
    return planned()


def test_the_pack_finds_nothing_wrong(whole: tuple[Planned, ...]) -> None:
    assert refused(whole) == {}


@pytest.mark.parametrize(("role", "subject"), [("preview", PREVIEW), ("deploy", DEPLOY)])
def test_each_role_trusts_its_own_jobs_only(whole: tuple[Planned, ...], role: str, subject: str) -> None:
    made = named(whole, f"ci-{role}").inputs
    (statement,) = json.loads(made["assumeRolePolicy"])["Statement"]
    issuer = "token.actions.githubusercontent.com"
    assert statement["Principal"] == {"Federated": f"arn:aws:iam::111122223333:oidc-provider/{issuer}"}
    said = {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": subject}
    assert statement["Condition"] == {"StringEquals": said}
    assert made["maxSessionDuration"] == 3600
    assert named(whole, "ci-provider").path in named(whole, f"ci-{role}").after


def test_there_is_no_user_and_no_key(whole: tuple[Planned, ...]) -> None:
    assert not [each.path for each in whole if each.type.rpartition(":")[2] in {"User", "AccessKey", "Group"}]


def test_another_stacks_provider_is_used_where_there_is_one() -> None:
    assert not [each for each in planned(provider_exists=True) if each.type.endswith(":OpenIdConnectProvider")]


def actions(statements: tuple[Statement, ...]) -> set[str]:
    return {action for each in statements for action in each.actions if each.effect == "Allow"}


def test_who_previews_writes_nothing(whole: tuple[Planned, ...]) -> None:
    verbs = {action.partition(":")[2] for action in actions(preview_rights(STATE, KEY))}
    assert all(verb.startswith(("Get", "List", "Describe", "Decrypt")) for verb in verbs)
    attached = [each.inputs.get("policyArn") for each in whole if each.name.startswith("ci-preview-")]
    assert "arn:aws:iam::aws:policy/SecurityAudit" in attached


@pytest.mark.parametrize("part", [*DEPLOYING, "boundary"])
def test_each_policy_fits(part: str) -> None:
    statements = boundary(PLACE, REGIONS) if part == "boundary" else DEPLOYING[part]
    assert len("".join(policy(*statements).split())) <= LONGEST_POLICY


def test_a_role_has_no_more_policies_than_iam_lets_it_have(whole: tuple[Planned, ...]) -> None:
    attached = [each for each in whole if each.type.endswith(":RolePolicyAttachment") and "ci-deploy" in each.name]
    assert len(attached) <= 10


def test_whoever_deploys_makes_no_role_without_the_boundary() -> None:
    roles = {each.sid: each for each in DEPLOYING["roles"]}
    bound = "arn:aws:iam::111122223333:policy/golive-prod-boundary"
    assert roles["RolesWithinBounds"].conditions == {"StringEquals": {"iam:PermissionsBoundary": bound}}
    assert "iam:CreateRole" not in actions(tuple(each for sid, each in roles.items() if sid != "RolesWithinBounds"))
    denied = roles["NotItself"]
    assert denied.effect == "Deny"
    assert {"iam:Attach*", "iam:Put*", "iam:Update*", "iam:Delete*"} <= {*denied.actions}
    assert {bound, "arn:aws:iam::111122223333:role/golive-prod-ci-*"} <= {*denied.resources}


def test_nobody_makes_a_key_or_undoes_a_lock() -> None:
    denied = {
        action
        for each in (*DEPLOYING["roles"], *boundary(PLACE, REGIONS))
        for action in each.actions
        if each.effect == "Deny" and "*" in each.resources
    }
    assert {"iam:CreateAccessKey", "iam:CreateUser", "backup:DeleteRecoveryPoint", "kms:ScheduleKeyDeletion"} <= denied


def test_every_star_has_its_reason_and_its_place() -> None:
    for part, statements in {**DEPLOYING, "boundary": boundary(PLACE, REGIONS)}.items():
        for each in statements:
            if each.effect == "Allow" and "*" in each.resources:
                assert each.reason.strip(), (part, each.sid)
                assert each.conditions, (part, each.sid)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"deploy": ["repo:254carbon/*"]}, "should match pattern"),
        ({"deploy": []}, "at least 1 item"),
        ({"deploy": [PREVIEW]}, "expected jobs that either preview or deploy; found in both: " + PREVIEW),
        ({"preview": [PREVIEW, PREVIEW]}, "expected each job once"),
        ({"issuer": "https://example.com"}, "a domain name"),
        ({"access_key": "x"}, "Extra inputs are not permitted"),
    ],
)
def test_refuses(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        IdentityArgs.model_validate({**GOOD, **change})
