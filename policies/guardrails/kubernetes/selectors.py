"""Who selects whom, when labels, selectors and namespaces may be unknown.

The answer has three values. What is known may rule a match out; what is unknown can only leave it open, and is then
named, so that a rule can say which place keeps it from deciding.
"""

from guardrails.model.answer import NO, YES, Answer, doubtful
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


def same_namespace(one: Node, other: Node) -> Answer:
    """Two objects live in the same namespace. An object that names none lives in `default`."""
    return same_home(one.at("metadata", "namespace"), other)


def same_home(home: Node, obj: Node) -> Answer:
    """An object lives in the namespace that stands in a place; nothing there means `default`."""
    places = [home, obj.at("metadata", "namespace")]
    open_ = [place for place in places if not isinstance(place.plain, str | None)]
    if open_:
        return doubtful(*open_)
    return Answer(possible=len({place.plain or "default" for place in places}) == 1)


def by_labels(wanted: Node, labels: Node) -> Answer:
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


def by_selector(selector: Node, labels: Node) -> Answer:
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


def selects_all(selector: Node) -> Answer:
    """A label selector is there and narrows nothing down."""
    if not isinstance(selector.plain, dict):
        return NO if selector.plain is None else doubtful(selector)
    parts = [selector.at(part) for part in ("matchLabels", "matchExpressions")]
    if any(part.plain and not isinstance(part.plain, Unknown) for part in parts):
        return NO
    return doubtful(*(part for part in parts if isinstance(part.plain, Unknown)))


def _equal(wanted: Node, had: Node) -> Answer:
    open_ = [place for place in (wanted, had) if isinstance(place.plain, Unknown)]
    # A label is a string. What is null in a template is not there.
    return doubtful(*open_) if open_ else Answer(possible=had.plain is not None and had.plain == wanted.plain)


def _expression(expression: Node, labels: Node) -> Answer:
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
        return Answer(possible=(had.plain is not None) == (operator.plain == "Exists"))
    return _among(had.plain, expression.at("values"), within=operator.plain == "In")


def _among(had: Plain, values: Node, *, within: bool) -> Answer:
    if not isinstance(values.plain, list):
        return doubtful(values)
    if had is not None and had in values.plain:
        return Answer(possible=within)
    unknown = [value for value in values.elements() if isinstance(value.plain, Unknown)]
    if had is None or not unknown:
        return Answer(possible=not within)
    return doubtful(*unknown)
