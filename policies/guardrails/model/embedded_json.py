"""Text in a field that is a document itself: JSON, as policies, containers and definitions of APIs come."""

import json

from guardrails.model.node import Node
from guardrails.model.values import Plain, Unknown, plain


def document(place: Node) -> Node:
    """The same place, with what its JSON text says instead of the text; what is no JSON is unreadable.

    What is no text stays as it is: an object, an unknown, nothing.
    """
    return place.child(_parsed(place.plain), place.path) if isinstance(place.plain, str) else place


def _parsed(text: str) -> Plain:
    try:
        return plain(json.loads(text))
    except (ValueError, RecursionError):
        return Unknown.UNREADABLE
