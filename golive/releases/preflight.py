"""What a release needs that the program does not make: images in registries, and values in the store of secrets.

Three answers: it is there, it is gone, nobody can say. What is gone refuses a rollback; what nobody can say refuses it
too, until a person says why it is well all the same.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from golive.releases.history import LedgerError
from golive.releases.image_registry import Answer, Presence, ask, named_registry
from golive.releases.kubectl import Object, listed
from settings.models import Settings

EXTERNAL_SECRETS = "externalsecrets.external-secrets.io"
_AT_ONCE = 8
_NAMED = 3


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What was found, in sentences without their full stops."""

    gone: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What nobody asked, because nothing says whom to ask."""

    def __add__(self, other: "Findings") -> "Findings":
        return Findings(
            gone=self.gone + other.gone, unknown=self.unknown + other.unknown, notes=self.notes + other.notes
        )


def outside(settings: Settings, stack: str) -> Findings:
    """Look for all that ``settings`` need. Raises ``SettingsError`` where they don't fit the catalogue."""
    # Only here: the program loads Pulumi's SDKs, which would slow down every other verb.
    from catalog import PRODUCTS  # noqa: PLC0415
    from stack.resolve import join  # noqa: PLC0415

    workloads = join(settings, PRODUCTS)
    images = {image for each in workloads for image in (each.image, each.smoke_test) if image}
    return in_registries(sorted(images)) + in_the_store(settings, stack)


def in_registries(images: Sequence[str]) -> Findings:
    """Ask each image's registry for it, several at once; an image that names no registry is noted."""
    named = [image for image in images if named_registry(image)]
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as several:
        answers = list(several.map(ask, named))
    gone = tuple(
        f"the image {answer.image} is gone: {named_registry(answer.image)} does not have it"
        for answer in answers
        if answer.presence is Presence.GONE
    )
    silent = len(images) - len(named)
    note = f"{_count(silent)} no registry, so nobody was asked whether {'it is' if silent == 1 else 'they are'} there"
    return Findings(gone=gone, unknown=tuple(_unanswered(answers)), notes=(note,) if silent else ())


def _count(images: int) -> str:
    return "1 image names" if images == 1 else f"{images} images name"


def _unanswered(answers: Sequence[Answer]) -> Iterator[str]:
    """Tell the images that nobody knows of, one sentence for each registry and reason."""
    alike: dict[tuple[str, str], list[str]] = defaultdict(list)
    for answer in answers:
        if answer.presence is Presence.UNKNOWN:
            alike[named_registry(answer.image), answer.why].append(answer.image)
    for (host, why), images in sorted(alike.items()):
        yield f"{host} can't say whether it has {_some(images)}: {why}"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def in_the_store(settings: Settings, stack: str) -> Findings:
    """Ask the cluster whether the store still has each key of each secret; no value is read.

    An ExternalSecret that reads a key and is ready has found it at its last look, and one that is not has not. Values
    are those of today, rotated or not: a release names keys. The ``fake`` store has what the program makes up.
    """
    from components.args import ENVIRONMENT, MANAGED_BY  # noqa: PLC0415 - as above
    from stack.aws.region import MANAGER  # noqa: PLC0415

    if settings.platform.secrets.provider == "fake":
        return Findings()
    ours = f"--selector={MANAGED_BY}={MANAGER},{ENVIRONMENT}={stack}"
    try:
        found = listed(stack, [EXTERNAL_SECRETS], "--all-namespaces", ours)
    except LedgerError as problem:
        return Findings(unknown=(f"{problem}, so nobody knows whether its secrets are there",))
    if not found:
        where = f"the cluster reads no secret of {stack} from the store. Is it the one that {stack} is deployed to?"
        return Findings(unknown=(f"{where} Nobody knows whether the secrets are there",))
    return found_keys(needed_keys(settings), found)


def needed_keys(settings: Settings) -> Mapping[tuple[str, str], frozenset[str]]:
    """Name the keys of each secret that the services read, by namespace and by its name in the store."""
    from catalog import PRODUCTS  # noqa: PLC0415 - as above
    from components.platform.external_secrets import remote_key  # noqa: PLC0415
    from stack.resolve import join  # noqa: PLC0415

    keys: dict[tuple[str, str], frozenset[str]] = {}
    for each in join(settings, PRODUCTS):
        for secret in each.secrets:
            place = each.namespace, remote_key(settings.environment, each.product, secret.name)
            keys[place] = keys.get(place, frozenset()) | frozenset(secret.keys)
    return keys


def found_keys(needed: Mapping[tuple[str, str], frozenset[str]], found: Sequence[Object]) -> Findings:
    """Compare the keys that are ``needed`` with what the cluster's ExternalSecrets found in the store.

    One that is not ready may lack any of its keys. So it is held against a secret only where it reads no other keys
    than those that are needed.
    """
    readers = [_reader(each) for each in found]
    gone, unknown = [], []
    for (namespace, secret), keys in sorted(needed.items()):
        mine = [(read[namespace, secret], fault) for read, fault in readers if (namespace, secret) in read]
        seen = frozenset[str]().union(*(read for read, fault in mine if fault is None))
        faults = [fault for read, fault in mine if fault is not None and read <= keys and not read <= seen]
        missing = ", ".join(sorted(keys - seen))
        if faults:
            gone.append(f"the store does not give {missing} of the secret {secret} to {namespace}: {faults[0]}")
        elif missing:
            unknown.append(f"nothing in {namespace} reads {missing} of the secret {secret}, so it may be gone")
    return Findings(gone=tuple(gone), unknown=tuple(unknown))


def _reader(found: Object) -> tuple[Mapping[tuple[str, str], frozenset[str]], str | None]:
    """Say which keys of which secrets an ExternalSecret reads, and why it is not ready, if it isn't."""
    namespace = found["metadata"]["namespace"]
    keys: dict[tuple[str, str], set[str]] = defaultdict(set)
    for entry in found.get("spec", {}).get("data") or ():
        remote = entry.get("remoteRef", {})
        keys[namespace, str(remote.get("key"))].add(str(remote.get("property")))
    return {place: frozenset(each) for place, each in keys.items()}, _fault(found)


def _fault(found: Object) -> str | None:
    """Say why an ExternalSecret is not ready; ``None`` where it is."""
    conditions = found.get("status", {}).get("conditions") or ()
    ready = next((each for each in conditions if each.get("type") == "Ready"), None)
    if ready is not None and ready.get("status") == "True":
        return None
    said = (ready.get("message") or ready.get("reason")) if ready else None
    return f"{found['metadata']['name']} is not ready ({said or 'nobody has looked yet'})"
