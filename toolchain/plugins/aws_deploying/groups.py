"""Security groups and their rules."""

from typing import Any

from toolchain.plugins.aws_deploying.api import Api, Given, Gone
from toolchain.plugins.aws_deploying.kind import Kind, pairs, some
from toolchain.plugins.aws_deploying.tagged import described, dropped, kept, of_ec2, tag, tagged
from toolchain.plugins.serve import Refusal


def _group(api: Api, given: Given) -> tuple[str, Given]:
    asked = some(given, GroupName="name", Description="description", VpcId="vpcId")
    identity = api("ec2", "create_security_group", **asked, **tagged("security-group", given))["GroupId"]
    _close(api, identity, ("Egress",))  # the provider takes away the rule that AWS adds
    return identity, {"arn": f"arn:aws:ec2:::security-group/{identity}"}


def _close(api: Api, identity: str, directions: tuple[str, ...] = ("", "Egress")) -> None:
    (found,) = api("ec2", "describe_security_groups", GroupIds=[identity])["SecurityGroups"]
    for direction in directions:
        rules = found[f"IpPermissions{direction}"]
        if rules:
            operation = f"revoke_security_group_{'egress' if direction else 'ingress'}"
            api("ec2", operation, GroupId=identity, IpPermissions=rules)


def _default_group(api: Api, given: Given) -> tuple[str, Given]:
    asked = [{"Name": "vpc-id", "Values": [given["vpcId"]]}, {"Name": "group-name", "Values": ["default"]}]
    identity = api("ec2", "describe_security_groups", Filters=asked)["SecurityGroups"][0]["GroupId"]
    _close(api, identity)
    if given.get("ingress") or given.get("egress"):
        raise Refusal(
            "golive's offline aws plugin only closes default security groups: leave ingress and egress empty."
        )
    tag(api, identity, given)
    return identity, {}


def _allow(api: Api, direction: str, group: str, rule: Given) -> Given:
    peer: dict[str, Any] = {}
    if rule.get("cidrIpv4"):
        peer["IpRanges"] = [{"CidrIp": rule["cidrIpv4"], **some(rule, Description="description")}]
    if rule.get("prefixListId"):
        peer["PrefixListIds"] = [{"PrefixListId": rule["prefixListId"], **some(rule, Description="description")}]
    if rule.get("referencedSecurityGroupId"):
        other = {"GroupId": rule["referencedSecurityGroupId"], **some(rule, Description="description")}
        peer["UserIdGroupPairs"] = [other]
    ports = some(rule, FromPort="fromPort", ToPort="toPort")
    asked = {"IpProtocol": str(rule["ipProtocol"]), **ports, **peer}
    return api("ec2", f"authorize_security_group_{direction}", GroupId=group, IpPermissions=[asked])


def _rule(direction: str) -> Kind:
    def create(api: Api, given: Given) -> tuple[str, Given]:
        made = _allow(api, direction, given["securityGroupId"], given)["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        if given.get("tags"):
            api("ec2", "create_tags", Resources=[made], Tags=pairs(given["tags"]))
        return made, {"securityGroupRuleId": made}

    def find(api: Api, identity: str, state: Given) -> Given:
        asked = [{"Name": "group-id", "Values": [state["securityGroupId"]]}]
        found = api("ec2", "describe_security_group_rules", Filters=asked)["SecurityGroupRules"]
        if identity not in [each["SecurityGroupRuleId"] for each in found]:
            raise Gone(identity)
        return {}

    def delete(api: Api, identity: str, state: Given) -> None:
        operation = f"revoke_security_group_{direction}"
        api("ec2", operation, GroupId=state["securityGroupId"], SecurityGroupRuleIds=[identity])

    return of_ec2(
        "securityGroupId",
        "ipProtocol",
        "fromPort",
        "toPort",
        "description",
        "cidrIpv4",
        "prefixListId",
        "referencedSecurityGroupId",
        create=create,
        find=find,
        delete=delete,
    )


GROUP = described("describe_security_groups", "SecurityGroups", "GroupIds")

KINDS: dict[str, Kind] = {
    "aws:ec2/securityGroup:SecurityGroup": of_ec2(
        "name", "description", "vpcId", create=_group, find=GROUP, delete=dropped("delete_security_group", "GroupId")
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": of_ec2(
        "vpcId", "ingress", "egress", create=_default_group, find=GROUP, delete=kept
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule("ingress"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule("egress"),
}
