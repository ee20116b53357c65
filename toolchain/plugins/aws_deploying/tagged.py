"""What every resource of EC2 has: tags, a description to be found in, one operation that deletes it."""

from collections.abc import Callable

from toolchain.plugins.aws_deploying.api import Api, Given, Gone
from toolchain.plugins.aws_deploying.kind import Kind, pairs, unpaired


def tagged(what: str, given: Given) -> Given:
    """Give the parameter that tags a thing as it is made."""
    return {"TagSpecifications": [{"ResourceType": what, "Tags": pairs(given["tags"])}]} if given.get("tags") else {}


def tag(api: Api, identity: str, given: Given) -> None:
    """Set the tags anew; what is not given goes."""
    found = api("ec2", "describe_tags", Filters=[{"Name": "resource-id", "Values": [identity]}])["Tags"]
    gone = [{"Key": each["Key"]} for each in found if each["Key"] not in (given.get("tags") or {})]
    if gone:
        api("ec2", "delete_tags", Resources=[identity], Tags=gone)
    if given.get("tags"):
        api("ec2", "create_tags", Resources=[identity], Tags=pairs(given["tags"]))


def described(operation: str, result: str, ids: str) -> Callable[[Api, str, Given], Given]:
    """Find one thing among what AWS describes, with its tags."""

    def find(api: Api, identity: str, _state: Given) -> Given:
        found = api("ec2", operation, **{ids: [identity]})[result]
        alive = [each for each in found if each.get("State", "available").lower() not in ("deleted", "deleting")]
        if not alive:
            raise Gone(identity)
        return {"tags": unpaired(alive[0].get("Tags"))}

    return find


def dropped(operation: str, parameter: str) -> Callable[[Api, str, Given], None]:
    """Delete one thing by its identity."""

    def delete(api: Api, identity: str, _state: Given) -> None:
        api("ec2", operation, **{parameter: identity})

    return delete


def kept(_api: Api, _identity: str, _state: Given) -> None:
    """What AWS makes with a network goes with it."""


def of_ec2(
    *takes: str,
    create: Callable[[Api, Given], tuple[str, Given]],
    find: Callable[[Api, str, Given], Given],
    delete: Callable[[Api, str, Given], None],
    **changes: Callable[[Api, str, Given], None],
) -> Kind:
    """Describe a type of EC2, which takes tags beside its own inputs."""
    return Kind(
        service="ec2",
        takes=frozenset({*takes, "tags", "region"}),
        create=create,
        find=find,
        delete=delete,
        changes={"tags": tag, **changes},
    )
