"""A workload selects the pods that it makes.

Fields: `spec.selector` of a Deployment, StatefulSet, DaemonSet, ReplicaSet or Rollout, by labels and by expressions,
that of a ReplicationController, a plain map, and the labels of its pod template. In the group `apps` a selector must be
there; elsewhere a workload without one is given one. A Job's is made for it, and no cluster accepts another one, unless
`manualSelector` is true. A Rollout with a `workloadRef` has no template.
"""

from guardrails.examples.kubernetes import a_container, bad_example, declared, running
from guardrails.kubernetes.pods import POD_SPECS
from guardrails.kubernetes.selectors import GIVEN, by_labels, by_selector
from guardrails.model.answer import either
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

JOBS = frozenset({"batch/CronJob", "batch/Job"})
PLAIN = "core/ReplicationController"
KINDS = JOBS | frozenset(
    {
        PLAIN,
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
PROBLEM = "does not select the pods of its own template"
NONE = "has no selector, and no cluster accepts it without one"
SET = "sets a selector, and no cluster accepts a Job with one unless its manualSelector is true"


def check(workload: Object) -> Violations:
    """Name a workload that would never find its pods."""
    *above, _, _ = POD_SPECS.get(workload.id, POD_SPECS["apps/Deployment"])
    selector, template = workload.at(*above, "selector"), workload.at(*above, "template")
    if template.plain is None or workload.partial:
        return
    if selector.plain is None:
        if workload.id.startswith("apps/"):
            yield workload.fails(NONE, *above, "selector")
        return
    if workload.id in JOBS and workload.is_not(*above, "manualSelector", value=True):
        labels = selector.at("matchLabels")
        if isinstance(labels.record_unknown(), Unknown):
            return
        if not _are_given(labels.plain):
            yield workload.fails(SET, *above, "selector")
        return
    select = by_labels if workload.id == PLAIN else by_selector
    match = select(selector, template.at("metadata", "labels"))
    yield from either([match]).unless(workload.fails(PROBLEM, *above, "selector"))


def _are_given(labels: Plain) -> bool:
    """A cluster made them, as an export of what runs shows them."""
    return isinstance(labels, dict) and bool(labels) and labels.keys() <= GIVEN


APP: Plain = {"matchLabels": {"app": "api"}}
BY_EXPRESSION: Plain = {"matchExpressions": [{"key": "app", "operator": "In", "values": ["api", "web"]}]}
LOST = f"Deployment shop/api {PROBLEM}"
EXTENSION, JOB, CONTROLLER = "extensions/v1beta1:Deployment", "batch/v1:Job", "core/v1:ReplicationController"


def _cron_job(**job: Plain) -> Resource:
    template: Plain = {"metadata": {"labels": {"app": "api"}}, "spec": {"containers": [a_container()]}}
    spec: Plain = {"schedule": "17 3 * * *", "jobTemplate": {"spec": {"template": template, **job}}}
    return declared("kubernetes:batch/v1:CronJob", "api", spec=spec)


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
        "no selector where one is made": (running({"app": "api"}, type_=f"kubernetes:{EXTENSION}"),),
        "a job without one": (running({"app": "api"}, type_=f"kubernetes:{JOB}"),),
        "a job as a cluster shows it": (
            running({"app": "api"}, type_=f"kubernetes:{JOB}", selector={"matchLabels": {"controller-uid": "1"}}),
        ),
        "a job with one of its own": (
            running({"app": "api"}, type_=f"kubernetes:{JOB}", selector=APP, manualSelector=True),
        ),
        "a plain map": (running({"app": "api"}, type_=f"kubernetes:{CONTROLLER}", selector={"app": "api"}),),
    },
    refuses={
        "another label": bad_example((running({"app": "web"}, selector=APP),), LOST),
        "no labels": bad_example((running({}, selector=APP),), LOST),
        "no selector": bad_example((running({"app": "api"}),), f"Deployment shop/api {NONE}"),
        "an empty selector of another controller": bad_example(
            (running({"app": "api"}, type_="kubernetes:apps/v1:StatefulSet", selector=None),),
            f"StatefulSet shop/api {NONE}",
        ),
        "a job with one": bad_example(
            (running({"app": "api"}, type_=f"kubernetes:{JOB}", selector=APP),), f"Job shop/api {SET}"
        ),
        "a job that selects others": bad_example(
            (running({"app": "web"}, type_=f"kubernetes:{JOB}", selector=APP, manualSelector=True),),
            f"Job shop/api {PROBLEM}",
        ),
        "a cron job with one": bad_example((_cron_job(selector=APP),), f"CronJob shop/api {SET}"),
        "a plain map of others": bad_example(
            (running({"app": "web"}, type_=f"kubernetes:{CONTROLLER}", selector={"app": "api"}),),
            f"ReplicationController shop/api {PROBLEM}",
        ),
        "another key": bad_example((running({"name": "api"}, selector=APP),), LOST),
        "an expression that excludes": bad_example(
            (running({"app": "api"}, selector={"matchExpressions": [{"key": "app", "operator": "DoesNotExist"}]}),),
            LOST,
        ),
        "an expression that does not hold": bad_example((running({"app": "shop"}, selector=BY_EXPRESSION),), LOST),
        **{
            f"{type_} too": bad_example(
                (running({"app": "web"}, type_=f"kubernetes:{type_}", selector=APP),),
                f"{type_.rpartition(':')[2]} shop/api {PROBLEM}",
            )
            for type_ in TYPES
        },
    },
)
