"""What keeps a release back: holds on what was bad, and the soak before a promotion."""

import hashlib
import json
from typing import Annotated, Literal, Protocol, Self, TypeAlias

from pydantic import Field, model_validator

from settings.errors import NOTHING, ContradictionError, Fault
from settings.surroundings import Part
from settings.vocabulary import Duration, Fingerprint, ImageReference, Reason

Environment: TypeAlias = Literal["dev", "staging", "prod"]
"""The three environments, one stack file each."""

NOT_DEPLOYED = frozenset({"holds", "promotion"})
"""The keys that decide what may be deployed, and reach no object."""

OPERATED = frozenset({"maintenance"})
"""The keys that are switched while a release runs, and belong to none: a rollback leaves them as they are."""


class Promotion(Part):
    """What may be promoted to this environment, and how long it has to run elsewhere before."""

    source: Environment
    """The environment that releases come from."""
    soak: Duration
    """How long a release runs there without a change before it may come."""


class Hold(Part):
    """One thing that must not be deployed until the hold is lifted."""

    reason: Reason
    """Why, for whoever meets it."""
    images: Annotated[tuple[ImageReference, ...], Field(examples=["['254carbon/marketplace:v1.1.0']"])] = ()
    """Images that no service may run."""
    settings: Fingerprint | None = None
    """All the settings but the releases, where the images were not what was bad."""

    @model_validator(mode="after")
    def _holds_something(self) -> Self:
        if not self.images and self.settings is None:
            example = "what it keeps back, for example images: ['254carbon/marketplace:v1.1.0']"
            raise ContradictionError(Fault(("images",), NOTHING, example))
        return self


class Dumped(Protocol):
    """Settings, or whatever else can be written as plain data."""

    def model_dump_json(self, *, by_alias: bool, exclude_none: bool) -> str:
        """Write it as JSON."""


def fingerprint(settings: Dumped) -> str:
    """Name everything that the settings ask to deploy: equal settings, and only they, have equal fingerprints."""
    return _digest(settings, NOT_DEPLOYED)


def environment_fingerprint(settings: Dumped) -> str:
    """Name what the settings say besides the releases, and besides what is switched while they run."""
    return _digest(settings, NOT_DEPLOYED | OPERATED | {"releases"})


def _digest(settings: Dumped, without: frozenset[str]) -> str:
    data = json.loads(settings.model_dump_json(by_alias=True, exclude_none=True))
    kept = {key: value for key, value in data.items() if key not in without}
    return f"sha256:{hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()}"
