"""``pulumi.com/waitFor``: its expressions, what they make of an object, and what is said of a Rollout."""

from typing import Any

import pytest

from tests.support.awaited import Object, condition, live
from toolchain.plugins.awaiting import wait_for
from toolchain.plugins.awaiting.outcome import Outcome, Ready, Waiting
from toolchain.plugins.awaiting.rollout import Phase, phase
from toolchain.plugins.awaiting.wait_for import Malformed


def judged(annotation: str, seen: Object) -> Outcome:
    return wait_for.family(annotation).progress(seen, {})


def custom(*conditions: Object, generation: int = 1, **status: Any) -> Object:  # noqa: ANN401 - JSON
    return live("acme.example/v1", "Widget", generation=generation, status={"conditions": list(conditions), **status})


@pytest.mark.parametrize(
    ("annotation", "seen"),
    [
        pytest.param("condition=Ready", custom(condition("Ready")), id="a condition is True"),
        pytest.param("condition=ready=TRUE", custom(condition("Ready")), id="case does not matter"),
        pytest.param("condition=Stalled=False", custom(condition("Stalled", "False")), id="a condition is False"),
        pytest.param(
            "condition=Ready",
            custom({**condition("Ready"), "observedGeneration": 2}, generation=2, observedGeneration=1),
            id="the condition's own generation counts first",
        ),
        pytest.param("jsonpath={.status.phase}", custom(phase=""), id="a path exists"),
        pytest.param("jsonpath={.status.phase}=Done", custom(phase="Done"), id="a value"),
        pytest.param("jsonpath={ .status.phase }=Done", custom(phase="Done"), id="blanks in the braces"),
        pytest.param("jsonpath={$.status.phase}=Done", custom(phase="Done"), id="from the root"),
        pytest.param("jsonpath={.status.parts[1].n}=2", custom(parts=[{"n": 1}, {"n": 2}]), id="an index"),
        pytest.param("jsonpath={.status.done}=true", custom(done=True), id="a truth value as Go writes it"),
        pytest.param("jsonpath={.status.none}=<nil>", custom(none=None), id="null as Go writes it"),
        pytest.param("jsonpath={.status.parts}", custom(parts=[]), id="a list exists"),
        pytest.param(
            'jsonpath={.status.conditions[?(@.type=="Ready")].status}=True', custom(condition("Ready")), id="a filter"
        ),
        pytest.param("jsonpath={.status.parts[*].n}=1", custom(parts=[{"n": 1}, {"n": 2}]), id="the first of several"),
        pytest.param(
            '["condition=Ready", "jsonpath={.status.n}=1"]', custom(condition("Ready"), n=1), id="all of them"
        ),
    ],
)
def test_it_holds(annotation: str, seen: Object) -> None:
    assert judged(annotation, seen) == Ready()


OLDER = "the controller has not yet seen the change"


@pytest.mark.parametrize(
    ("annotation", "seen", "said"),
    [
        pytest.param("condition=Ready", custom(), "there is no condition Ready yet", id="no condition"),
        pytest.param("condition=Ready", live("v1", "X"), "there is no condition Ready yet", id="no status"),
        pytest.param(
            "condition=Ready",
            custom(condition("Ready", "False", "SecretSyncedError", "could not get secret")),
            "condition Ready is False, not True (SecretSyncedError: could not get secret)",
            id="the controller's words",
        ),
        pytest.param(
            "condition=Ready", custom(condition("Ready"), generation=2, observedGeneration=1), OLDER, id="older status"
        ),
        pytest.param(
            "condition=Ready",
            custom({**condition("Ready"), "observedGeneration": 1}, generation=2, observedGeneration=2),
            OLDER,
            id="older condition",
        ),
        pytest.param(
            "jsonpath={.status.n}=1", custom(n=1, generation=2, observedGeneration=1), OLDER, id="older status, by path"
        ),
        pytest.param(
            "jsonpath={.status.phase}=Healthy",
            custom(phase="Healthy", generation=2, observedGeneration="1"),
            OLDER,
            id="a generation written as a string",
        ),
        pytest.param("jsonpath={.status.x}", custom(), "{.status.x} selects nothing yet", id="nothing selected"),
        pytest.param("jsonpath={.status.n}=1", custom(n=11), "{.status.n} is not 1 but 11", id="another value"),
        pytest.param("jsonpath={.status.n}=1", custom(n=True), "{.status.n} is not 1 but true", id="true is not 1"),
        pytest.param("jsonpath={.status.l}=1", custom(l=[1]), "{.status.l} is a list, not 1", id="a list is no value"),
        pytest.param("jsonpath={.status.o}=1", custom(o={}), "{.status.o} is an object, not 1", id="nor is an object"),
        pytest.param(
            "jsonpath={.data.password}=x",
            live("v1", "Secret", data={"password": "aHVudGVyMg=="}),
            "{.data.password} is not x",
            id="a secret is not repeated",
        ),
        pytest.param(
            '["condition=Ready", "jsonpath={.status.n}=1"]',
            custom(condition("Ready"), n=2),
            "{.status.n} is not 1 but 2",
            id="one of two",
        ),
    ],
)
def test_it_does_not_hold_yet(annotation: str, seen: Object, said: str) -> None:
    assert judged(annotation, seen) == Waiting(said)


def test_everything_that_is_missing_is_named() -> None:
    outcome = judged('["condition=Ready", "condition=Synced"]', custom())
    assert outcome == Waiting("there is no condition Ready yet", ("there is no condition Synced yet",))


@pytest.mark.parametrize(
    ("annotation", "said"),
    [
        ("Ready", "expected condition=... or jsonpath=..., found 'Ready'"),
        ("[]", "is an empty list"),
        ('["condition=Ready", 1]', "expected condition=... or jsonpath=..., found"),
        ('["condition=Ready", "Ready"]', "expected condition=... or jsonpath=..., found 'Ready'"),
        ("jsonpath=.status.phase=Done", "expected jsonpath={.path} or jsonpath={.path}=value"),
        ("jsonpath='{.status.phase}'=Done", "expected jsonpath={.path} or jsonpath={.path}=value"),
        ("jsonpath={.status.phase}=", "expected jsonpath={.path} or jsonpath={.path}=value"),
        ("jsonpath={.status.phase}=a=b", "expected jsonpath={.path} or jsonpath={.path}=value"),
        ("jsonpath={.status[}", "{.status[} is no JSONPath of RFC 9535"),
    ],
)
def test_mistakes_are_named(annotation: str, said: str) -> None:
    with pytest.raises(Malformed) as caught:
        wait_for.parse(annotation)
    assert said in str(caught.value)
    assert str(caught.value).startswith("pulumi.com/waitFor")


def rollout(stands: str, *, generation: int = 2, observed: str = "2", message: str = "", step: int = 1) -> Object:
    return live(
        "argoproj.io/v1alpha1",
        "Rollout",
        generation=generation,
        spec={"strategy": {"canary": {"steps": [{"setWeight": 10}, {"pause": {"duration": "5m"}}]}}},
        status={"phase": stands, "observedGeneration": observed, "message": message, "currentStepIndex": step},
    )


HEALTHY = "jsonpath={.status.phase}=Healthy"


def test_a_rollout_is_done_when_the_newest_generation_is_healthy() -> None:
    assert judged(HEALTHY, rollout("Healthy")) == Ready()
    assert judged(HEALTHY, rollout("Healthy", observed="1")) == Waiting(
        OLDER, ("the rollout is Progressing, step 1 of 2",)
    )


def test_a_rollout_tells_where_it_stands() -> None:
    outcome = judged(HEALTHY, rollout("Degraded", message="RolloutAborted: metric failed", step=0))
    assert outcome == Waiting(
        "{.status.phase} is not Healthy but Degraded",
        ("the rollout is Degraded, step 0 of 2: RolloutAborted: metric failed",),
    )


@pytest.mark.parametrize(
    ("seen", "stands"),
    [
        (rollout("Healthy"), Phase.HEALTHY),
        (rollout("Paused"), Phase.PAUSED),
        (rollout("Degraded"), Phase.DEGRADED),
        (rollout("Progressing"), Phase.PROGRESSING),
        (rollout("Healthy", observed="1"), Phase.PROGRESSING),
        (rollout("Healthy", observed=""), Phase.PROGRESSING),
        (rollout("Splendid"), Phase.PROGRESSING),
    ],
)
def test_the_phase_of_a_rollout(seen: Object, stands: Phase) -> None:
    assert phase(seen) is stands
