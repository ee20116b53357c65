"""Zones and their records."""

import uuid

from toolchain.plugins.aws_deploying.api import Api, Given, Gone
from toolchain.plugins.aws_deploying.kind import Kind, no_change, pairs, some, unpaired


def _zone(api: Api, given: Given) -> tuple[str, Given]:
    networks = given.get("vpcs") or []
    more: Given = {"HostedZoneConfig": {"Comment": given.get("comment") or "", "PrivateZone": bool(networks)}}
    if networks:
        more["VPC"] = {"VPCId": networks[0]["vpcId"], "VPCRegion": networks[0].get("vpcRegion") or api.region}
    made = api("route53", "create_hosted_zone", Name=given["name"], CallerReference=uuid.uuid4().hex, **more)
    identity = made["HostedZone"]["Id"].rpartition("/")[2]
    _tag(api, identity, given)
    servers = made.get("DelegationSet", {}).get("NameServers", [])
    return identity, {"zoneId": identity, "arn": f"arn:aws:route53:::hostedzone/{identity}", "nameServers": servers}


def _tags(api: Api, identity: str) -> dict[str, str]:
    found = api("route53", "list_tags_for_resource", ResourceType="hostedzone", ResourceId=identity)
    return unpaired(found["ResourceTagSet"]["Tags"])


def _tag(api: Api, identity: str, given: Given) -> None:
    wanted = given.get("tags") or {}
    gone = [key for key in _tags(api, identity) if key not in wanted]
    asked = {"AddTags": pairs(wanted)} if wanted else {}
    if gone:
        asked["RemoveTagKeys"] = gone  # type: ignore[assignment]  # names, where the others are pairs
    if asked:
        api("route53", "change_tags_for_resource", ResourceType="hostedzone", ResourceId=identity, **asked)


def _found_zone(api: Api, identity: str, _state: Given) -> Given:
    found = api("route53", "get_hosted_zone", Id=identity)["HostedZone"]
    return {"comment": found.get("Config", {}).get("Comment"), "tags": _tags(api, identity)}


def _comment(api: Api, identity: str, given: Given) -> None:
    api("route53", "update_hosted_zone_comment", Id=identity, Comment=given.get("comment") or "")


def _no_zone(api: Api, identity: str, _state: Given) -> None:
    api("route53", "delete_hosted_zone", Id=identity)


def _change(api: Api, action: str, given: Given) -> None:
    record = some(
        given, Name="name", Type="type", TTL="ttl", SetIdentifier="setIdentifier", HealthCheckId="healthCheckId"
    )
    if given.get("records"):
        record["ResourceRecords"] = [{"Value": value} for value in given["records"]]
    if given.get("aliases"):
        (alias,) = given["aliases"]
        evaluated = bool(alias.get("evaluateTargetHealth"))
        target = {"HostedZoneId": alias["zoneId"], "DNSName": alias["name"], "EvaluateTargetHealth": evaluated}
        record["AliasTarget"] = target
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    api("route53", "change_resource_record_sets", HostedZoneId=given["zoneId"], ChangeBatch=batch)


def _record(api: Api, given: Given) -> tuple[str, Given]:
    _change(api, "CREATE", given)
    parts = (given["zoneId"], given["name"], given["type"], given.get("setIdentifier"))
    return "_".join(part for part in parts if part), {"fqdn": given["name"]}


def _found_record(api: Api, identity: str, state: Given) -> Given:
    asked = {"StartRecordName": state["name"], "StartRecordType": state["type"]}
    found = api("route53", "list_resource_record_sets", HostedZoneId=state["zoneId"], **asked)["ResourceRecordSets"]
    wanted = (state["name"].rstrip("."), state["type"], state.get("setIdentifier"))
    for each in found:
        if (each["Name"].rstrip("."), each["Type"], each.get("SetIdentifier")) == wanted:
            return {"ttl": each.get("TTL"), "records": [one["Value"] for one in each.get("ResourceRecords", [])]}
    raise Gone(identity)


def _change_record(api: Api, _identity: str, given: Given) -> None:
    _change(api, "UPSERT", given)


def _no_record(api: Api, _identity: str, state: Given) -> None:
    _change(api, "DELETE", state)


KINDS: dict[str, Kind] = {
    "aws:route53/zone:Zone": Kind(
        service="route53",
        takes=frozenset({"name", "comment", "vpcs", "forceDestroy", "tags"}),
        create=_zone,
        find=_found_zone,
        delete=_no_zone,
        changes={"comment": _comment, "forceDestroy": no_change, "tags": _tag},
    ),
    "aws:route53/record:Record": Kind(
        service="route53",
        takes=frozenset({"zoneId", "name", "type", "ttl", "records", "aliases", "setIdentifier", "healthCheckId"}),
        create=_record,
        find=_found_record,
        delete=_no_record,
        changes=dict.fromkeys(("ttl", "records", "aliases", "healthCheckId"), _change_record),
    ),
}
