"""Keys and their aliases."""

from toolchain.plugins.aws_deploying.api import Api, Given, Gone
from toolchain.plugins.aws_deploying.kind import Kind, no_change, pairs, retag, some, unpaired


def _key_tags(api: Api, identity: str) -> dict[str, str]:
    return unpaired(api("kms", "list_resource_tags", KeyId=identity)["Tags"], "TagKey", "TagValue")


def _key(api: Api, given: Given) -> tuple[str, Given]:
    asked = some(given, Description="description", Policy="policy", KeyUsage="keyUsage")
    tags = pairs(given.get("tags"), "TagKey", "TagValue")
    made = api("kms", "create_key", **asked, Tags=tags)["KeyMetadata"]
    _rotation(api, made["KeyId"], given)
    return made["KeyId"], {"arn": made["Arn"], "keyId": made["KeyId"]}


def _rotation(api: Api, identity: str, given: Given) -> None:
    if given.get("enableKeyRotation"):
        asked = some(given, RotationPeriodInDays="rotationPeriodInDays")
        api("kms", "enable_key_rotation", KeyId=identity, **asked)
    else:
        api("kms", "disable_key_rotation", KeyId=identity)


def _found_key(api: Api, identity: str, _state: Given) -> Given:
    found = api("kms", "describe_key", KeyId=identity)["KeyMetadata"]
    if found["KeyState"] == "PendingDeletion":
        raise Gone(identity)
    return {
        "description": found.get("Description"),
        "enableKeyRotation": api("kms", "get_key_rotation_status", KeyId=identity)["KeyRotationEnabled"],
        "tags": _key_tags(api, identity),
    }


def _describe_key(api: Api, identity: str, given: Given) -> None:
    api("kms", "update_key_description", KeyId=identity, Description=given.get("description") or "")


def _key_policy(api: Api, identity: str, given: Given) -> None:
    api("kms", "put_key_policy", KeyId=identity, PolicyName="default", Policy=given["policy"])


def _no_key(api: Api, identity: str, state: Given) -> None:
    asked = some(state, PendingWindowInDays="deletionWindowInDays")
    api("kms", "schedule_key_deletion", KeyId=identity, **asked)


def _alias(api: Api, given: Given) -> tuple[str, Given]:
    api("kms", "create_alias", AliasName=given["name"], TargetKeyId=given["targetKeyId"])
    return given["name"], {"arn": _found_alias_of(api, given["name"])["AliasArn"]}


def _found_alias_of(api: Api, name: str) -> Given:
    found = [each for each in api("kms", "list_aliases")["Aliases"] if each["AliasName"] == name]
    if not found:
        raise Gone(name)
    one: Given = found[0]
    return one


def _found_alias(api: Api, identity: str, _state: Given) -> Given:
    return {"targetKeyId": _found_alias_of(api, identity).get("TargetKeyId")}


def _move_alias(api: Api, identity: str, given: Given) -> None:
    api("kms", "update_alias", AliasName=identity, TargetKeyId=given["targetKeyId"])


def _no_alias(api: Api, identity: str, _state: Given) -> None:
    api("kms", "delete_alias", AliasName=identity)


KINDS: dict[str, Kind] = {
    "aws:kms/key:Key": Kind(
        service="kms",
        takes=frozenset(
            {"description", "policy", "keyUsage", "enableKeyRotation", "rotationPeriodInDays"}
            | {"deletionWindowInDays", "tags", "region"}
        ),
        create=_key,
        find=_found_key,
        delete=_no_key,
        changes={
            "description": _describe_key,
            "policy": _key_policy,
            "enableKeyRotation": _rotation,
            "rotationPeriodInDays": _rotation,
            "deletionWindowInDays": no_change,
            "tags": retag("kms", "KeyId", _key_tags, lambda tags: pairs(tags, "TagKey", "TagValue"), "TagKeys"),
        },
    ),
    "aws:kms/alias:Alias": Kind(
        service="kms",
        takes=frozenset({"name", "targetKeyId", "region"}),
        create=_alias,
        find=_found_alias,
        delete=_no_alias,
        changes={"targetKeyId": _move_alias},
    ),
}
