"""The offline random provider: real random values, drawn once and kept as secrets where they are secrets."""

from collections.abc import Callable

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

from toolchain.plugins import draws
from toolchain.plugins.checks import Check, Fault
from toolchain.plugins.paths import Path
from toolchain.plugins.provider import Provider, token_of
from toolchain.plugins.serve import Refusal
from toolchain.plugins.values import UNKNOWN, Properties, Secret, Value, has_unknown, plain, read, write

BYTES = "random:index/randomBytes:RandomBytes"
ID = "random:index/randomId:RandomId"
INTEGER = "random:index/randomInteger:RandomInteger"
PASSWORD = "random:index/randomPassword:RandomPassword"  # noqa: S105 - a type
PET = "random:index/randomPet:RandomPet"
SHUFFLE = "random:index/randomShuffle:RandomShuffle"
STRING = "random:index/randomString:RandomString"
UUID = "random:index/randomUuid:RandomUuid"
UUID4 = "random:index/randomUuid4:RandomUuid4"
UUID7 = "random:index/randomUuid7:RandomUuid7"

CHARACTERS: Properties = {
    "lower": True,
    "minLower": 0.0,
    "minNumeric": 0.0,
    "minSpecial": 0.0,
    "minUpper": 0.0,
    "number": True,
    "numeric": True,
    "special": True,
    "upper": True,
}
DEFAULTS: dict[str, Properties] = {
    PASSWORD: CHARACTERS,
    PET: {"length": 2.0, "separator": "-"},
    STRING: CHARACTERS,
}
"""What the ordinary provider fills in where the program leaves it open."""
SECRET: dict[str, tuple[str, ...]] = {BYTES: ("base64", "hex"), PASSWORD: ("bcryptHash", "result")}
"""Outputs that are secret whatever the inputs are."""
DRAWS: dict[str, Callable[[Properties], Properties]] = {
    BYTES: draws.some_bytes,
    ID: draws.identity,
    INTEGER: draws.integer,
    PASSWORD: draws.password,
    PET: draws.pet,
    SHUFFLE: draws.shuffle,
    STRING: draws.text,
    UUID: draws.uuid4,
    UUID4: draws.uuid4,
    UUID7: draws.uuid7,
}
"""How each type is drawn: from its inputs with defaults, to what is computed, the identity included."""
IMPORTS: dict[str, Callable[[str], Properties]] = {
    BYTES: draws.imported_bytes,
    ID: draws.imported_identity,
    INTEGER: draws.imported_integer,
    PASSWORD: draws.imported_password,
    STRING: draws.imported_text,
    UUID: draws.imported_uuid,
    UUID4: draws.imported_uuid,
    UUID7: draws.imported_uuid,
}
"""How each type is made from the identity that an import names."""


class Random(Provider):
    """Draws random values, keeps what was drawn, and previews them as unknown."""

    name = "random"
    check = Check(lenient=True)

    def faults(self, token: str, inputs: Properties) -> list[Fault]:
        """Check the inputs against the SDK, then whether such a value can be drawn."""
        found = super().faults(token, inputs)
        return found or [] if has_unknown(inputs) else found or draws.faults(_filled(token, inputs))

    def planned(self, token: str, inputs: Properties, old: Properties) -> Properties:
        """Return inputs and defaults, with unknowns for what will be drawn; an update draws nothing again."""
        outputs = super().planned(token, _given(token, inputs), old)
        outputs["id"] = old.get("id", UNKNOWN)
        return _hidden(token, outputs)

    def immutable(self, token: str, inputs: Properties) -> list[Path]:
        """Every input: another wish is another draw."""
        return [("*",)]

    def keeps_name(self, token: str, old: Properties, new: Properties) -> bool:
        """Random values have no names that could clash."""
        return False

    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        """Draw a value."""
        if request.preview:
            return super().Create(request, context)
        token, inputs = token_of(request.type, request.urn), read(request.properties)
        drawn = DRAWS[token](_filled(token, inputs))
        return provider_pb2.CreateResponse(
            id=str(drawn["id"]), properties=write(_hidden(token, {**_given(token, inputs), **drawn}))
        )

    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        """Keep what was drawn; what the engine updates in place changes no draw."""
        if request.preview:
            return super().Update(request, context)
        token, inputs, old = token_of(request.type, request.urn), read(request.news), read(request.olds)
        kept: Properties = {name: value for name, value in old.items() if name in self.shape(token).outputs}
        outputs = _hidden(token, {**kept, "id": old.get("id", request.id), **_given(token, inputs)})
        return provider_pb2.UpdateResponse(properties=write(outputs))

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """Forget a value: it is nowhere but in the state."""
        return empty_pb2.Empty()

    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        """Return the state as it is, or make one from the identity that an import names."""
        if request.properties.fields:
            return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)
        token = token_of(request.type, request.urn)
        if token not in IMPORTS:
            raise Refusal(f"{token.rsplit(':', maxsplit=1)[-1]} can't be imported: let the program draw a new one.")
        found = {**DEFAULTS.get(token, {}), **IMPORTS[token](request.id)}
        given = self.shape(token).inputs.properties
        inputs = {name: value for name, value in found.items() if name in given and name not in SECRET.get(token, ())}
        return provider_pb2.ReadResponse(
            id=str(found["id"]), properties=write(_hidden(token, found)), inputs=write(inputs)
        )


def _given(token: str, inputs: Properties) -> Properties:
    """Return inputs and defaults, still secret where they were."""
    given: Properties = {name: value for name, value in inputs.items() if value is not None}
    if DEFAULTS.get(token) is CHARACTERS and ("numeric" in given or "number" in given):
        # Two names of one option: the newer one counts.
        given["numeric"] = given["number"] = given.get("numeric", given.get("number"))
    return {**DEFAULTS.get(token, {}), **given}


def _filled(token: str, inputs: Properties) -> Properties:
    """Return inputs and defaults to draw by."""
    known = plain(_given(token, inputs))
    return known if isinstance(known, dict) else {}


def _hidden(token: str, outputs: Properties) -> Properties:
    """Mark what is secret in every value of this type."""
    found = dict(outputs)
    for name in SECRET.get(token, ()):
        value: Value = found.get(name)
        if value is not None:
            found[name] = value if isinstance(value, Secret) else Secret(value)
    return found
