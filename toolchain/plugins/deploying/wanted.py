"""What is sent for a resource: its object, as whom, and whether fields are taken from others."""

import hashlib

from toolchain.plugins import objects
from toolchain.plugins.api.client import Object
from toolchain.plugins.awaiting.reader import Ref
from toolchain.plugins.deploying.cluster import Options
from toolchain.plugins.kind import Kind
from toolchain.plugins.provider import inside
from toolchain.plugins.serve import Refusal
from toolchain.plugins.values import Properties, has_unknown, plain

FORCE = "pulumi.com/patchForce"
MANAGER = "pulumi.com/patchFieldManager"
PREFIX = "pulumi-kubernetes-"
DIGITS = 8


def manager(urn: str, inputs: Properties, state: Properties) -> str:
    """Return the field manager: the annotation's, else the state's, else one that only this resource has.

    The ordinary provider draws its digits. Here they follow from the URN: when a deployment is killed after a creation
    and before the state knows of it, the next one applies as the same manager, and does not meet itself as a stranger.
    """
    kept = plain(state.get(objects.FIELD_MANAGER))
    known = objects.annotation(inputs, MANAGER) or (kept if isinstance(kept, str) else "")
    return known or f"{PREFIX}{hashlib.sha256(urn.encode()).hexdigest()[:DIGITS]}"


def initial_version(inputs: Properties, state: Properties, kind: Kind) -> str:
    """Return the API version that the object was first made with."""
    return str(plain(state.get(objects.INITIAL_API_VERSION)) or plain(inputs.get("apiVersion")) or kind.api_version)


def forced(inputs: Properties, options: Options) -> bool:
    """Say whether the program takes fields over from other field managers."""
    return options.patch_force or objects.annotation(inputs, FORCE) == "true"


def wanted(kind: Kind, inputs: Properties) -> Object | None:
    """Return the object to send, or ``None`` where something in it is not known yet."""
    if has_unknown(inputs):
        return None
    sent = objects.body(inputs)
    found = {**sent, "apiVersion": sent.get("apiVersion") or kind.api_version, "kind": kind.plain}
    metadata = found.get("metadata")
    if not isinstance(metadata, dict) or not metadata.get("name"):
        raise Refusal(f"A {kind.kind} needs metadata.name before it can be deployed.")
    return found


def ref_of(kind: Kind, identity: str, state: Properties) -> Ref:
    """Name the object that a resource's identity, ``namespace/name`` or ``name``, stands for."""
    namespace, _, name = identity.rpartition("/")
    place = plain(inside(state.get("metadata")).get("namespace"))
    version = plain(state.get("apiVersion"))
    return Ref(
        version if isinstance(version, str) else kind.api_version,
        kind.plain,
        namespace or (place if isinstance(place, str) else None),
        name,
    )


def inputs_of(state: Properties, given: Properties) -> Properties:
    """Return the inputs of the last deployment: those in its outputs, or else those that the engine kept."""
    return inside(state.get(objects.INPUTS)) or given
