"""Volumes and their claims: bound, or as far as they can come before a pod wants them."""

from toolchain.plugins.awaiting import pod
from toolchain.plugins.awaiting.fields import text, warnings
from toolchain.plugins.awaiting.outcome import Collection, Family, Outcome, Ready, Related, Waiting
from toolchain.plugins.awaiting.reader import Live

MINUTES = 5 * 60.0


def claim(live: Live, related: Related) -> Outcome:
    """Judge one PersistentVolumeClaim: bound, or pending where its class binds when the first pod comes."""
    phase = text(live, "status", "phase")
    if phase == "Bound":
        return Ready()
    name = text(live, "spec", "storageClassName")
    for storage in related.get("StorageClass", ()):
        late = text(storage, "volumeBindingMode") == "WaitForFirstConsumer"
        if text(storage, "metadata", "name") == name and late and phase == "Pending":
            return Ready()
    words = pod.warned(live, related.get("Event", ()))
    return Waiting(f"waiting for a volume (the claim is {phase or 'new'})", (words,) if words else ())


def volume(live: Live, _: Related) -> Outcome:
    """Judge one PersistentVolume: available or bound."""
    phase = text(live, "status", "phase")
    return Ready() if phase in {"Available", "Bound"} else Waiting(f"the volume is {phase or 'new'}")


def related_of_claim(live: Live) -> tuple[Collection, ...]:
    """Look at the claim's class, which not everybody may read, and at warnings."""
    name = text(live, "spec", "storageClassName")
    selector = f"metadata.name={name}"
    classes = Collection("storage.k8s.io/v1", "StorageClass", None, fields=selector, needed=False)
    return ((classes,) if name else ()) + (warnings(live),)


CLAIM = Family(progress=claim, related=related_of_claim, timeout=MINUTES)
VOLUME = Family(progress=volume, timeout=MINUTES)
