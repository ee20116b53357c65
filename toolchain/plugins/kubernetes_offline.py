"""What a Kubernetes provider can say without a cluster: checks, names, plans, differences.

Names, annotations, replacements and the order of deletion follow the ordinary provider in its default mode, server-side
apply. Without an API server nothing is defaulted by one: outputs are what was given, plus unknowns for what a server
fills in.
"""

import difflib
from collections.abc import Sequence
from typing import TypeGuard

from toolchain.plugins import objects, shapes
from toolchain.plugins.api.kubeconfig import CONNECTION, active_cluster
from toolchain.plugins.checks import Fault
from toolchain.plugins.differences import Change
from toolchain.plugins.immutable_kinds import immutable
from toolchain.plugins.kind import Kind
from toolchain.plugins.normalised import adds_nothing, respelt
from toolchain.plugins.paths import Path, below, parse
from toolchain.plugins.provider import Asked, Compared, Provider, inside
from toolchain.plugins.values import UNKNOWN, Properties, Secret, Unknown, Value, has_unknown, plain

AUTONAMED = "pulumi.com/autonamed"
"""Annotation that the ordinary provider sets on objects which it has named."""
NAME_DIGITS = 8
READ_ONLY = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "uid",
)
"""What the API server writes into ``metadata``; a program that sets them is not listened to."""
STABLE = ("creationTimestamp", "uid")
VOLATILE = ("generation", "managedFields", "resourceVersion")
FILLED_IN: dict[str, tuple[str, ...]] = {
    "kubernetes:batch/v1:Job": ("spec.selector",),
    "kubernetes:core/v1:PersistentVolumeClaim": ("spec.volumeName",),
    "kubernetes:core/v1:Pod": ("spec.nodeName",),
    "kubernetes:core/v1:Service": ("spec.clusterIP", "spec.clusterIPs"),
}
"""What the API server decides where the program leaves it open."""


class OfflineKubernetes(Provider):
    """Previews Kubernetes objects without a cluster."""

    name = "kubernetes"

    def __init__(self, engine: str = "") -> None:
        super().__init__(engine)
        self.defined: dict[tuple[str, str], bool] = {}
        """Group and kind of the custom resources that the program defines, and whether they live in namespaces."""

    def prepare(self, asked: Asked) -> Properties:
        """Fill in API version, kind, name and namespace, and drop what only the API server writes."""
        shape = shapes.resource(asked.token)
        if shape is not None and "metadata" not in shape.inputs.properties:
            return dict(asked.new)
        kind = Kind.of(asked.token)
        inputs = dict(asked.new)
        if kind.known:
            inputs.setdefault("apiVersion", kind.api_version)
            inputs.setdefault("kind", kind.plain)
        self._define(inputs)
        if "metadata" in inputs and not _editable(inputs["metadata"]):
            return inputs
        self._name(asked, inputs, kind)
        if not _metadata(inputs).get("namespace") and self.namespaced(kind):
            _set(inputs, {"namespace": self.place()})
        sent = _without(inputs, READ_ONLY)
        return sent if has_unknown(sent) else objects.encoded(sent)

    def _define(self, inputs: Properties) -> None:
        """Remember a custom resource definition of the program, whose kind the cluster may not serve yet."""
        spec, group = inside(inputs.get("spec")), inside(inputs.get("spec")).get("group")
        kind = inside(spec.get("names")).get("kind")
        if inputs.get("kind") == "CustomResourceDefinition" and isinstance(group, str) and isinstance(kind, str):
            self.defined[group, kind] = spec.get("scope") == "Namespaced"

    def place(self) -> str:
        """Return the namespace of objects that name none."""
        given = self.configuration.get("namespace")
        return given if isinstance(given, str) and given else "default"

    def namespaced(self, kind: Kind) -> bool | None:
        """Say whether objects of this kind live in namespaces; ``None`` where only a cluster knows."""
        if kind.known:
            return kind.namespaced
        return self.defined.get((kind.group, kind.plain))

    def faults(self, token: str, inputs: Properties) -> list[Fault]:
        """Check known kinds against the SDK, and the frame of custom resources."""
        kind = Kind.of(token)
        if kind.known and kind.kind.endswith("List"):
            return [Fault(("kind",), "lists can't be created themselves: write each of their objects as a resource")]
        found = list(_generated(inputs))
        if not kind.known:
            return found + self._custom(kind, inputs)
        found += super().faults(token, inputs)
        if "apiVersion" in self.shape(token).inputs.properties:
            found += _identity(inputs, kind, (kind.plain,))
        if kind.patch and not _metadata(inputs).get("name"):
            found.append(Fault(("metadata", "name"), "a patch needs the name of the object that it changes"))
        return found

    def planned(self, token: str, inputs: Properties, old: Properties) -> Properties:
        """Return what was given, with unknowns for status and whatever the API server fills in."""
        outputs = {name: value for name, value in inputs.items() if not name.startswith("__")}
        shape = shapes.resource(token)
        if shape is not None and "status" in shape.outputs:
            outputs["status"] = UNKNOWN
        if _editable(outputs.get("metadata")):
            before = inside(old.get("metadata"))
            stable: Properties = {field: before.get(field, UNKNOWN) for field in STABLE}
            _set(outputs, {**stable, **dict.fromkeys(VOLATILE, UNKNOWN)})
        for field in FILLED_IN.get(token, ()):
            section, name = field.split(".")
            known = below(old, parse(field))
            if isinstance(outputs.get(section), dict) and not below(outputs, parse(field)):
                outputs[section] = {**inside(outputs[section]), name: known[0] if known else UNKNOWN}
        return outputs

    def immutable(self, token: str, inputs: Properties) -> list[Path]:
        """List the fields that the ordinary provider replaces an object for; in a patch, only its identity."""
        kind = Kind.of(token)
        if kind.patch:
            return immutable("", "", content=False)
        setting = f"enable{kind.kind}Mutable"
        content = self.configuration.get(setting) is not True or plain(inputs.get("immutable")) is True
        return immutable(kind.group, kind.kind, content=content)

    def keeps_name(self, token: str, old: Properties, new: Properties) -> bool:
        """Say whether the program itself named the object, and leaves name and namespace as they are."""
        before, after = _metadata(old), _metadata(new)
        automatic = inside(after.get("annotations")).get(AUTONAMED) == "true"
        same = all(before.get(field) == after.get(field) for field in ("name", "namespace"))
        return same and not automatic and isinstance(after.get("name"), str)

    def before(self, state: Properties, inputs: Properties) -> Properties:
        """Return of the state's live object what its inputs spoke of: nothing that the server filled in is compared."""
        given = objects.encoded(inside(state.get(objects.INPUTS)) or inputs or state)
        live = objects.encoded({key: value for key, value in state.items() if not key.startswith("__")}) or given
        found = objects.pruned(plain(live), plain(given))
        return found if isinstance(found, dict) else {}

    def changes(self, asked: Compared) -> list[Change]:
        """List what differs, without what the API server would take for the same."""
        found = super().changes(asked)
        if not Kind.of(asked.token).known:
            return found
        empty = [change for change in found if adds_nothing(change)]
        passing = self.left_out(asked, empty) if empty else []
        return [change for change in found if change not in passing and not respelt(change)]

    def left_out(self, asked: Compared, empty: list[Change]) -> list[Change]:
        """List which of the ``empty`` additions the API server leaves out: those that it left out the last time."""
        given = plain(inside(asked.state.get(objects.INPUTS)) or asked.old_inputs)
        return [change for change in empty if below(given, change.path) == [change.new]]

    def comparable(self, token: str, inputs: Properties) -> Properties:
        """Return inputs with a namespace where there is one, and without what only the API server writes."""
        if not _editable(inputs.get("metadata")):
            return inputs
        compared = dict(inputs if has_unknown(inputs) else objects.encoded(inputs))
        namespaced = self.namespaced(Kind.of(token))
        if namespaced and not _metadata(inputs).get("namespace"):
            _set(compared, {"namespace": "default"})
        return _without(compared, READ_ONLY if namespaced is not False else (*READ_ONLY, "namespace"))

    def configuration_replaces(self, old: Properties, new: Properties) -> list[str]:
        """Replace everything when the provider points to another cluster, or to one that isn't known yet."""
        identity = "clusterIdentifier"
        given = new.get(identity)
        if given is not None and given == old.get(identity):
            return []
        replaces = [identity] if given is not None and old.get(identity) is not None else []
        unknown = [key for key in CONNECTION if isinstance(plain(new.get(key)), Unknown)]
        if unknown:
            return replaces + unknown
        before, after = (active_cluster({key: plain(side.get(key)) for key in CONNECTION}) for side in (old, new))
        if before is not None and after is not None and before != after:
            replaces += [key for key in CONNECTION if plain(old.get(key)) != plain(new.get(key))]
        render = "renderYamlToDirectory"
        return replaces + ([render] if old.get(render) != new.get(render) else [])

    def _name(self, asked: Asked, inputs: Properties, kind: Kind) -> None:
        """Keep an automatic name, or make one."""
        found = _metadata(inputs)
        if found.get("name") or found.get("generateName") or kind.patch:
            return
        before = _metadata(asked.old)
        kept = before.get("name") if inside(before.get("annotations")).get(AUTONAMED) == "true" else None
        if asked.old and kept is None:
            return
        annotations: Properties = {**inside(found.get("annotations")), AUTONAMED: "true"}
        _set(inputs, {"name": kept or asked.automatic_name(NAME_DIGITS), "annotations": annotations})

    def _custom(self, kind: Kind, inputs: Properties) -> list[Fault]:
        """Check what every custom resource has; what else it holds, only its own definition can say."""
        offered = shapes.kinds("kubernetes", f"{kind.group or 'core'}/{kind.version}")
        if offered:
            near = difflib.get_close_matches(kind.kind, offered, n=1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            return [Fault(("kind",), f"{kind.api_version} has no kind {kind.kind!r}{meant}")]
        missing = [key for key in ("apiVersion", "kind", "metadata") if inputs.get(key) is None]
        found = [Fault((key,), f"required property {key!r} is missing") for key in missing]
        found += _identity(inputs, kind, (kind.kind, kind.plain))
        metadata = shapes.at(self.shape("kubernetes:core/v1:ConfigMap").inputs, ("metadata",))
        return found + ([] if "metadata" in missing else self.check.faults(inputs["metadata"], metadata, ("metadata",)))


def _identity(inputs: Properties, kind: Kind, kinds: tuple[str, ...]) -> list[Fault]:
    """Compare ``apiVersion`` and ``kind`` with the type token."""
    found = []
    for key, wanted in (("apiVersion", (kind.api_version,)), ("kind", kinds)):
        given = inputs.get(key)
        if isinstance(given, str) and given not in wanted:
            found.append(Fault((key,), f"expected {wanted[0]!r} for this type of resource, found {given!r}"))
    return found


def _generated(inputs: Properties) -> list[Fault]:
    found = _metadata(inputs)
    if found.get("generateName") and not found.get("name"):
        path = ("metadata", "generateName")
        return [
            Fault(path, "server-side apply needs a name: set metadata.name, or leave both out for an automatic one")
        ]
    return []


def _editable(value: Value) -> TypeGuard[Properties | Secret]:
    """Say whether ``value`` is a known object, secret or not."""
    return isinstance(value.value if isinstance(value, Secret) else value, dict)


def _metadata(inputs: Properties) -> Properties:
    return inside(inputs.get("metadata"))


def _set(inputs: Properties, entries: Properties) -> None:
    """Add ``entries`` to the metadata, which stays secret if it was."""
    merged: Properties = {**_metadata(inputs), **entries}
    inputs["metadata"] = Secret(merged) if isinstance(inputs.get("metadata"), Secret) else merged


def _without(inputs: Properties, dropped: Sequence[str]) -> Properties:
    """Drop entries of the metadata."""
    kept: Properties = {key: value for key, value in _metadata(inputs).items() if key not in dropped}
    return {**inputs, "metadata": Secret(kept) if isinstance(inputs.get("metadata"), Secret) else kept}
