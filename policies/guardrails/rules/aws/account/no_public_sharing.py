"""Snapshots, images and functions are shared with named accounts.

Refused are snapshots of databases with `all` among `sharedAccounts`, launch permissions of images for the group `all`,
functions and layers that `principal` `*`, or a service of AWS for whoever asks it, may use without a `sourceArn`,
`sourceAccount`, `principalOrgId` or `organizationId`, function URLs whose `authorizationType` is NONE, volumes'
snapshots for the `accountId` all, documents of Systems Manager for the `account_ids` All, and the `state` unblocked of
what keeps a region from sharing snapshots or images with everybody; endpoint services whose `allowedPrincipals` or
`principalArn` is `*`, and event buses that `principal` `*` may send to without a `condition`; and transit gateways with
`autoAcceptSharedAttachments`. Reference: FSBP RDS.1, EC2.1, EC2.23, Lambda.1, SSM.4, Checkov CKV_AWS_258 and
CKV_AWS_301.
"""

from collections.abc import Callable, Mapping

from guardrails.aws.relations import is_given, texts
from guardrails.examples.aws import aws_resource, in_kinds
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

SNAPSHOT = "aws:rds/snapshot:Snapshot"
SNAPSHOTS = frozenset(
    {
        SNAPSHOT,
        "aws:rds/snapshotCopy:SnapshotCopy",
        "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy",
        "aws:rds/clusterSnapshot:ClusterSnapshot",
    }
)
IMAGE = "aws:ec2/amiLaunchPermission:AmiLaunchPermission"
VOLUME = "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission"
DOCUMENT = "aws:ssm/document:Document"
SWITCH = "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess"
SWITCHES = frozenset({SWITCH, "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess"})
SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService"
CALLER = "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple"
SENDER = "aws:cloudwatch/eventPermission:EventPermission"
GATEWAY = "aws:ec2transitgateway/transitGateway:TransitGateway"
URL = "aws:lambda/functionUrl:FunctionUrl"
FUNCTION, LAYER = "aws:lambda/permission:Permission", "aws:lambda/layerVersionPermission:LayerVersionPermission"
SERVICES = (".amazonaws.com", ".amazonaws.com.cn")
ORGANISATION = ("condition", "value")
BOUNDS = ("sourceArn", "sourceAccount", "principalOrgId", "organizationId")
PROBLEM = "is there for anybody"


def check(obj: Object) -> Violations:
    """Ask the kind's own field."""
    field, is_open = FIELDS.get(obj.id, ("principal", _is_anybodys))
    if is_open(obj):
        yield obj.fails(PROBLEM, field)


def _is_shared_with_all(snapshot: Object) -> bool:
    return "all" in texts(snapshot.at("sharedAccounts"))


def _is_for_the_group_of_all(image: Object) -> bool:
    return image.read("group") == "all"


def _is_for_every_account(snapshot: Object) -> bool:
    return snapshot.read("accountId") == "all"


def _is_published(document: Object) -> bool:
    accounts = document.read("permissions", "account_ids")
    return isinstance(accounts, str) and "all" in {each.strip().lower() for each in accounts.split(",")}


def _lets_share(switch: Object) -> bool:
    return switch.read("state") not in {"block-all-sharing", "block-new-sharing"}


def _is_served_to_all(service: Object) -> bool:
    return "*" in texts(service.at("allowedPrincipals"))


def _is_everybody(caller: Object) -> bool:
    return caller.read("principalArn") == "*"


def _lets_all_send(sender: Object) -> bool:
    if sender.read("principal") != "*":
        return False
    return not is_given(sender, *ORGANISATION) or sender.peek(*ORGANISATION) == "*"


def _takes_whoever_asks(gateway: Object) -> bool:
    return gateway.differs_from("autoAcceptSharedAttachments", than=("disable", ""))


def _asks_nobody(url: Object) -> bool:
    return url.is_not("authorizationType", value="AWS_IAM")


def _is_anybodys(function: Object) -> bool:
    principal = function.read("principal")
    anybodys = principal == "*" or (isinstance(principal, str) and principal.endswith(SERVICES))
    return anybodys and not any(is_given(function, bound) for bound in BOUNDS)


FIELDS: Mapping[str, tuple[str, Callable[[Object], bool]]] = {
    **dict.fromkeys(SNAPSHOTS, ("sharedAccounts", _is_shared_with_all)),
    IMAGE: ("group", _is_for_the_group_of_all),
    VOLUME: ("accountId", _is_for_every_account),
    DOCUMENT: ("permissions", _is_published),
    **dict.fromkeys(SWITCHES, ("state", _lets_share)),
    SERVICE: ("allowedPrincipals", _is_served_to_all),
    CALLER: ("principalArn", _is_everybody),
    SENDER: ("principal", _lets_all_send),
    GATEWAY: ("autoAcceptSharedAttachments", _takes_whoever_asks),
    URL: ("authorizationType", _asks_nobody),
    FUNCTION: ("principal", _is_anybodys),
    LAYER: ("principal", _is_anybodys),
}

RULE = Rule(
    id="no-public-sharing",
    title="Snapshots, images and functions are shared with named accounts",
    why="A shared snapshot is a copy of the whole database, and everybody can list those that are there for all.",
    fix="Name the accounts in sharedAccounts or principal, and set authorizationType to AWS_IAM.",
    severity=Severity.CRITICAL,
    covers=("optibid:34", "optibid:61", "go-live-readiness:102"),
    kinds=frozenset(FIELDS),
    check=EachObject(check),
    known_after_deploy=(*BOUNDS, ".".join(ORGANISATION)),
    allows={
        "a snapshot": aws_resource(SNAPSHOT, dbInstanceIdentifier="shop"),
        "a snapshot for one account": aws_resource(SNAPSHOT, sharedAccounts=["111122223333"]),
        "an image for an organisation": aws_resource(
            IMAGE, organizationArn="arn:aws:organizations::1:organization/o-1"
        ),
        "a volume's for one account": aws_resource(VOLUME, accountId="111122223333"),
        "a document of ours": aws_resource(DOCUMENT, content="{}"),
        "a document for one account": aws_resource(
            DOCUMENT, permissions={"type": "Share", "account_ids": "111122223333"}
        ),
        "no sharing with all": aws_resource(SWITCH, state="block-all-sharing"),
        "a service for one account": aws_resource(SERVICE, allowedPrincipals=["arn:aws:iam::111122223333:root"]),
        "senders of the organisation": aws_resource(
            SENDER,
            principal="*",
            condition={"key": "aws:PrincipalOrgID", "type": "StringEquals", "value": "o-0123456789"},
        ),
        "a gateway": aws_resource(GATEWAY, autoAcceptSharedAttachments="disable"),
        "a URL that asks": aws_resource(URL, authorizationType="AWS_IAM"),
        "a function for a service": aws_resource(
            FUNCTION, principal="secretsmanager.amazonaws.com", sourceAccount="111122223333"
        ),
        "a function for an account": aws_resource(FUNCTION, principal="111122223333"),
        "a function for one bucket": aws_resource(FUNCTION, principal="*", sourceArn=Unknown.LATER),
        "a layer for an organisation": aws_resource(LAYER, principal="*", organizationId="o-0123456789"),
    },
    refuses={
        "a snapshot": bad_example(
            aws_resource(SNAPSHOT, sharedAccounts=["111122223333", "all"]), f"Snapshot shop {PROBLEM}"
        ),
        "an image": bad_example(aws_resource(IMAGE, group="all"), f"AmiLaunchPermission shop {PROBLEM}"),
        "a volume's": bad_example(
            aws_resource(VOLUME, accountId="all"), f"SnapshotCreateVolumePermission shop {PROBLEM}"
        ),
        "a document": bad_example(
            aws_resource(DOCUMENT, permissions={"type": "Share", "account_ids": "All"}), f"Document shop {PROBLEM}"
        ),
        "sharing with all": bad_example(
            aws_resource(SWITCH, state="unblocked"), f"SnapshotBlockPublicAccess shop {PROBLEM}"
        ),
        **in_kinds(
            bad_example(aws_resource(SWITCH, state="unblocked"), f"SnapshotBlockPublicAccess shop {PROBLEM}"), SWITCHES
        ),
        "a service": bad_example(aws_resource(SERVICE, allowedPrincipals=["*"]), f"VpcEndpointService shop {PROBLEM}"),
        "a caller": bad_example(
            aws_resource(CALLER, principalArn="*"), f"VpcEndpointServiceAllowedPrinciple shop {PROBLEM}"
        ),
        "a sender": bad_example(aws_resource(SENDER, principal="*"), f"EventPermission shop {PROBLEM}"),
        "a gateway": bad_example(
            aws_resource(GATEWAY, autoAcceptSharedAttachments="enable"), f"TransitGateway shop {PROBLEM}"
        ),
        "a URL": bad_example(aws_resource(URL, authorizationType="NONE"), f"FunctionUrl shop {PROBLEM}"),
        "a URL that does not say": bad_example(aws_resource(URL), f"FunctionUrl shop {PROBLEM}"),
        "a function": bad_example(aws_resource(FUNCTION, principal="*"), f"Permission shop {PROBLEM}"),
        "a function for whoever's bucket": bad_example(
            aws_resource(FUNCTION, principal="s3.amazonaws.com"), f"Permission shop {PROBLEM}"
        ),
        "a layer": bad_example(
            aws_resource(LAYER, principal="*", organizationId=""), f"LayerVersionPermission shop {PROBLEM}"
        ),
        **in_kinds(bad_example(aws_resource(SNAPSHOT, sharedAccounts=["all"]), f"Snapshot shop {PROBLEM}"), SNAPSHOTS),
    },
)
