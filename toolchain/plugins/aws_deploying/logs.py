"""Groups of logs."""

from toolchain.plugins.aws_deploying.api import Api, Given, Gone
from toolchain.plugins.aws_deploying.kind import Kind, some


def _logs(api: Api, given: Given) -> tuple[str, Given]:
    name = given["name"]
    asked = some(given, kmsKeyId="kmsKeyId", logGroupClass="logGroupClass", tags="tags")
    api("logs", "create_log_group", logGroupName=name, **asked)
    _retention(api, name, given)
    return name, {"arn": _one_group(api, name)["arn"].removesuffix(":*")}


def _retention(api: Api, identity: str, given: Given) -> None:
    if given.get("retentionInDays"):
        days = given["retentionInDays"]
        api("logs", "put_retention_policy", logGroupName=identity, retentionInDays=days)
    else:
        api("logs", "delete_retention_policy", logGroupName=identity)


def _one_group(api: Api, name: str) -> Given:
    found = api("logs", "describe_log_groups", logGroupNamePrefix=name)["logGroups"]
    same: list[Given] = [each for each in found if each["logGroupName"] == name]
    if not same:
        raise Gone(name)
    return same[0]


def _log_tags(api: Api, identity: str) -> dict[str, str]:
    found: dict[str, str] = api("logs", "list_tags_log_group", logGroupName=identity)["tags"]
    return found


def _found_logs(api: Api, identity: str, _state: Given) -> Given:
    found = _one_group(api, identity)
    read = {"retentionInDays": found.get("retentionInDays"), "kmsKeyId": found.get("kmsKeyId")}
    return {**read, "tags": _log_tags(api, identity)}


def _tag_logs(api: Api, identity: str, given: Given) -> None:
    wanted = given.get("tags") or {}
    gone = [key for key in _log_tags(api, identity) if key not in wanted]
    if gone:
        api("logs", "untag_log_group", logGroupName=identity, tags=gone)
    if wanted:
        api("logs", "tag_log_group", logGroupName=identity, tags=wanted)


def _no_logs(api: Api, identity: str, _state: Given) -> None:
    api("logs", "delete_log_group", logGroupName=identity)


KINDS: dict[str, Kind] = {
    "aws:cloudwatch/logGroup:LogGroup": Kind(
        service="logs",
        takes=frozenset({"name", "retentionInDays", "kmsKeyId", "logGroupClass", "tags", "region"}),
        create=_logs,
        find=_found_logs,
        delete=_no_logs,
        changes={"retentionInDays": _retention, "tags": _tag_logs},
    ),
}
