"""Secrets and their values."""

from toolchain.plugins.aws_deploying.api import Api, Given, Gone
from toolchain.plugins.aws_deploying.kind import Kind, no_change, pairs, retag, some, unpaired


def _secret(api: Api, given: Given) -> tuple[str, Given]:
    asked = some(given, Name="name", Description="description", KmsKeyId="kmsKeyId")
    copies = [some(each, Region="region", KmsKeyId="kmsKeyId") for each in given.get("replicas") or []]
    copied = {"AddReplicaRegions": copies} if copies else {}
    arn = api("secretsmanager", "create_secret", **asked, **copied, Tags=pairs(given.get("tags")))["ARN"]
    if given.get("policy"):
        _secret_policy(api, arn, given)
    return arn, {"arn": arn}


def _secret_policy(api: Api, identity: str, given: Given) -> None:
    api("secretsmanager", "put_resource_policy", SecretId=identity, ResourcePolicy=given["policy"])


def _found_secret(api: Api, identity: str, _state: Given) -> Given:
    found = api("secretsmanager", "describe_secret", SecretId=identity)
    if found.get("DeletedDate"):
        raise Gone(identity)
    read = {"description": found.get("Description"), "kmsKeyId": found.get("KmsKeyId")}
    return {**read, "tags": unpaired(found.get("Tags"))}


def _change_secret(api: Api, identity: str, given: Given) -> None:
    asked = some(given, Description="description", KmsKeyId="kmsKeyId")
    api("secretsmanager", "update_secret", SecretId=identity, **asked)


def _no_secret(api: Api, identity: str, state: Given) -> None:
    days = state.get("recoveryWindowInDays")
    how = (
        {"ForceDeleteWithoutRecovery": True} if days == 0 else some(state, RecoveryWindowInDays="recoveryWindowInDays")
    )
    copies = [each["region"] for each in state.get("replicas") or []]
    if copies:
        api("secretsmanager", "remove_regions_from_replication", SecretId=identity, RemoveReplicaRegions=copies)
    api("secretsmanager", "delete_secret", SecretId=identity, **how)


def _secret_tags(api: Api, identity: str) -> dict[str, str]:
    return unpaired(api("secretsmanager", "describe_secret", SecretId=identity).get("Tags"))


def _version(api: Api, given: Given) -> tuple[str, Given]:
    asked = some(given, SecretId="secretId", SecretString="secretString")
    made = api("secretsmanager", "put_secret_value", **asked)
    return f"{given['secretId']}|{made['VersionId']}", {"versionId": made["VersionId"], "arn": made["ARN"]}


def _found_version(api: Api, _identity: str, state: Given) -> Given:
    api("secretsmanager", "get_secret_value", SecretId=state["secretId"], VersionId=state["versionId"])
    return {}


KINDS: dict[str, Kind] = {
    "aws:secretsmanager/secret:Secret": Kind(
        service="secretsmanager",
        takes=frozenset(
            {"name", "description", "kmsKeyId", "policy", "recoveryWindowInDays", "replicas", "tags", "region"}
        ),
        create=_secret,
        find=_found_secret,
        delete=_no_secret,
        changes={
            "description": _change_secret,
            "kmsKeyId": _change_secret,
            "policy": _secret_policy,
            "recoveryWindowInDays": no_change,
            "tags": retag("secretsmanager", "SecretId", _secret_tags, pairs, "TagKeys"),
        },
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": Kind(
        service="secretsmanager",
        takes=frozenset({"secretId", "secretString", "region"}),
        create=_version,
        find=_found_version,
        delete=no_change,
    ),
}
