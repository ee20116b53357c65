"""The three answers to a question about a stack: it holds, it does not, or it cannot be known at preview.

A rule that compares places, of one object or of several, joins answers by `&`, `|` and `~` and reports the result by
`unless` or `where`. Each place that keeps the answer open is carried along as a doubt, so the report can name it.

An example: a Service selects pods by `app: api`. A pod labelled `app: web` is a no. A pod labelled `app: api` is a
yes. A pod whose label `app` is known only after deployment is neither: the answer is possible, with that label as its
doubt. The rule "a Service selects pods" is then undecidable at that label, and so the stack is refused.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from guardrails.model.findings import Violation
from guardrails.model.node import Node
from guardrails.model.values import Plain, Unknown


@dataclass(frozen=True)
class Answer:
    """No (`possible` is false), yes (no doubts), or yes unless one of the doubts turns out otherwise."""

    possible: bool
    doubts: tuple[Node, ...] = ()

    @property
    def certain(self) -> bool:
        """It holds, whatever the unknown values turn out to be."""
        return self.possible and not self.doubts

    def __and__(self, other: "Answer") -> "Answer":
        """Both hold. A certain no needs no further doubts."""
        possible = self.possible and other.possible
        return Answer(possible, (*self.doubts, *other.doubts) if possible else ())

    def __or__(self, other: "Answer") -> "Answer":
        """One of them holds. A certain yes needs no further doubts."""
        return either((self, other))

    def __invert__(self) -> "Answer":
        """It does not hold. What cannot be known stays so."""
        return self if self.possible and self.doubts else Answer(possible=not self.possible)

    def where(self, violation: Violation) -> Iterator[Violation]:
        """The violation where this holds, and an undecidable for each doubt where it cannot be known."""
        if self.certain:
            yield violation
        yield from (doubt.undecided() for doubt in self.doubts)

    def unless(self, violation: Violation) -> Iterator[Violation]:
        """The violation where this does not hold, and an undecidable for each doubt where it cannot be known."""
        if not self.possible:
            yield violation
        yield from (doubt.undecided() for doubt in self.doubts)


YES = Answer(possible=True)
NO = Answer(possible=False)


def doubtful(*places: Node) -> Answer:
    """It holds unless one of these places says otherwise."""
    return Answer(possible=True, doubts=places)


def either(answers: Iterable[Answer]) -> Answer:
    """One of them holds. One that certainly does leaves no doubts."""
    open_ = [answer for answer in answers if answer.possible]
    if any(answer.certain for answer in open_):
        return YES
    return Answer(bool(open_), tuple(doubt for answer in open_ for doubt in answer.doubts))


def one_of(place: Node, *values: Plain) -> Answer:
    """The value of a place is one of these."""
    return doubtful(place) if isinstance(place.plain, Unknown) else Answer(possible=place.plain in values)


def is_set(place: Node) -> Answer:
    """Something stands in a place."""
    return doubtful(place) if isinstance(place.plain, Unknown) else Answer(possible=place.plain is not None)


def every(listed: Node, fits: Callable[[Node], Answer]) -> Answer:
    """There is a list, it is not empty, and each of its elements fits."""
    if not isinstance(listed.plain, list):
        return NO if listed.plain is None else doubtful(listed)
    match = Answer(possible=bool(listed.plain))
    for each in listed.elements():
        match = match & fits(each)
    return match
