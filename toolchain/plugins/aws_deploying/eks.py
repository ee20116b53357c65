"""Clusters and their node groups."""

from toolchain.plugins.aws_deploying.api import Api, Given
from toolchain.plugins.aws_deploying.kind import Kind, some

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
SEPARATOR = ":"


def _cluster(api: Api, given: Given) -> tuple[str, Given]:
    names = ("name", "version", "roleArn", "accessConfig", "upgradePolicy", "deletionProtection", "tags")
    asked = some(given, **{name: name for name in (*names, "bootstrapSelfManagedAddons")})
    encrypted = given.get("encryptionConfig")
    more: Given = {"encryptionConfig": [encrypted]} if encrypted else {}
    more["resourcesVpcConfig"] = given["vpcConfig"]
    more["logging"] = _logging(given)
    return given["name"], _computed(api("eks", "create_cluster", **asked, **more)["cluster"], given)


def _logging(given: Given) -> Given:
    on = given.get("enabledClusterLogTypes") or []
    off = [name for name in LOG_TYPES if name not in on]
    entries = [{"types": names, "enabled": enabled} for names, enabled in ((on, True), (off, False)) if names]
    return {"clusterLogging": entries}


def _computed(found: Given, given: Given) -> Given:
    network = found["resourcesVpcConfig"]
    inside = {name: network.get(there) for name, there in (("vpcId", "vpcId"), ("clusterSecurityGroupId",) * 2)}
    return {
        "arn": found["arn"],
        "endpoint": found.get("endpoint"),
        "certificateAuthority": found.get("certificateAuthority"),
        "identities": [{"oidcs": [{"issuer": found.get("identity", {}).get("oidc", {}).get("issuer", "")}]}],
        "status": found["status"],
        "vpcConfig": {**given["vpcConfig"], **inside},
    }


def _found_cluster(api: Api, identity: str, _state: Given) -> Given:
    found = api("eks", "describe_cluster", name=identity)["cluster"]
    on = [
        each
        for entry in found.get("logging", {}).get("clusterLogging", [])
        if entry["enabled"]
        for each in entry["types"]
    ]
    return {"version": found["version"], "enabledClusterLogTypes": on, "tags": found.get("tags") or {}}


def _change_logs(api: Api, identity: str, given: Given) -> None:
    api("eks", "update_cluster_config", name=identity, logging=_logging(given))


def _tag(api: Api, arn: str, given: Given) -> None:
    wanted = given.get("tags") or {}
    there = api("eks", "list_tags_for_resource", resourceArn=arn)["tags"]
    gone = [key for key in there if key not in wanted]
    if gone:
        api("eks", "untag_resource", resourceArn=arn, tagKeys=gone)
    if wanted:
        api("eks", "tag_resource", resourceArn=arn, tags=wanted)


def _tag_cluster(api: Api, identity: str, given: Given) -> None:
    _tag(api, api("eks", "describe_cluster", name=identity)["cluster"]["arn"], given)


def _no_cluster(api: Api, identity: str, _state: Given) -> None:
    api("eks", "delete_cluster", name=identity)


PLAIN = (
    "clusterName", "version", "amiType", "capacityType", "instanceTypes", "launchTemplate", "scalingConfig",
    "updateConfig", "nodeRepairConfig", "labels", "taints", "tags",
)  # fmt: skip


def _nodes(api: Api, given: Given) -> tuple[str, Given]:
    named = {"nodegroupName": "nodeGroupName", "nodeRole": "nodeRoleArn", "subnets": "subnetIds"}
    made = api("eks", "create_nodegroup", **some(given, **named, **{name: name for name in PLAIN}))["nodegroup"]
    return f"{given['clusterName']}{SEPARATOR}{given['nodeGroupName']}", {"arn": made["nodegroupArn"]}


def _names(identity: str) -> Given:
    cluster, _, group = identity.partition(SEPARATOR)
    return {"clusterName": cluster, "nodegroupName": group}


def _found_nodes(api: Api, identity: str, _state: Given) -> Given:
    found = api("eks", "describe_nodegroup", **_names(identity))["nodegroup"]
    return {"scalingConfig": found["scalingConfig"], "labels": found.get("labels"), "tags": found.get("tags") or {}}


def _scale(api: Api, identity: str, given: Given) -> None:
    api("eks", "update_nodegroup_config", **_names(identity), scalingConfig=given["scalingConfig"])


def _tag_nodes(api: Api, identity: str, given: Given) -> None:
    _tag(api, api("eks", "describe_nodegroup", **_names(identity))["nodegroup"]["nodegroupArn"], given)


def _no_nodes(api: Api, identity: str, _state: Given) -> None:
    api("eks", "delete_nodegroup", **_names(identity))


KINDS: dict[str, Kind] = {
    "aws:eks/cluster:Cluster": Kind(
        service="eks",
        takes=frozenset(
            {"name", "version", "roleArn", "accessConfig", "upgradePolicy", "deletionProtection", "tags", "region"}
            | {"bootstrapSelfManagedAddons", "encryptionConfig", "vpcConfig", "enabledClusterLogTypes"}
        ),
        create=_cluster,
        find=_found_cluster,
        delete=_no_cluster,
        changes={"enabledClusterLogTypes": _change_logs, "tags": _tag_cluster},
    ),
    "aws:eks/nodeGroup:NodeGroup": Kind(
        service="eks",
        takes=frozenset({*PLAIN, "nodeGroupName", "nodeRoleArn", "subnetIds", "region"}),
        create=_nodes,
        find=_found_nodes,
        delete=_no_nodes,
        changes={"scalingConfig": _scale, "tags": _tag_nodes},
    ),
}
