"""Roles, policies, and the providers whose tokens are trusted."""

import json
from collections.abc import Callable
from urllib.parse import unquote

from toolchain.plugins.aws_deploying.api import Api, Given, Gone
from toolchain.plugins.aws_deploying.kind import Kind, pairs, some, unpaired

SEPARATOR = ":"


def _document(text: object) -> object:
    """Read a policy that comes back as JSON, as text or quoted for an address."""
    return text if isinstance(text, dict) else json.loads(unquote(str(text)))


def _same(text: object, state: Given, field: str) -> object:
    """Return the state's own text where the document is the same, for AWS writes it in its own way."""
    given = state.get(field)
    known = json.loads(given) if isinstance(given, str) else given
    return given if _document(text) == known else json.dumps(_document(text))


def _role(api: Api, given: Given) -> tuple[str, Given]:
    made = api(
        "iam",
        "create_role",
        **some(
            given,
            RoleName="name",
            AssumeRolePolicyDocument="assumeRolePolicy",
            Description="description",
            MaxSessionDuration="maxSessionDuration",
            PermissionsBoundary="permissionsBoundary",
            Path="path",
        ),
        Tags=pairs(given.get("tags")),
    )["Role"]
    return made["RoleName"], {"arn": made["Arn"], "uniqueId": made["RoleId"]}


def _found_role(api: Api, identity: str, state: Given) -> Given:
    found = api("iam", "get_role", RoleName=identity)["Role"]
    return {
        "assumeRolePolicy": _same(found["AssumeRolePolicyDocument"], state, "assumeRolePolicy"),
        "description": found.get("Description"),
        "maxSessionDuration": found.get("MaxSessionDuration"),
        "permissionsBoundary": found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "tags": unpaired(found.get("Tags")),
    }


def _trust(api: Api, identity: str, given: Given) -> None:
    api("iam", "update_assume_role_policy", RoleName=identity, PolicyDocument=given["assumeRolePolicy"])


def _describe(api: Api, identity: str, given: Given) -> None:
    asked = some(given, Description="description", MaxSessionDuration="maxSessionDuration")
    api("iam", "update_role", RoleName=identity, **asked)


def _bound(api: Api, identity: str, given: Given) -> None:
    boundary = given.get("permissionsBoundary")
    if boundary:
        api("iam", "put_role_permissions_boundary", RoleName=identity, PermissionsBoundary=boundary)
    else:
        api("iam", "delete_role_permissions_boundary", RoleName=identity)


def _tag(what: str, parameter: str) -> Callable[[Api, str, Given], None]:
    def change(api: Api, identity: str, given: Given) -> None:
        name = {parameter: identity}
        wanted = given.get("tags") or {}
        there = unpaired(api("iam", f"list_{what}_tags", **name)["Tags"])
        gone = [key for key in there if key not in wanted]
        if gone:
            api("iam", f"untag_{what}", **name, TagKeys=gone)
        api("iam", f"tag_{what}", **name, Tags=pairs(wanted))

    return change


def _no_role(api: Api, identity: str, _state: Given) -> None:
    api("iam", "delete_role", RoleName=identity)


def _put_inline(api: Api, identity: str, given: Given) -> None:
    role, _, name = identity.partition(SEPARATOR)
    api("iam", "put_role_policy", RoleName=role, PolicyName=name, PolicyDocument=given["policy"])


def _inline(api: Api, given: Given) -> tuple[str, Given]:
    identity = f"{given['role']}{SEPARATOR}{given['name']}"
    _put_inline(api, identity, given)
    return identity, {}


def _found_inline(api: Api, identity: str, state: Given) -> Given:
    role, _, name = identity.partition(SEPARATOR)
    found = api("iam", "get_role_policy", RoleName=role, PolicyName=name)
    return {"policy": _same(found["PolicyDocument"], state, "policy")}


def _no_inline(api: Api, identity: str, _state: Given) -> None:
    role, _, name = identity.partition(SEPARATOR)
    api("iam", "delete_role_policy", RoleName=role, PolicyName=name)


def _attach(api: Api, given: Given) -> tuple[str, Given]:
    api("iam", "attach_role_policy", RoleName=given["role"], PolicyArn=given["policyArn"])
    return f"{given['role']}/{given['policyArn']}", {}


def _attached(api: Api, identity: str, state: Given) -> Given:
    found = api("iam", "list_attached_role_policies", RoleName=state["role"])["AttachedPolicies"]
    if state["policyArn"] not in [each["PolicyArn"] for each in found]:
        raise Gone(identity)
    return {}


def _detach(api: Api, _identity: str, state: Given) -> None:
    api("iam", "detach_role_policy", RoleName=state["role"], PolicyArn=state["policyArn"])


def _policy(api: Api, given: Given) -> tuple[str, Given]:
    asked = some(given, PolicyName="name", PolicyDocument="policy", Description="description", Path="path")
    made = api("iam", "create_policy", **asked, Tags=pairs(given.get("tags")))["Policy"]
    return made["Arn"], {"arn": made["Arn"], "policyId": made["PolicyId"]}


def _found_policy(api: Api, identity: str, state: Given) -> Given:
    found = api("iam", "get_policy", PolicyArn=identity)["Policy"]
    version = api("iam", "get_policy_version", PolicyArn=identity, VersionId=found["DefaultVersionId"])
    return {
        "policy": _same(version["PolicyVersion"]["Document"], state, "policy"),
        "tags": unpaired(found.get("Tags")),
    }


def _rewrite(api: Api, identity: str, given: Given) -> None:
    """Write a new version and take away the others: AWS keeps five and no more."""
    new = api("iam", "create_policy_version", PolicyArn=identity, PolicyDocument=given["policy"], SetAsDefault=True)
    for version in api("iam", "list_policy_versions", PolicyArn=identity)["Versions"]:
        if version["VersionId"] != new["PolicyVersion"]["VersionId"]:
            api("iam", "delete_policy_version", PolicyArn=identity, VersionId=version["VersionId"])


def _no_policy(api: Api, identity: str, _state: Given) -> None:
    api("iam", "delete_policy", PolicyArn=identity)


def _issuer(api: Api, given: Given) -> tuple[str, Given]:
    asked = some(given, Url="url", ClientIDList="clientIdLists", ThumbprintList="thumbprintLists")
    made = api("iam", "create_open_id_connect_provider", **asked, Tags=pairs(given.get("tags")))
    return made["OpenIDConnectProviderArn"], {"arn": made["OpenIDConnectProviderArn"]}


def _found_issuer(api: Api, identity: str, _state: Given) -> Given:
    found = api("iam", "get_open_id_connect_provider", OpenIDConnectProviderArn=identity)
    return {"clientIdLists": found["ClientIDList"], "tags": unpaired(found.get("Tags"))}


def _no_issuer(api: Api, identity: str, _state: Given) -> None:
    api("iam", "delete_open_id_connect_provider", OpenIDConnectProviderArn=identity)


KINDS: dict[str, Kind] = {
    "aws:iam/role:Role": Kind(
        service="iam",
        takes=frozenset(
            {"name", "assumeRolePolicy", "description", "maxSessionDuration", "permissionsBoundary", "path", "tags"}
        ),
        create=_role,
        find=_found_role,
        delete=_no_role,
        changes={
            "assumeRolePolicy": _trust,
            "description": _describe,
            "maxSessionDuration": _describe,
            "permissionsBoundary": _bound,
            "tags": _tag("role", "RoleName"),
        },
    ),
    "aws:iam/rolePolicy:RolePolicy": Kind(
        service="iam",
        takes=frozenset({"name", "role", "policy"}),
        create=_inline,
        find=_found_inline,
        delete=_no_inline,
        changes={"policy": _put_inline},
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Kind(
        service="iam", takes=frozenset({"role", "policyArn"}), create=_attach, find=_attached, delete=_detach
    ),
    "aws:iam/policy:Policy": Kind(
        service="iam",
        takes=frozenset({"name", "policy", "description", "path", "tags"}),
        create=_policy,
        find=_found_policy,
        delete=_no_policy,
        changes={"policy": _rewrite, "tags": _tag("policy", "PolicyArn")},
    ),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": Kind(
        service="iam",
        takes=frozenset({"url", "clientIdLists", "thumbprintLists", "tags"}),
        create=_issuer,
        find=_found_issuer,
        delete=_no_issuer,
        changes={"tags": _tag("open_id_connect_provider", "OpenIDConnectProviderArn")},
    ),
}
