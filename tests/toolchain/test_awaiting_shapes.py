"""Whatever a status looks like, nothing crashes, and nothing is ready by mistake."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.awaited import (
    AVAILABLE,
    COMPLETE,
    INITIALIZED,
    READY,
    SCHEDULED,
    Object,
    condition,
    deployment,
    live,
    pod,
)
from tests.support.scripted_cluster import Clock, Cluster, Script, wait
from toolchain.plugins.awaiting import pod as pods
from toolchain.plugins.awaiting import wait_for
from toolchain.plugins.awaiting.fields import Unreadable, selected
from toolchain.plugins.awaiting.kinds import FAMILIES
from toolchain.plugins.awaiting.loop import NotReady, wait_ready
from toolchain.plugins.awaiting.outcome import Failed, Ready, Settling, Waiting

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
WORDS = ("status", "spec", "metadata", "conditions", "type", "Ready", "True", "phase", "replicas", "observedGeneration")
SHAPES = st.dictionaries(
    st.sampled_from([*WORDS, "readyReplicas", "selector", "annotations", "labels", "endpoints", "loadBalancer"]),
    st.recursive(
        JSON | st.sampled_from(WORDS),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(WORDS), inner),
    ),
)
WAITED = wait_for.family('["condition=Ready", "jsonpath={.status.phase}=True"]')


@given(st.sampled_from([*FAMILIES.values(), WAITED]), SHAPES, st.lists(SHAPES, max_size=2))
def test_no_shape_crashes(family: Any, seen: Object, others: list[Object]) -> None:  # noqa: ANN401 - any family
    kinds = ("ReplicaSet", "Pod", "PersistentVolumeClaim", "StorageClass", "EndpointSlice", "Service", "Event")
    with contextlib.suppress(Unreadable):
        outcome = family.progress(seen, dict.fromkeys(kinds, others))
        assert isinstance(outcome, Ready | Waiting | Settling | Failed)


@given(st.sampled_from(sorted(FAMILIES)), JSON)
def test_a_status_of_any_shape_without_words_of_the_api_is_not_ready(kind: tuple[str, str], status: object) -> None:
    spec = {"replicas": 1, "selector": {"matchLabels": {"app": "web"}}, "type": "LoadBalancer", "hard": {"pods": "1"}}
    token = {"type": "kubernetes.io/service-account-token"}
    try:
        outcome = FAMILIES[kind].progress({**live(*kind, spec=spec, status=status), **token}, {})
    except Unreadable:
        return
    assert isinstance(outcome, Waiting)


def _mutations(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:  # noqa: ANN401 - JSON
    """List the paths of all values in ``value``."""
    children: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    return [found for key, child in children for found in [(*path, key), *_mutations(child, (*path, key))]]


def _replaced(value: Any, path: tuple[str | int, ...], new: object) -> Any:  # noqa: ANN401 - JSON
    copied = json.loads(json.dumps(value))
    here = copied
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = new
    return copied


WORDS_ONLY = ("reason", "message")
"""Fields of a condition that decide nothing."""
READY_POD = pod(None, SCHEDULED, INITIALIZED, READY)


TOLD = [path for path in _mutations(READY_POD["status"]) if path[0] == "conditions" and path[-1] not in WORDS_ONLY]


@pytest.mark.parametrize("new", [None, "x", 7.5, ["x"], {"x": "y"}, True], ids=repr)
@pytest.mark.parametrize("path", TOLD, ids=repr)
def test_a_ready_pod_with_one_damaged_condition_is_not_ready(path: tuple[str | int, ...], new: object) -> None:
    damaged = {**READY_POD, "status": _replaced(READY_POD["status"], path, new)}
    try:
        outcome = pods.progress(damaged, {})
    except Unreadable:
        return
    assert isinstance(outcome, Waiting)


def test_a_status_that_can_t_be_read_is_waited_for_with_words() -> None:
    seen = deployment(AVAILABLE, COMPLETE)
    seen["status"]["observedGeneration"] = "1"
    clock = Clock()
    script = Script(lambda: clock.advance(600))
    with pytest.raises(NotReady, match=r"status\.observedGeneration is str, expected a whole number"):
        wait_ready(seen, Cluster(seen), wait(script, clock=clock))


def test_a_selector_that_selects_everything_is_refused() -> None:
    seen = deployment(condition("Available"))
    seen["spec"]["selector"] = {}
    with pytest.raises(NotReady, match=r"spec\.selector is empty"):
        wait_ready(seen, Cluster(seen), wait(Script()))


def test_selectors_are_written_as_requests_have_them() -> None:
    expressions = [
        {"key": "tier", "operator": "In", "values": ["a", "b"]},
        {"key": "zone", "operator": "NotIn", "values": ["c"]},
        {"key": "app", "operator": "Exists"},
        {"key": "old", "operator": "DoesNotExist"},
    ]
    assert (
        selected({"matchLabels": {"x": "y"}, "matchExpressions": expressions})
        == "!old,app,tier in (a,b),x=y,zone notin (c)"
    )
    with pytest.raises(Unreadable, match="operator"):
        selected({"matchExpressions": [{"key": "x", "operator": "Near"}]})
