"""The core of staging, deployed to a moto server by the real engine and the offline plugin, and read with boto3.

Deployed are the types that ``toolchain.plugins.aws_deploying`` knows; the others of the stack can only be previewed.
"""

import json
import re
from collections.abc import Iterator

import pytest

from catalog import PRODUCTS
from settings.load import read
from stack.resolve import join
from tests.support.checkouts import CHECKOUT
from tests.support.stand_in import ACCOUNT, StandIn, stand_in

LOGS = "golive-staging-access-logs-444455556666-us-east-1", "golive-staging-dr-access-logs-444455556666-us-west-2"


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """The program, deployed once for all tests of this file, which run in their order."""
    with stand_in(tmp_path_factory.mktemp("core")) as made:
        seen = made.up()
        assert seen.returncode == 0, seen.stdout
        yield made


def outcome(output: str) -> dict[str, int]:
    """What the engine says became of how many resources."""
    counted = output[output.index("Resources:") :]
    return {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", counted.split("Duration")[0])}


def test_the_network_is_there_and_closed(deployed: StandIn) -> None:
    ec2 = deployed.client("ec2")
    (network,) = [each for each in ec2.describe_vpcs()["Vpcs"] if not each["IsDefault"]]
    of_network = [{"Name": "vpc-id", "Values": [network["VpcId"]]}]
    assert network["CidrBlock"] == "10.30.0.0/16"
    assert network["OwnerId"] == ACCOUNT
    subnets = ec2.describe_subnets(Filters=of_network)["Subnets"]
    assert len(subnets) == 9
    assert {each["MapPublicIpOnLaunch"] for each in subnets} == {False}
    groups = {each["GroupName"]: each for each in ec2.describe_security_groups(Filters=of_network)["SecurityGroups"]}
    assert (groups["default"]["IpPermissions"], groups["default"]["IpPermissionsEgress"]) == ([], [])
    (flow,) = ec2.describe_flow_logs()["FlowLogs"]
    assert (flow["ResourceId"], flow["TrafficType"]) == (network["VpcId"], "ALL")


def test_data_subnets_lead_nowhere_outside(deployed: StandIn) -> None:
    ec2 = deployed.client("ec2")
    tiers = {"public": 0, "private": 0, "data": 0}
    for subnet in ec2.describe_subnets(Filters=[{"Name": "tag-key", "Values": ["tier"]}])["Subnets"]:
        tier = next(tag["Value"] for tag in subnet["Tags"] if tag["Key"] == "tier")
        asked = [{"Name": "association.subnet-id", "Values": [subnet["SubnetId"]]}]
        (table,) = ec2.describe_route_tables(Filters=asked)["RouteTables"]
        ways = [route for route in table["Routes"] if route.get("DestinationCidrBlock") == "0.0.0.0/0"]
        tiers[tier] += 1
        assert bool(ways) == (tier != "data"), subnet
        assert all(("NatGatewayId" in way) == (tier == "private") for way in ways)
    assert tiers == {"public": 3, "private": 3, "data": 3}


def test_keys_rotate_and_are_had_by_their_aliases(deployed: StandIn) -> None:
    kms = deployed.client("kms")
    ours = {each["AliasName"]: each for each in kms.list_aliases()["Aliases"] if "golive-staging" in each["AliasName"]}
    assert len(ours) == 9
    for alias in ours.values():
        assert kms.get_key_rotation_status(KeyId=alias["TargetKeyId"])["KeyRotationEnabled"]
        policy = json.loads(kms.get_key_policy(KeyId=alias["TargetKeyId"], PolicyName="default")["Policy"])
        principals = [each["Principal"] for each in policy["Statement"] if each["Effect"] == "Allow"]
        assert "*" not in json.dumps(principals)


def test_buckets_are_closed_encrypted_versioned_and_the_audit_is_locked(deployed: StandIn) -> None:
    for region, buckets in (("us-east-1", 4), ("us-west-2", 4)):
        s3 = deployed.client("s3", region)
        names = [each["Name"] for each in s3.list_buckets()["Buckets"] if each["Name"].endswith(region)]
        assert len(names) == buckets
        for name in names:
            assert set(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"].values()) == {True}
            assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
            (rule,) = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
            wanted = "AES256" if "access-logs" in name else "aws:kms"
            assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == wanted
        (audit,) = [name for name in names if "audit" in name]
        lock = s3.get_object_lock_configuration(Bucket=audit)["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
        assert (lock["Mode"], lock["Days"]) == ("COMPLIANCE", 731)


def test_every_role_that_the_deployer_makes_is_bounded(deployed: StandIn) -> None:
    iam = deployed.client("iam")
    roles = [iam.get_role(RoleName=each["RoleName"])["Role"] for each in iam.list_roles()["Roles"]]
    own = [each for each in roles if each["RoleName"].startswith("golive-staging-")]
    ours = [each for each in own if "-ci-" not in each["RoleName"]]  # those are an administrator's
    assert (len(own), len(ours)) == (6, 4)
    assert {each.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn") for each in ours} == {
        f"arn:aws:iam::{ACCOUNT}:policy/golive-staging-boundary"
    }


def test_repositories_keep_their_tags(deployed: StandIn) -> None:
    ecr = deployed.client("ecr")
    found = ecr.describe_repositories(maxResults=100)["repositories"]
    workloads = join(read(CHECKOUT / "Pulumi.staging.yaml"), PRODUCTS)
    assert {each["repositoryName"] for each in found} == {name for each in workloads for name in each.repositories}
    assert {each["imageTagMutability"] for each in found} == {"IMMUTABLE"}
    assert {each["encryptionConfiguration"]["encryptionType"] for each in found} == {"KMS"}


def test_the_cluster_is_closed_and_its_nodes_are_spread(deployed: StandIn) -> None:
    eks = deployed.client("eks")
    cluster = eks.describe_cluster(name="golive-staging")["cluster"]
    assert cluster["resourcesVpcConfig"]["endpointPublicAccess"] is False
    assert cluster["encryptionConfig"][0]["resources"] == ["secrets"]
    nodes = [
        eks.describe_nodegroup(clusterName="golive-staging", nodegroupName=each)["nodegroup"]
        for each in eks.list_nodegroups(clusterName="golive-staging")["nodegroups"]
    ]
    assert {each["nodegroupName"]: len(each["subnets"]) for each in nodes} == {
        "golive-staging-general": 3,
        "golive-staging-spare": 3,
    }


def test_the_secret_has_a_value_that_the_state_does_not_show(deployed: StandIn) -> None:
    value = deployed.client("secretsmanager").get_secret_value(SecretId="staging/optibid/jwt")["SecretString"]
    assert len(value) == 32
    state = deployed.run("stack export")
    assert "staging/optibid/jwt" in state.stdout
    assert value not in state.stdout


def test_names_are_private(deployed: StandIn) -> None:
    route53 = deployed.client("route53")
    (zone,) = route53.list_hosted_zones()["HostedZones"]
    assert zone["Config"]["PrivateZone"]
    records = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    assert "db.example.com" in json.dumps(records)


def test_the_same_again_changes_nothing(deployed: StandIn) -> None:
    seen = deployed.up()
    assert set(outcome(seen.stdout)) == {"unchanged"}, seen.stdout


def test_one_change_is_one_update(deployed: StandIn) -> None:
    seen = deployed.up(description="Signs the sessions of customers")
    assert seen.returncode == 0, seen.stdout
    assert outcome(seen.stdout)["updated"] == 1
    secret = deployed.client("secretsmanager").describe_secret(SecretId="staging/optibid/jwt")
    assert secret["Description"] == "Signs the sessions of customers"


def test_what_changed_behind_its_back_is_seen_and_mended(deployed: StandIn) -> None:
    description = "Signs the sessions of customers"
    s3, name = deployed.client("s3"), "golive-staging-objects-444455556666-us-east-1"
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})

    refreshed = deployed.run("refresh", "--yes", "--skip-preview")
    assert refreshed.returncode == 0, refreshed.stdout
    assert outcome(refreshed.stdout)["updated"] == 1, refreshed.stdout

    mended = deployed.up(description=description)
    assert outcome(mended.stdout)["updated"] == 1, mended.stdout
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"


def test_a_type_that_it_only_previews_is_refused(deployed: StandIn) -> None:
    description = "Signs the sessions of customers"
    seen = deployed.up(description=description, extra=["watcher"])
    assert seen.returncode != 0
    assert "previews aws:accessanalyzer/analyzer:Analyzer and can't deploy it" in seen.stdout
    assert "Traceback" not in seen.stdout
    previewed = deployed.run("preview")
    assert previewed.returncode == 0, previewed.stdout


def test_in_the_end_nothing_is_left(deployed: StandIn) -> None:
    refused = deployed.run("destroy", "--yes", "--skip-preview")
    assert "BucketNotEmpty" in refused.stdout, "a bucket that holds something is not emptied"
    for name, region in zip(LOGS, ("us-east-1", "us-west-2"), strict=True):
        s3 = deployed.client("s3", region)
        for one in s3.list_object_versions(Bucket=name).get("Versions", []):
            s3.delete_object(Bucket=name, Key=one["Key"], VersionId=one["VersionId"])

    ended = deployed.run("destroy", "--yes", "--skip-preview")

    assert ended.returncode == 0, ended.stdout
    assert json.loads(deployed.run("stack export").stdout)["deployment"].get("resources", []) == []
    assert deployed.client("s3").list_buckets()["Buckets"] == []
    assert deployed.client("ecr").describe_repositories()["repositories"] == []
    assert deployed.client("eks").list_clusters()["clusters"] == []
    assert deployed.client("route53").list_hosted_zones()["HostedZones"] == []
    ec2 = deployed.client("ec2")
    assert [each for each in ec2.describe_vpcs()["Vpcs"] if not each["IsDefault"]] == []
    roles = deployed.client("iam").list_roles()["Roles"]
    assert [each["RoleName"] for each in roles if each["RoleName"].startswith("golive-")] == []
    for alias in deployed.client("kms").list_aliases()["Aliases"]:
        assert "golive" not in alias["AliasName"]
