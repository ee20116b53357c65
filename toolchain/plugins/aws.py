"""The offline AWS provider: it checks and previews everywhere, and deploys to a stand-in that its settings name."""

import os
import threading
from collections.abc import Mapping

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

from toolchain.plugins.aws_deploying.api import Api, Place
from toolchain.plugins.aws_deploying.deployer import KINDS, Deployer, place
from toolchain.plugins.aws_types import (
    AUTONAMED,
    COMPUTED_INSIDE,
    DEFAULT_IMMUTABLE,
    IMMUTABLE,
    NAME_DIGITS,
    PREFIXES,
)
from toolchain.plugins.checks import Check
from toolchain.plugins.paths import Path, below, parse
from toolchain.plugins.provider import Asked, Provider, inside, token_of
from toolchain.plugins.serve import Refusal
from toolchain.plugins.values import UNKNOWN, Properties, Secret, has_unknown, plain, read, write

DEFAULTS = "__defaults"
"""Where the ordinary provider notes which inputs it has made up itself."""


class Aws(Provider):
    """Previews AWS resources without an account, and deploys some where ``endpoints`` name a stand-in.

    ``environment`` holds the variables by which AWS's own programs find an endpoint and a key.
    """

    name = "aws"
    check = Check(lenient=True)

    def __init__(self, engine: str = "", environment: Mapping[str, str] = os.environ) -> None:
        super().__init__(engine)
        self._environment = environment
        self._lock = threading.Lock()
        self._apis: dict[str, Api] = {}

    def prepare(self, asked: Asked) -> Properties:
        """Add the provider's default tags, and an automatic name where the type has one."""
        inputs = dict(asked.new)
        properties = self.shape(asked.token).inputs.properties
        tags = inside(inside(self.configuration.get("defaultTags")).get("tags"))
        if tags and "tags" in properties and (inputs.get("tags") is None or inside(inputs["tags"])):
            merged: Properties = {**tags, **inside(inputs.get("tags"))}
            inputs["tags"] = Secret(merged) if isinstance(inputs.get("tags"), Secret) else merged
        named = AUTONAMED.get(asked.token, "name")
        free = named in properties and named not in self.shape(asked.token).inputs.required
        if free and inputs.get(named) is None and inputs.get(f"{named}Prefix") is None:
            kept = asked.old.get(named) if _automatic(asked.old, named) else None
            prefix = PREFIXES.get(asked.token, "")
            inputs[named] = kept or f"{prefix}{asked.automatic_name(NAME_DIGITS)}"
            inputs[DEFAULTS] = [named]
        return inputs

    def planned(self, token: str, inputs: Properties, old: Properties) -> Properties:
        """Return inputs, with unknowns for identities, addresses and all else that AWS decides."""
        outputs = super().planned(token, inputs, old)
        outputs["id"] = old.get("id", UNKNOWN)
        if inputs.get("region") is None and "region" in outputs:
            outputs["region"] = self.configuration.get("region") or UNKNOWN
        if "tagsAll" in outputs and not has_unknown(inputs.get("tags")):
            outputs["tagsAll"] = inputs.get("tags") or {}
        for field in COMPUTED_INSIDE.get(token, ()):
            section, name = field.split(".")
            known = below(old, parse(field))
            if isinstance(outputs.get(section), dict) and not below(outputs, parse(field)):
                outputs[section] = {**inside(outputs[section]), name: known[0] if known else UNKNOWN}
        return outputs

    def immutable(self, token: str, inputs: Properties) -> list[Path]:
        """List what AWS can't change in place; of types that aren't in the table, only names and the region."""
        return [parse(field) for field in (*DEFAULT_IMMUTABLE, *IMMUTABLE.get(token, ()))]

    def keeps_name(self, token: str, old: Properties, new: Properties) -> bool:
        """Say whether the program itself named the resource, and leaves the name as it is."""
        named = AUTONAMED.get(token, "name")
        given = plain(new.get(named))
        return isinstance(given, str) and given == plain(old.get(named)) and not _automatic(new, named)

    # What the engine asks --------------------------------------------------------------------------------------------

    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        """Make a resource."""
        if request.preview:
            return super().Create(request, context)
        inputs = read(request.properties)
        identity, outputs = self._deployer(token_of(request.type, request.urn), inputs).create(inputs)
        return provider_pb2.CreateResponse(id=identity, properties=write(outputs))

    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        """Change a resource."""
        if request.preview:
            return super().Update(request, context)
        state, old, new = read(request.olds), read(request.old_inputs), read(request.news)
        deployer = self._deployer(token_of(request.type, request.urn), state)
        return provider_pb2.UpdateResponse(properties=write(deployer.update(request.id, state, old, new)))

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Delete a resource."""
        state = read(request.properties)
        self._deployer(token_of(request.type, request.urn), state).delete(request.id, state)
        return empty_pb2.Empty()

    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        """Look at a resource that the state knows; nothing is imported."""
        state, inputs = read(request.properties), read(request.inputs)
        if not state or self._place("") is None:
            return super().Read(request, context)
        found = self._deployer(token_of(request.type, request.urn), state).read(request.id, state, inputs)
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(id=request.id, properties=write(found[0]), inputs=write(found[1]))

    def _deployer(self, token: str, properties: Properties) -> Deployer:
        """Return what deploys a type. Raises ``Refusal`` without an endpoint, and for types that it doesn't know."""
        if self._place("") is None:
            raise self._only_previews()
        kind = KINDS.get(token)
        if kind is None:
            raise Refusal(
                f"golive's offline aws plugin previews {token} and can't deploy it: "
                "install Pulumi with its plugins, or leave it out."
            )
        api = self._api(str(plain(properties.get("region")) or plain(self.configuration.get("region")) or ""))
        if not api.reaches(kind.service):
            raise Refusal(f"The provider's endpoints name none for {kind.service}, which {token} needs.")
        return Deployer(api, kind, token)

    def _api(self, region: str) -> Api:
        with self._lock:
            found = self._place(region)
            if found is None or not region:
                raise Refusal("The AWS provider has no region: set aws:region.")
            if region not in self._apis:
                self._apis[region] = Api(found)
            return self._apis[region]

    def _place(self, region: str) -> Place | None:
        return place(self.configuration, self._environment, region)


def _automatic(inputs: Properties, named: str) -> bool:
    made_up = inputs.get(DEFAULTS)
    return isinstance(made_up, list) and named in made_up
