"""Reading an object: for a refresh, and for an import, where its inputs have to be guessed from what is there."""

from toolchain.plugins import objects, shapes
from toolchain.plugins.api.client import Object
from toolchain.plugins.api.errors import NoSuchKind, Refused
from toolchain.plugins.awaiting.loop import NotReady, check_ready
from toolchain.plugins.awaiting.reader import Ref
from toolchain.plugins.deploying.attempt import Attempt, refused, shown
from toolchain.plugins.values import Properties, plain

WRITTEN_BY_SERVER = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "uid")
WRITTEN_BY_CONTROLLERS = ("deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration")


def read_live(attempt: Attempt, ref: Ref) -> Object | None:
    """Return the object, or ``None`` where it or its whole kind is gone. Raises ``Refusal``."""
    try:
        return attempt.patiently(lambda: attempt.client.get(ref), shown(ref))
    except NoSuchKind:
        return None
    except Refused as problem:
        raise refused(problem, ref, attempt.manager) from None


def unready(attempt: Attempt, live: Object, inputs: Properties) -> tuple[str, ...]:
    """Say why an object is not ready, for the kinds that a refresh looks at; nothing where it is ready."""
    try:
        attempt.patiently(lambda: check_ready(live, attempt.client, objects.body(inputs)), shown(Ref.of(live)))
    except NotReady as problem:
        return problem.words
    except Refused as problem:
        return (str(problem),)
    return ()


def inputs_now(live: Object, inputs: Properties) -> Properties:
    """Return the inputs as they are in the cluster now, without what they never spoke of."""
    found = objects.pruned(objects.properties(live), plain(objects.encoded(inputs)))
    return objects.marked(found, inputs) if isinstance(found, dict) else {}


def inputs_guessed(token: str, live: Object) -> Properties:
    """Return the inputs that an object could have been made from: what a program may say of such a resource.

    Of a custom resource only its name is taken, because only its own definition knows what its fields are.
    """
    metadata = live["metadata"]
    known = shapes.resource(token)
    found: Properties = {"apiVersion": live["apiVersion"], "kind": live["kind"]}
    if known is None:
        return {**found, "metadata": {key: metadata[key] for key in ("name", "namespace") if key in metadata}}
    notes = {k: v for k, v in (metadata.get("annotations") or {}).items() if k not in WRITTEN_BY_CONTROLLERS}
    clean = {key: item for key, item in metadata.items() if key not in (*WRITTEN_BY_SERVER, "annotations")}
    taken = objects.properties({**live, "metadata": {**clean, **({"annotations": notes} if notes else {})}})
    return objects.marked({key: item for key, item in taken.items() if key in known.inputs.properties}, {})
