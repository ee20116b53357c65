"""Every Service finds pods.

The `spec.selector` of a `Service` must match the labels of a pod that the stack runs in the same namespace: a pod's
own, or those of the template of any workload, a Rollout included. Labels that controllers add to their pods are taken
to match, and so are the pods of an operator's object, such as a database cluster, when the selector names it. Exempt
are Services of `type: ExternalName` and those without a selector: their endpoints come from elsewhere.
"""

from guardrails.examples.kubernetes import a_container, bad_example, declared, running
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.pod_templates import selecting
from guardrails.kubernetes.pods import WORKLOADS
from guardrails.kubernetes.selectors import by_labels
from guardrails.model.answer import either
from guardrails.model.findings import Violations
from guardrails.model.resources import Resource
from guardrails.model.values import Plain
from guardrails.rule import Rule, Severity, WholeStack

PROBLEM = "selects no pod of its namespace"


def check(stack: Inventory) -> Violations:
    """Name each Service that would never answer."""
    templates, operators = stack.templates, stack.operators
    for service, selector in selecting(stack):
        matches = [match for _, match in templates.matching(service, selector, by_labels)]
        matches += operators.answering(service, selector)
        yield from either(matches).unless(service.fails(PROBLEM, "spec", "selector"))


def _service(selector: Plain, namespace: str = "shop", **spec: Plain) -> Resource:
    return declared("kubernetes:core/v1:Service", "api", namespace=namespace, spec={"selector": selector, **spec})


def _postgres(namespace: str = "shop", group: str = "postgresql.cnpg.io") -> Resource:
    return declared(f"kubernetes:{group}/v1:Cluster", "db", namespace=namespace, spec={"instances": 3})


APP: Plain = {"app": "api"}
PRIMARY: Plain = {"cnpg.io/cluster": "db", "role": "primary"}
NOBODY = f"Service shop/api {PROBLEM}"

RULE = Rule(
    id="service-selects-pods",
    title="Services select pods that exist",
    why="A Service whose selector matches nothing resolves, accepts connections and never answers.",
    fix="Give the selector the labels of the pods: app.kubernetes.io/name with the service's name.",
    severity=Severity.HIGH,
    covers=("optibid:28", "production:94", "new-services:239"),
    kinds=frozenset({"core/Service"}) | WORKLOADS,
    check=WholeStack(check),
    allows={
        "a Deployment": (_service(APP), running(APP)),
        "some of the labels": (_service(APP), running({"app": "api", "tier": "web"})),
        "a Rollout": (_service(APP), running(APP, type_="kubernetes:argoproj.io/v1alpha1:Rollout")),
        "one pod of a StatefulSet": (
            _service({"app": "api", "statefulset.kubernetes.io/pod-name": "api-0"}),
            running(APP, type_="kubernetes:apps/v1:StatefulSet"),
        ),
        "an operator's pods": (_service(PRIMARY), _postgres()),
        "pods under plain labels": (
            _service({"prometheus": "main"}),
            declared("kubernetes:monitoring.coreos.com/v1:Prometheus", "main", spec={"replicas": 2}),
        ),
        "no selector": (_service(None),),
        "an external name": (_service(APP, type="ExternalName"),),
    },
    refuses={
        "no pods": bad_example((_service(APP),), NOBODY),
        "other labels": bad_example((_service(APP), running({"app": "web"})), NOBODY),
        "one label short": bad_example((_service({"app": "api", "tier": "web"}), running(APP)), NOBODY),
        "another namespace": bad_example((_service(APP), running(APP, namespace="other")), NOBODY),
        "an operator's pods elsewhere": bad_example((_service(PRIMARY), _postgres("other")), NOBODY),
        "another operator's": bad_example((_service(PRIMARY), _postgres(group="acme.io")), NOBODY),
        "another of the operator's": bad_example((_service({"cnpg.io/cluster": "web"}), _postgres()), NOBODY),
        "an object that runs nothing": bad_example(
            (_service(APP), declared("kubernetes:cert-manager.io/v1:Certificate", "api")), NOBODY
        ),
        "another step of a workflow": bad_example(
            (
                _service(APP),
                declared(
                    "kubernetes:argoproj.io/v1alpha1:Workflow",
                    "api",
                    spec={"templates": [{"metadata": {"labels": {"app": "web"}}, "container": a_container()}]},
                ),
            ),
            NOBODY,
        ),
        "no labels": bad_example((_service(APP), running({})), NOBODY),
    },
)
