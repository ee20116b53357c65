"""What every component's arguments have in common."""

from collections.abc import Mapping
from typing import Annotated, TypeAlias, TypeVar

import pulumi
from pydantic import AfterValidator, BaseModel, ConfigDict, SkipValidation

T = TypeVar("T")
Wire: TypeAlias = T | pulumi.Output[T]
"""A value we hold now, or one that another resource will hand us later. What a guardrail reads stays plain or known."""

PART_OF = "app.kubernetes.io/part-of"
MANAGED_BY = "app.kubernetes.io/managed-by"
NAME = "app.kubernetes.io/name"
NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label by which a selector can name a namespace; the API server sets it and nobody else can."""

OWNER = "golive/owner"
ENVIRONMENT = "golive/environment"
_REQUIRED = (PART_OF, MANAGED_BY, OWNER, ENVIRONMENT)


def _complete(labels: Mapping[str, str]) -> Mapping[str, str]:
    missing = [key for key in _REQUIRED if not labels.get(key)]
    if missing:
        raise ValueError(f"expected the labels {', '.join(_REQUIRED)}; missing: {', '.join(missing)}")
    return labels


Labels = Annotated[Mapping[str, str], AfterValidator(_complete)]
"""Who an object belongs to: the product (``part-of``), the tool that manages it, the owner, the environment."""


Awaited: TypeAlias = tuple[Annotated[pulumi.Resource, SkipValidation], ...]
"""Resources that must be there first. They are an argument, because the engine hands the ``depends_on`` of a component
to none of its children."""


class Args(BaseModel):
    """Arguments are read once, never edited, and never misspelt."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


def labelled(labels: Mapping[str, str], name: str) -> dict[str, str]:
    """Give the labels of one object: whom it belongs to, and ``name``, the thing that it is part of."""
    return {**labels, NAME: name}
