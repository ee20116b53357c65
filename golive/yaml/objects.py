"""From documents to the resources that guardrails judge."""

import re
from dataclasses import dataclass

from guardrails.model.resources import Kind, Resource

from golive.yaml.document import Document, Unreadable

_API_VERSION = re.compile(r"([a-zA-Z0-9]([-a-zA-Z0-9.]*[a-zA-Z0-9])?/)?[a-zA-Z][a-zA-Z0-9]*")
_KIND = re.compile(r"[a-zA-Z][a-zA-Z0-9]*")
_NAMES = ("apiVersion", "kind")
_SHAPE = frozenset({"metadata", "spec"})
"""What objects have, and hardly anything else has both of."""
_CLIENTS = ("kustomize.config.k8s.io/",)
"""Groups of files that have an apiVersion and a kind and that no cluster ever sees."""


@dataclass(frozen=True, kw_only=True)
class NotJudged:
    """A document that is no Kubernetes object, and why nobody takes it for one."""

    file: str
    line: int
    says: str

    def __str__(self) -> str:
        """``file:line: words``."""
        return f"{self.file}:{self.line}: not judged: {self.says}"


def resource(document: Document, urn: str) -> Resource | NotJudged | Unreadable:
    """Make a resource of a document; ``urn`` is a mark that findings carry back."""
    value = document.value
    if not isinstance(value, dict):
        return _of_another_shape(document)
    for key in _NAMES:
        if value.get(key) is None:
            if len(_SHAPE & value.keys()) == len(_SHAPE):
                return _malformed(document, document.line, f"looks like an object and names no {key}. Write one.")
            return _not(document, f"it names no {key}, so it is no Kubernetes object")
    api_version, kind = value["apiVersion"], value["kind"]
    for key, said, form, example in (
        ("apiVersion", api_version, _API_VERSION, "apps/v1"),
        ("kind", kind, _KIND, "Deployment"),
    ):
        if not isinstance(said, str) or not form.fullmatch(said):
            line = document.places().get(key, document.line)
            return _malformed(document, line, f"{key} is no name that a cluster knows. Write one such as {example}.")
    api_version, kind = str(api_version), str(kind)
    if api_version.startswith(_CLIENTS):
        return _not(document, f"a {kind} is read by kustomize, not by a cluster. Judge what it builds")
    name = f"{document.file}:{document.line}"
    return Resource(type=Kind.of(api_version, kind).token, name=name, props=value, urn=urn)


def _of_another_shape(document: Document) -> NotJudged | Unreadable:
    """A list of objects is what somebody forgot to write as documents; a cluster takes no such list."""
    value = document.value
    if not isinstance(value, list):
        return _not(document, "it is a single value")
    if any(isinstance(each, dict) and all(each.get(key) for key in _NAMES) for each in value):
        return _malformed(document, document.line, "a list of objects. Write each as a document, or a List of items.")
    return _not(document, "it is a list")


def _malformed(document: Document, line: int, says: str) -> Unreadable:
    return Unreadable(file=document.file, line=line, column=1, says=says)


def _not(document: Document, says: str) -> NotJudged:
    return NotJudged(file=document.file, line=document.line, says=says)
