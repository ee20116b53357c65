"""Deploys resources of the types that it knows whole, and refuses all others: what it can't do it never pretends."""

from collections.abc import Mapping
from typing import Any, TypeVar

from toolchain.plugins.aws_deploying import ec2, ecr, eks, groups, iam, kms, logs, route53, s3, secretsmanager
from toolchain.plugins.aws_deploying.api import Api, Given, Gone, Place
from toolchain.plugins.aws_deploying.kind import Kind, like
from toolchain.plugins.serve import Refusal
from toolchain.plugins.values import Properties, Secret, Value, plain

SERVICES = (ec2, ecr, eks, groups, iam, kms, logs, route53, s3, secretsmanager)
KINDS: dict[str, Kind] = {token: kind for service in SERVICES for token, kind in service.KINDS.items()}
"""Every type that can be deployed."""
ENDPOINT, KEY, SECRET = "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
T = TypeVar("T")


class Deployer:
    """Makes, finds, changes and deletes resources in one region of a stand-in for AWS."""

    def __init__(self, api: Api, kind: Kind, token: str) -> None:
        self._api, self._kind, self._token = api, kind, token

    def create(self, inputs: Properties) -> tuple[str, Properties]:
        """Make a resource; return its identity and its outputs."""
        self._carries(inputs)
        try:
            identity, computed = self._kind.create(self._api, given(inputs))
        except Gone as problem:
            raise Refusal(f"{self._kind.service} does not know what a {self._token} needs: {problem}") from problem
        return identity, {**_shown(inputs), "id": identity, **_with_tags(inputs, computed)}

    def update(self, identity: str, state: Properties, old: Properties, new: Properties) -> Properties:
        """Change what differs, each input in its own way; return the outputs. Raises ``Refusal`` if one has none."""
        self._carries(new)
        wanted = given(new)
        changed = [name for name in {**old, **new} if plain(old.get(name)) != plain(new.get(name))]
        changed = [name for name in changed if not name.startswith("__") and name != "tagsAll"]
        fixed = sorted(set(changed) - self._kind.changes.keys())
        if fixed:
            raise Refusal(f"golive's offline aws plugin can't change {', '.join(fixed)} of a {self._token} in place.")
        try:
            for change in dict.fromkeys(self._kind.changes[name] for name in changed):
                change(self._api, identity, wanted)
            found = self._kind.find(self._api, identity, {**given(state), **wanted})
        except Gone as problem:
            raise Refusal(f"{self._token} {identity} is gone ({problem}): refresh the stack.") from problem
        kept = {name: found.get(name, value) for name, value in state.items() if name not in old}
        return {**kept, **_shown(new), **_with_tags(new, {})}

    def delete(self, identity: str, state: Properties) -> None:
        """Delete a resource; one that is gone already is deleted."""
        try:
            self._kind.delete(self._api, identity, given(state))
        except Gone:
            return

    def read(self, identity: str, state: Properties, inputs: Properties) -> tuple[Properties, Properties] | None:
        """Return state and inputs with what AWS holds now of the inputs, or nothing where the resource is gone."""
        try:
            found = self._kind.find(self._api, identity, given(state))
        except Gone:
            return None
        known = given(inputs)
        seen = {name: like(found[name], known[name]) for name in found.keys() & known.keys()}
        live: Properties = {
            name: Secret(seen[name]) if isinstance(inputs.get(name), Secret) else seen[name]
            for name in seen
            if seen[name] != known[name]
        }
        now: Properties = {name: value for name, value in {**inputs, **live}.items() if value is not None}
        return {**state, **live, **_with_tags(now, {})}, now

    def _carries(self, inputs: Properties) -> None:
        given_names = {name for name, value in inputs.items() if value is not None and not name.startswith("__")}
        lost = sorted(given_names - self._kind.takes)
        if lost:
            raise Refusal(
                f"golive's offline aws plugin would lose {', '.join(lost)} of a {self._token}: "
                "leave them out, or install Pulumi with its plugins."
            )


def place(configuration: Properties, environment: Mapping[str, str], region: str) -> Place | None:
    """Say where the stand-in is, by the provider's ``endpoints`` or AWS's own variables; nothing where nobody says.

    Raises ``Refusal`` where an endpoint is named and no key, for the user's own is for AWS.
    """
    named = configuration.get("endpoints")
    endpoints = {"": environment.get(ENDPOINT, "")}
    for each in named if isinstance(named, list) else [named]:
        if isinstance(each, dict):
            endpoints |= {name: str(address) for name, address in each.items() if address}
    if not any(endpoints.values()):
        return None
    key, secret = (
        str(configuration.get(setting) or environment.get(variable, ""))
        for setting, variable in (("accessKey", KEY), ("secretKey", SECRET))
    )
    if not key or not secret:
        raise Refusal(
            f"An endpoint for AWS is named, and no key for it: set {KEY} and {SECRET}, or accessKey and secretKey."
        )
    return Place(endpoints=endpoints, region=region, key=key, secret=secret)


def given(properties: Properties) -> Given:
    """Return what botocore takes: whole numbers as such, and nothing that was left out."""
    found: Given = {}
    for name, value in properties.items():
        if value is not None and not name.startswith("__"):
            found[name] = _whole(plain(value))
    return found


def _whole(value: Value) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _whole(item) for name, item in value.items() if item is not None}
    return [_whole(item) for item in value] if isinstance(value, list) else value


def _shown(inputs: Properties) -> Properties:
    return {name: value for name, value in inputs.items() if not name.startswith("__")}


def _with_tags(inputs: Properties, computed: Given) -> Properties:
    return {**computed, **({"tagsAll": inputs["tags"]} if inputs.get("tags") is not None else {})}
