"""What it takes to deploy one type of resource, and how names and numbers are written for AWS."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from toolchain.plugins.aws_deploying.api import Api, Given

SPELLINGS = {
    "id": "ID",
    "kmsMasterKeyId": "KMSMasterKeyID",
    "replicaKmsKeyId": "ReplicaKmsKeyID",
    "sseAlgorithm": "SSEAlgorithm",
}
"""Names that S3 spells otherwise than by a capital."""


def no_change(_api: Api, _id: str, _given: Given) -> None:
    """Nothing to do: the value only matters when the resource is made or deleted."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How resources of one type are made, found, changed and deleted. Whoever asks for more is refused."""

    service: str
    takes: frozenset[str]
    """The inputs that it carries over; any other one is refused, for it would be lost without a word."""
    create: Callable[[Api, Given], tuple[str, Given]]
    """Make it; give its identity and what AWS computed."""
    find: Callable[[Api, str, Given], Given]
    """Give what AWS holds of its inputs. Raises ``Gone``. It is given the last outputs."""
    delete: Callable[[Api, str, Given], None]
    changes: Mapping[str, Callable[[Api, str, Given], None]] = field(default_factory=dict)
    """Input to how it is changed in place. It is given all new inputs, and the identity."""


def pascal(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Write every name with a capital, as most of AWS does."""
    if isinstance(value, dict):
        return {SPELLINGS.get(name, name[:1].upper() + name[1:]): pascal(item) for name, item in value.items()}
    return [pascal(item) for item in value] if isinstance(value, list) else value


def camel(value: Any) -> Any:  # noqa: ANN401 - JSON
    """The way back."""
    if isinstance(value, dict):
        back = {spelt: name for name, spelt in SPELLINGS.items()}
        return {back.get(name, name[:1].lower() + name[1:]): camel(item) for name, item in value.items()}
    return [camel(item) for item in value] if isinstance(value, list) else value


def like(found: Any, given: Any) -> Any:  # noqa: ANN401 - JSON
    """Keep of what was found only what was given, for AWS fills in much that nobody asked for."""
    if isinstance(found, dict) and isinstance(given, dict):
        return {name: like(item, given[name]) for name, item in found.items() if name in given}
    if isinstance(found, list) and isinstance(given, list) and len(found) == len(given):
        return [like(one, other) for one, other in zip(found, given, strict=True)]
    return found


def some(given: Given, **names: str) -> Given:
    """Give parameters for the inputs that were given: ``some(given, CidrBlock="cidrBlock")``."""
    return {name: given[field] for name, field in names.items() if given.get(field) is not None}


def pairs(tags: Mapping[str, str] | None, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Write tags as a list, as most of AWS does."""
    return [{key: name, value: said} for name, said in (tags or {}).items()]


def unpaired(tags: list[dict[str, str]] | None, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Read tags from a list."""
    return {each[key]: each[value] for each in tags or []}


def retag(
    service: str,
    name: str,
    read: Callable[[Api, str], dict[str, str]],
    written: Callable[[dict[str, str]], Any],
    keys: str,
) -> Callable[[Api, str, Given], None]:
    """Set tags anew; what is not given goes."""

    def change(api: Api, identity: str, given: Given) -> None:
        wanted = given.get("tags") or {}
        gone = [key for key in read(api, identity) if key not in wanted]
        if gone:
            api(service, "untag_resource", **{name: identity, keys: gone})
        if wanted:
            api(service, "tag_resource", **{name: identity, "tags" if keys == "tagKeys" else "Tags": written(wanted)})

    return change
