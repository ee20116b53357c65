"""Repositories of images, and what holds for all of them."""

from toolchain.plugins.aws_deploying.api import Api, Given
from toolchain.plugins.aws_deploying.kind import Kind, no_change, pairs, some, unpaired
from toolchain.plugins.serve import Refusal


def _repository_tags(api: Api, identity: str) -> dict[str, str]:
    return unpaired(
        api("ecr", "list_tags_for_resource", resourceArn=_one_repository(api, identity)["repositoryArn"])["tags"]
    )


def _one_repository(api: Api, identity: str) -> Given:
    found: Given = api("ecr", "describe_repositories", repositoryNames=[identity])["repositories"][0]
    return found


def _repository(api: Api, given: Given) -> tuple[str, Given]:
    entries = given.get("encryptionConfigurations") or []
    if len(entries) > 1:
        raise Refusal("A repository has one entry in encryptionConfigurations at most.")
    encrypted = {"encryptionConfiguration": entries[0]} if entries else {}
    names = ("imageTagMutability", "imageScanningConfiguration")
    asked = some(given, repositoryName="name", **{name: name for name in names})
    made = api("ecr", "create_repository", **asked, **encrypted, tags=pairs(given.get("tags")))["repository"]
    known = {"arn": made["repositoryArn"], "repositoryUrl": made["repositoryUri"], "registryId": made["registryId"]}
    return made["repositoryName"], known


def _found_repository(api: Api, identity: str, _state: Given) -> Given:
    found = _one_repository(api, identity)
    return {
        "imageTagMutability": found["imageTagMutability"],
        "imageScanningConfiguration": found["imageScanningConfiguration"],
        "tags": _repository_tags(api, identity),
    }


def _mutability(api: Api, identity: str, given: Given) -> None:
    value = given.get("imageTagMutability") or "MUTABLE"
    api("ecr", "put_image_tag_mutability", repositoryName=identity, imageTagMutability=value)


def _scanning(api: Api, identity: str, given: Given) -> None:
    value = given.get("imageScanningConfiguration") or {"scanOnPush": False}
    api("ecr", "put_image_scanning_configuration", repositoryName=identity, imageScanningConfiguration=value)


def _tag_repository(api: Api, identity: str, given: Given) -> None:
    arn, wanted = _one_repository(api, identity)["repositoryArn"], given.get("tags") or {}
    gone = [key for key in _repository_tags(api, identity) if key not in wanted]
    if gone:
        api("ecr", "untag_resource", resourceArn=arn, tagKeys=gone)
    api("ecr", "tag_resource", resourceArn=arn, tags=pairs(wanted))


def _no_repository(api: Api, identity: str, state: Given) -> None:
    api("ecr", "delete_repository", repositoryName=identity, force=bool(state.get("forceDelete")))


def _beside(noun: str, text: str) -> Kind:
    """One text that a repository has beside itself."""

    def put(api: Api, identity: str, given: Given) -> None:
        operation = "set_repository_policy" if noun == "repository_policy" else f"put_{noun}"
        api("ecr", operation, repositoryName=identity, **{text: given["policy"]})

    def create(api: Api, given: Given) -> tuple[str, Given]:
        put(api, given["repository"], given)
        return given["repository"], {}

    def find(api: Api, identity: str, state: Given) -> Given:
        api("ecr", f"get_{noun}", repositoryName=identity)
        return {"policy": state.get("policy")}

    def delete(api: Api, identity: str, _state: Given) -> None:
        api("ecr", f"delete_{noun}", repositoryName=identity)

    takes = frozenset({"repository", "policy", "region"})
    return Kind(service="ecr", takes=takes, create=create, find=find, delete=delete, changes={"policy": put})


def _of_registry(put: str, get: str, field: str, empty: Given) -> Kind:
    """One setting of the whole registry; without it the registry is as AWS made it."""

    def change(api: Api, _identity: str, given: Given) -> None:
        asked = given if field == "" else {field: given[field]}
        api("ecr", put, **{name: said for name, said in asked.items() if name != "region"})

    def create(api: Api, given: Given) -> tuple[str, Given]:
        change(api, "", given)
        return "registry", {}

    def find(api: Api, _identity: str, _state: Given) -> Given:
        api("ecr", get)
        return {}

    def delete(api: Api, _identity: str, _state: Given) -> None:
        api("ecr", put, **empty)

    fields = ("scanType", "rules") if field == "" else (field,)
    takes = frozenset({*fields, "region"})
    changes = dict.fromkeys(fields, change)
    return Kind(service="ecr", takes=takes, create=create, find=find, delete=delete, changes=changes)


KINDS: dict[str, Kind] = {
    "aws:ecr/repository:Repository": Kind(
        service="ecr",
        takes=frozenset(
            {"name", "imageTagMutability", "imageScanningConfiguration", "encryptionConfigurations", "forceDelete"}
            | {"tags", "region"}
        ),
        create=_repository,
        find=_found_repository,
        delete=_no_repository,
        changes={
            "imageTagMutability": _mutability,
            "imageScanningConfiguration": _scanning,
            "forceDelete": no_change,
            "tags": _tag_repository,
        },
    ),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": _beside("repository_policy", "policyText"),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": _beside("lifecycle_policy", "lifecyclePolicyText"),
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": _of_registry(
        "put_registry_scanning_configuration",
        "get_registry_scanning_configuration",
        "",
        {"scanType": "BASIC", "rules": []},
    ),
    "aws:ecr/replicationConfiguration:ReplicationConfiguration": _of_registry(
        "put_replication_configuration",
        "describe_registry",
        "replicationConfiguration",
        {"replicationConfiguration": {"rules": []}},
    ),
}
