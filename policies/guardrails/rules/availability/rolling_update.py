"""Updates replace pods one after the other.

Fields: `spec.strategy.type` of a Deployment must not be `Recreate`, and `spec.updateStrategy.type` of a StatefulSet or
DaemonSet not `OnDelete`; unset means `RollingUpdate`. `rollingUpdate.maxUnavailable` must leave a pod: not "100%" or
more, and not as many as `spec.replicas`, where that is set. A Rollout's canary may not take all its pods away either.
The only pod of a StatefulSet goes before it comes back, whatever is set.
"""

import re

from guardrails.examples.kubernetes import bad_example, running
from guardrails.kubernetes.pods import UPDATED
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

ALL = 100
AT_ONCE = "may take all its pods away at once: its maxUnavailable is 100 percent"
RECREATES = "stops every pod before it starts a new one"
WAITS = "does not update its pods until somebody deletes them"
_PERCENT = re.compile(r"([0-9]{1,6})%")


def check(workload: Object) -> Violations:
    """Name a workload whose update is an outage, or no update."""
    for field in ("strategy", "updateStrategy"):
        type_ = workload.read("spec", field, "type")
        if type_ in {"Recreate", "OnDelete"}:
            yield workload.fails(RECREATES if type_ == "Recreate" else WAITS, "spec", field, "type")
        for way in ("rollingUpdate", "canary"):
            yield from _leaves_none(workload, workload.at("spec", field, way), fewest=1 if field == "strategy" else 2)


def _leaves_none(workload: Object, update: Node, fewest: int) -> Violations:
    most = update.read("maxUnavailable")
    percent = _PERCENT.fullmatch(most) if isinstance(most, str) else None
    if percent and int(percent[1]) >= ALL:
        yield update.fails(AT_ONCE, "maxUnavailable")
    elif isinstance(most, int) and not isinstance(most, bool) and most >= fewest:
        replicas = workload.read("spec", "replicas")
        if isinstance(replicas, int) and 0 < replicas <= most:
            yield update.fails(f"may take all its {replicas} pods away at once", "maxUnavailable")


def _rolls(**rolling: Plain) -> dict[str, Plain]:
    return {"type": "RollingUpdate", "rollingUpdate": rolling}


STATEFUL, DAEMON = "kubernetes:apps/v1:StatefulSet", "kubernetes:apps/v1:DaemonSet"

RULE = Rule(
    id="rolling-update",
    title="Updates replace pods one after the other",
    why="An update that stops everything first is an outage each time, and a bad version makes it a long one.",
    fix="Use the type RollingUpdate with a maxUnavailable below 100%; ServiceDeployment starts the new pod first.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:224", "production:127", "go-live-readiness:124"),
    kinds=UPDATED,
    check=EachObject(check),
    allows={
        "rolling": (running(strategy=_rolls(maxSurge="25%", maxUnavailable=0)),),
        "unset": (running(),),
        "some at once": (running(strategy=_rolls(maxUnavailable="50%")),),
        "fewer than there are": (running(replicas=3, strategy=_rolls(maxUnavailable=2)),),
        "the only pod of a StatefulSet": (
            running(type_=STATEFUL, replicas=1, updateStrategy=_rolls(maxUnavailable=1)),
        ),
        "a StatefulSet": (running(type_=STATEFUL, updateStrategy=_rolls(partition=0)),),
    },
    refuses={
        "recreate": bad_example((running(strategy={"type": "Recreate"}),), f"Deployment shop/api {RECREATES}"),
        "on deletion": bad_example(
            (running(type_=DAEMON, updateStrategy={"type": "OnDelete"}),), f"DaemonSet shop/api {WAITS}"
        ),
        "a StatefulSet on deletion": bad_example(
            (running(type_=STATEFUL, updateStrategy={"type": "OnDelete"}),), f"StatefulSet shop/api {WAITS}"
        ),
        "all at once": bad_example(
            (running(strategy=_rolls(maxUnavailable="100%")),), f"Deployment shop/api {AT_ONCE}"
        ),
        "as many as there are": bad_example(
            (running(replicas=2, strategy=_rolls(maxUnavailable=2)),),
            "Deployment shop/api may take all its 2 pods away at once",
        ),
        "all of a StatefulSet": bad_example(
            (running(type_=STATEFUL, replicas=3, updateStrategy=_rolls(maxUnavailable=3)),),
            "StatefulSet shop/api may take all its 3 pods away at once",
        ),
        "a canary": bad_example(
            (
                running(
                    type_="kubernetes:argoproj.io/v1alpha1:Rollout", strategy={"canary": {"maxUnavailable": "100%"}}
                ),
            ),
            f"Rollout shop/api {AT_ONCE}",
        ),
        **{
            f"an old {kind}": bad_example(
                (running(type_=f"kubernetes:extensions/v1beta1:{kind}", strategy={"type": "Recreate"}),),
                f"{kind} shop/api {RECREATES}",
            )
            for kind in ("DaemonSet", "Deployment")
        },
    },
)
