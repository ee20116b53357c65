"""Workloads keep the versions that a rollback needs.

Field: `spec.revisionHistoryLimit` of a Deployment, StatefulSet, DaemonSet or Rollout is at least 2. Unset means 10.
"""

from guardrails.examples.kubernetes import bad_example, running
from guardrails.kubernetes.pods import UPDATED
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

FEWEST = 2


def check(workload: Object) -> Violations:
    """Name a workload that can't go back far enough."""
    kept = workload.read("spec", "revisionHistoryLimit")
    if kept is None or isinstance(kept, Unknown):
        return
    if not isinstance(kept, int) or isinstance(kept, bool):
        yield workload.fails("keeps no number of old versions", "spec", "revisionHistoryLimit")
    elif kept < FEWEST:
        yield workload.fails(f"keeps {kept} old versions", "spec", "revisionHistoryLimit")


OTHERS = ("apps/v1:DaemonSet", "apps/v1:StatefulSet", "extensions/v1beta1:DaemonSet", "extensions/v1beta1:Deployment")

RULE = Rule(
    id="keeps-old-versions",
    title="Workloads keep at least two old versions",
    why="A rollback goes to a kept version, and the last one may be as bad as this one.",
    fix="Set spec.revisionHistoryLimit to 2 or more, or leave it out.",
    severity=Severity.MEDIUM,
    covers=("production:44", "production:66", "go-live-readiness:124"),
    kinds=UPDATED,
    check=EachObject(check),
    allows={
        "two": (running(revisionHistoryLimit=2),),
        "unset": (running(),),
        "null": (running(revisionHistoryLimit=None),),
        "a Rollout": (running(type_="kubernetes:argoproj.io/v1alpha1:Rollout", revisionHistoryLimit=5),),
    },
    refuses={
        "none": bad_example((running(revisionHistoryLimit=0),), "Deployment shop/api keeps 0 old versions"),
        "one": bad_example(
            (running(type_="kubernetes:argoproj.io/v1alpha1:Rollout", revisionHistoryLimit=1),),
            "Rollout shop/api keeps 1 old versions",
        ),
        "no number": bad_example(
            (running(revisionHistoryLimit="2"),), "Deployment shop/api keeps no number of old versions"
        ),
        **{
            f"{type_} too": bad_example(
                (running(type_=f"kubernetes:{type_}", revisionHistoryLimit=0),),
                f"{type_.rpartition(':')[2]} shop/api keeps 0 old versions",
            )
            for type_ in OTHERS
        },
    },
)
