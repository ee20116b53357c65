"""Whatever a stack file says, a waiver takes away nothing but what it names, and nothing crashes."""

from collections.abc import Callable
from datetime import date, timedelta

from guardrails.examples.kubernetes import a_container, workload
from guardrails.exceptions.enforcement import EnforcedFinding
from guardrails.exceptions.object_identity import Identity
from guardrails.exceptions.waivers import Pattern
from guardrails.model.findings import Verdict
from guardrails.model.resources import Resource
from guardrails.model.values import UNKNOWN, Plain
from hypothesis import given
from hypothesis import strategies as st

from tests.support.rule_forms import changed
from tests.support.waiver_data import FEW, TODAY, a_waiver, enforcing, tried

NAMES, SPACES = ("api", "api-v2", "web"), ("shop", "shop-eu")
IMAGES: list[Plain] = ["api:v1", "api:latest", UNKNOWN]
PROBES: list[Plain] = [None, {"httpGet": {"port": 80}}]
PLAIN: st.SearchStrategy[Plain] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20) | st.just(UNKNOWN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def _made(name: str, namespace: str, image: Plain, probe: Plain) -> Resource:
    (shop,) = workload(a_container(image=image, livenessProbe=probe, readinessProbe=probe))
    named = changed(changed(shop, ("metadata", "name"), name), ("metadata", "namespace"), namespace)
    return Resource(type=named.type, name=name, props=named.props, urn=f"urn:{namespace}:{name}")


STACKS = st.dictionaries(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(SPACES)),
    st.tuples(st.sampled_from(IMAGES), st.sampled_from(PROBES)),
    max_size=4,
).map(lambda entries: [_made(*names, *values) for names, values in entries.items()])
WAIVERS = st.builds(
    a_waiver,
    rule=st.sampled_from([rule.id for rule in FEW]),
    resource=st.builds(
        "Deployment/{}/{}".format, st.sampled_from([*SPACES, "sho*"]), st.sampled_from([*NAMES, "api*", "*api", "*"])
    ),
    expires=st.integers(-5, 100).map(lambda days: (TODAY + timedelta(days=days)).isoformat()),
)


def blocking(findings: list[EnforcedFinding]) -> set[tuple[str, str, str]]:
    """What stops the preview, but for what is wrong with the stack file."""
    return {(one.rule, one.urn, one.says) for one in findings if one.blocks} - {
        (one.rule, "", one.says) for one in findings if one.rule == "levels-and-waivers"
    }


@given(STACKS, st.lists(WAIVERS, max_size=3), WAIVERS)
def test_a_waiver_takes_away_only_findings_of_its_rule_at_its_objects(
    stack: list[Resource], before: list[dict[str, Plain]], added: dict[str, Plain]
) -> None:
    few, more = enforcing({"waivers": [*before]}), enforcing({"waivers": [*before, added]})
    then, now = tried(few, *stack), tried(more, *stack)
    assert blocking(now) <= blocking(then)
    kind, namespace, name = str(added["resource"]).split("/")
    pattern = Pattern(kind=kind, namespace=namespace, name=name)
    for rule, urn, _ in blocking(then) - blocking(now):
        _, at, called = urn.split(":")
        assert rule == added["rule"]
        assert pattern.covers(Identity(kind="Deployment", namespace=at, name=called))
    # Nothing is lost on the way: what does not stop the preview any more is still shown.
    assert _told(then) == _told(now)


def _told(findings: list[EnforcedFinding]) -> list[tuple[str, str]]:
    own = "levels-and-waivers"
    return [(one.rule, one.says) for one in findings if one.rule != own]


@given(STACKS, st.lists(WAIVERS, max_size=4))
def test_what_is_undecidable_always_stops(stack: list[Resource], said: list[dict[str, Plain]]) -> None:
    for finding in tried(enforcing({"waivers": [*said]}), *stack):
        assert finding.blocks or finding.verdict is Verdict.FAIL
        assert finding.waiver is None or finding.waiver.holds


@given(PLAIN, st.sampled_from(["dev", "prod", ""]), st.dates())
def test_any_words_are_read_or_refused(said: Plain, stack: str, today: date) -> None:
    enforcement = enforcing(said, stack, today)
    assert enforcement.faults or said in (None, {}) or isinstance(said, dict)


@given(st.dictionaries(st.sampled_from(["levels", "waivers"]), PLAIN), st.sampled_from(["dev", "prod"]))
def test_what_is_no_waiver_waives_nothing(said: dict[str, Plain], stack: str) -> None:
    enforcement = enforcing(dict(said), stack)
    assert not enforcement.waivers
    assert not enforcement.levels
    assert enforcement.faults or all(value is None or value in ([], {}) for value in said.values())


FIELDS: tuple[Callable[[Plain], dict[str, Plain]], ...] = tuple(
    lambda value, field=field: a_waiver(**{field: value})  # type: ignore[misc]  # the loop's own value
    for field in ("rule", "resource", "owner", "reason", "ticket", "expires")
)


@given(st.sampled_from(FIELDS), PLAIN.filter(lambda value: not isinstance(value, str)))
def test_no_field_takes_anything_but_text(spoil: Callable[[Plain], dict[str, Plain]], value: Plain) -> None:
    enforcement = enforcing({"waivers": [spoil(value)]})
    assert enforcement.faults
    assert not any(waiver.holds for waiver in enforcement.waivers)
