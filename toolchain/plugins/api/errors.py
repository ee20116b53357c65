"""What an API server says no with."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from toolchain.plugins.awaiting.reader import Refused, Unreachable

__all__ = ["Cause", "NoSuchKind", "Refused", "StatusError", "Unreachable", "Unsent"]

AUTHORIZER = re.compile(r'User "[^"]*" cannot [a-z]+ resource')
"""How the API server words that the user lacks a permission; admission words its refusals otherwise."""


class Unsent(Unreachable):
    """The request did not reach the server, so it surely changed nothing."""


EARLY = re.compile(
    r'error looking up service account|no PriorityClass with name|RuntimeClass[^"]* "[^"]*" not found'
    r'|storageclass[^"]* "[^"]*" not found'
)
"""How Kubernetes's own admission words that something which an object names is not there, or not there yet."""


@dataclass(frozen=True)
class Cause:
    """One reason in a ``Status``."""

    reason: str
    message: str
    field: str


class StatusError(Refused):
    """A ``Status`` that is no success: the server's own words, and what programs can read in it."""

    def __init__(self, code: int, status: Mapping[str, Any]) -> None:
        super().__init__(str(status.get("message") or f"HTTP status {code}"))
        self.code = code
        self.reason = str(status.get("reason") or "")
        details = status.get("details")
        self._details: Mapping[str, Any] = details if isinstance(details, dict) else {}

    @property
    def causes(self) -> list[Cause]:
        """The reasons one by one, where the server gives them."""
        listed = self._details.get("causes") or []
        return [Cause(str(c.get("reason", "")), str(c.get("message", "")), str(c.get("field", ""))) for c in listed]

    @property
    def not_found(self) -> bool:
        """Whether there is no such object."""
        return self.code == HTTPStatus.NOT_FOUND

    @property
    def no_namespace(self) -> bool:
        """Whether what is missing is the namespace."""
        return self.not_found and self._details.get("kind") == "namespaces"

    @property
    def early(self) -> bool:
        """Whether what is missing may be on its way: the namespace, or something else that the object names."""
        return self.not_found or (self.code == HTTPStatus.FORBIDDEN and EARLY.search(str(self)) is not None)

    @property
    def exists(self) -> bool:
        """Whether an object of that name exists already."""
        return self.code == HTTPStatus.CONFLICT and self.reason == "AlreadyExists"

    @property
    def conflict(self) -> bool:
        """Whether somebody else changed or owns what was to be changed."""
        return self.code == HTTPStatus.CONFLICT and not self.exists

    @property
    def unauthorized(self) -> bool:
        """Whether the user may not do this at all, whatever the object; admission refuses objects, not users."""
        return self.code == HTTPStatus.FORBIDDEN and AUTHORIZER.search(str(self)) is not None

    @property
    def immutable(self) -> bool:
        """Whether a field was to be changed that can't be."""
        return self.code == HTTPStatus.UNPROCESSABLE_ENTITY and "field is immutable" in str(self)


class NoSuchKind(Refused):
    """The API server serves no objects of this kind."""

    def __init__(self, api_version: str, kind: str) -> None:
        super().__init__(f"the API server has no kind {kind} in {api_version}", missing=True)
