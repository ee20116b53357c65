"""A workload selects the pods that it makes.

Fields: `spec.selector` of a Deployment, StatefulSet, DaemonSet, ReplicaSet or Rollout, by labels and by expressions,
and the labels of its pod template. A workload without a selector is the API server's matter: it refuses it, or in old
versions fills it in. So is a Rollout with a `workloadRef`, which has no template.
"""

from guardrails.examples import refusal, running
from guardrails.plain import Plain
from guardrails.resources import Object
from guardrails.rule import EachObject, Faults, Rule, Severity
from guardrails.selectors import by_selector, unless_one_fits

KINDS = frozenset(
    {
        "apps/DaemonSet",
        "apps/Deployment",
        "apps/ReplicaSet",
        "apps/StatefulSet",
        "argoproj.io/Rollout",
        "extensions/DaemonSet",
        "extensions/Deployment",
        "extensions/ReplicaSet",
    }
)
WRONG = "does not select the pods of its own template"


def check(workload: Object) -> Faults:
    """Name a workload that would never find its pods."""
    selector, template = workload.at("spec", "selector"), workload.at("spec", "template")
    if selector.plain is None or template.plain is None or workload.partial:
        return
    match = by_selector(selector, template.at("metadata", "labels"))
    yield from unless_one_fits([match], workload.fails(WRONG, "spec", "selector"))


APP: Plain = {"matchLabels": {"app": "api"}}
BY_EXPRESSION: Plain = {"matchExpressions": [{"key": "app", "operator": "In", "values": ["api", "web"]}]}
LOST = f"Deployment shop/api {WRONG}"

TYPES = (
    "apps/v1:DaemonSet",
    "apps/v1:ReplicaSet",
    "apps/v1:StatefulSet",
    "argoproj.io/v1alpha1:Rollout",
    "extensions/v1beta1:DaemonSet",
    "extensions/v1beta1:Deployment",
    "extensions/v1beta1:ReplicaSet",
)

RULE = Rule(
    id="selector-matches-template",
    title="Workloads select the pods of their own template",
    why="The API server refuses such a workload, and a deployment stops half way.",
    fix="Give the selector labels that the pod template carries: app.kubernetes.io/name with the service's name.",
    severity=Severity.HIGH,
    covers=("new-services:239", "new-services:26"),
    kinds=KINDS,
    check=EachObject(check),
    allows={
        "the same labels": (running({"app": "api"}, selector=APP),),
        "more labels": (running({"app": "api", "tier": "web"}, selector=APP),),
        "an expression": (running({"app": "api"}, selector=BY_EXPRESSION),),
        "a Rollout": (running({"app": "api"}, type_="kubernetes:argoproj.io/v1alpha1:Rollout", selector=APP),),
        "no selector": (running({"app": "api"}),),
    },
    refuses={
        "another label": refusal((running({"app": "web"}, selector=APP),), LOST),
        "no labels": refusal((running({}, selector=APP),), LOST),
        "another key": refusal((running({"name": "api"}, selector=APP),), LOST),
        "an expression that excludes": refusal(
            (running({"app": "api"}, selector={"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}),),
            LOST,
        ),
        "an expression that does not hold": refusal((running({"app": "shop"}, selector=BY_EXPRESSION),), LOST),
        **{
            f"{type_} too": refusal(
                (running({"app": "web"}, type_=f"kubernetes:{type_}", selector=APP),),
                f"{type_.rpartition(':')[2]} shop/api {WRONG}",
            )
            for type_ in TYPES
        },
    },
)
