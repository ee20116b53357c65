"""Who selects whom, when labels, selectors and namespaces may be unknown.

The answer has three values. What is known may rule a match out; what is unknown can only leave it open, and is then
named, so that a rule can say which place keeps it from deciding.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from guardrails.model.findings import Violation
from guardrails.model.node import Node
from guardrails.model.values import Plain, Unknown

GIVEN = frozenset(
    {
        "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/controller-uid",
        "batch.kubernetes.io/job-name",
        "controller-revision-hash",
        "controller-uid",
        "job-name",
        "pod-template-generation",
        "pod-template-hash",
        "rollouts-pod-template-hash",
        "statefulset.kubernetes.io/pod-name",
    }
)
"""Labels that controllers give to their pods. No template shows them, so they rule nothing out."""


@dataclass(frozen=True)
class Match:
    """Whether one thing fits another: no, yes, or yes unless one of the doubts turns out otherwise."""

    possible: bool
    doubts: tuple[Node, ...] = ()

    @property
    def certain(self) -> bool:
        """It fits, whatever the unknown values turn out to be."""
        return self.possible and not self.doubts

    def __and__(self, other: "Match") -> "Match":
        """Both must fit. A certain no needs no further doubts."""
        possible = self.possible and other.possible
        return Match(possible, (*self.doubts, *other.doubts) if possible else ())


YES = Match(possible=True)
NO = Match(possible=False)


def doubtful(*places: Node) -> Match:
    """It fits unless one of these places says otherwise."""
    return Match(possible=True, doubts=places)


def one_of(place: Node, *wanted: Plain) -> Match:
    """The value of a place is one of those wanted."""
    return doubtful(place) if isinstance(place.plain, Unknown) else Match(possible=place.plain in wanted)


def said(place: Node) -> Match:
    """Something stands in a place."""
    return doubtful(place) if isinstance(place.plain, Unknown) else Match(possible=place.plain is not None)


def every(listed: Node, fits: Callable[[Node], Match]) -> Match:
    """There is a list, it is not empty, and each of its elements fits."""
    if not isinstance(listed.plain, list):
        return NO if listed.plain is None else doubtful(listed)
    match = Match(possible=bool(listed.plain))
    for each in listed.elements():
        match = match & fits(each)
    return match


def same_namespace(one: Node, other: Node) -> Match:
    """Two objects live in the same namespace. An object that names none lives in `default`."""
    return same_home(one.at("metadata", "namespace"), other)


def same_home(home: Node, obj: Node) -> Match:
    """An object lives in the namespace that stands in a place; nothing there means `default`."""
    places = [home, obj.at("metadata", "namespace")]
    open_ = [place for place in places if not isinstance(place.plain, str | None)]
    if open_:
        return doubtful(*open_)
    return Match(possible=len({place.plain or "default" for place in places}) == 1)


def by_labels(wanted: Node, labels: Node) -> Match:
    """A plain map, such as a Service's selector or `matchLabels`, selects these labels. An empty one selects all."""
    if wanted.plain is not None and not isinstance(wanted.plain, dict):
        return doubtful(wanted)
    match = YES
    for key, value in wanted.members():
        if key not in GIVEN:
            match = match & _equal(value, labels.at(key))
        if not match.possible:
            break
    return match


def by_selector(selector: Node, labels: Node) -> Match:
    """A label selector selects these labels. An empty one selects all, an absent one nothing."""
    if not isinstance(selector.plain, dict):
        return NO if selector.plain is None else doubtful(selector)
    match = by_labels(selector.at("matchLabels"), labels)
    expressions = selector.at("matchExpressions")
    if expressions.plain is not None and not isinstance(expressions.plain, list):
        return match & doubtful(expressions)
    for expression in expressions.elements():
        match = match & _expression(expression, labels)
    return match


def selects_all(selector: Node) -> Match:
    """A label selector is there and narrows nothing down."""
    if not isinstance(selector.plain, dict):
        return NO if selector.plain is None else doubtful(selector)
    parts = [selector.at(part) for part in ("matchLabels", "matchExpressions")]
    if any(part.plain and not isinstance(part.plain, Unknown) for part in parts):
        return NO
    return doubtful(*(part for part in parts if isinstance(part.plain, Unknown)))


def either(matches: Iterable[Match]) -> Match:
    """One of them fits. One that certainly does leaves no doubts."""
    open_ = [match for match in matches if match.possible]
    if any(match.certain for match in open_):
        return YES
    return Match(bool(open_), tuple(doubt for match in open_ for doubt in match.doubts))


def unless_one_fits(matches: Iterable[Match], fault: Violation) -> Iterator[Violation]:
    """Nothing if one of them fits; what keeps us from knowing if one could; else the fault."""
    match = either(matches)
    if not match.possible:
        yield fault
    yield from (doubt.undecided() for doubt in match.doubts)


def _equal(wanted: Node, had: Node) -> Match:
    open_ = [place for place in (wanted, had) if isinstance(place.plain, Unknown)]
    # A label is a string. What is null in a template is not there.
    return doubtful(*open_) if open_ else Match(possible=had.plain is not None and had.plain == wanted.plain)


def _expression(expression: Node, labels: Node) -> Match:
    key, operator = expression.at("key"), expression.at("operator")
    unread = [place for place in (key, operator) if not isinstance(place.plain, str)]
    if unread:
        return doubtful(*unread)
    if key.plain in GIVEN:
        return YES
    had = labels.at(str(key.plain))
    if isinstance(had.plain, Unknown):
        return doubtful(had)
    if operator.plain in {"Exists", "DoesNotExist"}:
        return Match(possible=(had.plain is not None) == (operator.plain == "Exists"))
    return _among(had.plain, expression.at("values"), within=operator.plain == "In")


def _among(had: Plain, values: Node, *, within: bool) -> Match:
    if not isinstance(values.plain, list):
        return doubtful(values)
    if had is not None and had in values.plain:
        return Match(possible=within)
    unknown = [value for value in values.elements() if isinstance(value.plain, Unknown)]
    if had is None or not unknown:
        return Match(possible=not within)
    return doubtful(*unknown)
