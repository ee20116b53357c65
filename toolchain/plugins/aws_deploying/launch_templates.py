"""Templates of machines."""

from toolchain.plugins.aws_deploying.api import Api, Given
from toolchain.plugins.aws_deploying.kind import Kind, no_change, pairs, pascal, some, unpaired
from toolchain.plugins.aws_deploying.tagged import dropped, of_ec2, tagged

TEMPLATE = ("description", "metadataOptions", "monitoring", "blockDeviceMappings", "tagSpecifications")
"""What a version of a launch template holds."""


def _template(api: Api, given: Given) -> tuple[str, Given]:
    asked = some(given, LaunchTemplateName="name", VersionDescription="description")
    data = _template_data(given)
    made = api("ec2", "create_launch_template", **asked, LaunchTemplateData=data, **tagged("launch-template", given))
    found = made["LaunchTemplate"]
    return found["LaunchTemplateId"], {"latestVersion": found["LatestVersionNumber"], "defaultVersion": 1}


def _next_template(api: Api, identity: str, given: Given) -> None:
    """Write another version, and make it the one that is used where nobody names one."""
    data, asked = _template_data(given), some(given, VersionDescription="description")
    name = {"LaunchTemplateId": identity}
    made = api("ec2", "create_launch_template_version", **name, **asked, LaunchTemplateData=data)
    number = str(made["LaunchTemplateVersion"]["VersionNumber"])
    api("ec2", "modify_launch_template", **name, DefaultVersion=number)


def _latest(api: Api, identity: str, _state: Given) -> Given:
    found = api("ec2", "describe_launch_templates", LaunchTemplateIds=[identity])["LaunchTemplates"][0]
    return {"latestVersion": found["LatestVersionNumber"], "tags": unpaired(found.get("Tags"))}


def _template_data(given: Given) -> Given:
    data: Given = pascal(some(given, metadataOptions="metadataOptions", monitoring="monitoring"))
    disks: list[Given] = pascal(given.get("blockDeviceMappings") or [])
    for disk in disks:
        for switch in ("Encrypted", "DeleteOnTermination"):
            if switch in disk.get("Ebs", {}):
                disk["Ebs"][switch] = str(disk["Ebs"][switch]).lower() == "true"
    specifications = given.get("tagSpecifications") or []
    tags = [{"ResourceType": each["resourceType"], "Tags": pairs(each["tags"])} for each in specifications]
    return {**data, "BlockDeviceMappings": disks, "TagSpecifications": tags}


KINDS: dict[str, Kind] = {
    "aws:ec2/launchTemplate:LaunchTemplate": of_ec2(
        "name",
        *TEMPLATE,
        "updateDefaultVersion",
        create=_template,
        find=_latest,
        delete=dropped("delete_launch_template", "LaunchTemplateId"),
        updateDefaultVersion=no_change,
        **dict.fromkeys(TEMPLATE, _next_template),
    ),
}
