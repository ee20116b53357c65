"""No annotation switches AppArmor off, by the meaning of Pod Security `baseline` and `restricted`.

Restricted field: the annotations `container.apparmor.security.beta.kubernetes.io/<container>` of a pod or of a pod's
template must be empty, `runtime/default`, or begin with `localhost/`. The API server still turns them into the
field `appArmorProfile`, which has a rule of its own.
"""

from guardrails.examples.kubernetes import a_container, bad_example, declared
from guardrails.kubernetes.pod_templates import metadata
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.model.resources import Resource
from guardrails.model.values import Plain
from guardrails.rule import EachPod, Rule, Severity

PREFIX = "container.apparmor.security.beta.kubernetes.io/"
LOCAL = "localhost/"
KEY = f"{PREFIX}api"


def check(pod: Pod) -> Violations:
    """Name each annotation that takes a container out of its profile."""
    for name, annotation in metadata(pod).members("annotations"):
        if not name.startswith(PREFIX):
            continue
        value = annotation.read()
        local = isinstance(value, str) and value.startswith(LOCAL)
        if annotation.differs_from(than=("", "runtime/default")) and not local:
            yield annotation.fails(f"takes container {name.removeprefix(PREFIX)!r} out of AppArmor by an annotation")


def _annotated(**annotations: Plain) -> tuple[Resource, ...]:
    template: Plain = {"metadata": {"annotations": annotations}, "spec": {"containers": [a_container()]}}
    return (declared("kubernetes:apps/v1:Deployment", "marketplace", spec={"template": template}),)


PROBLEM = "Deployment shop/marketplace takes container 'api' out of AppArmor by an annotation"

RULE = Rule(
    id="apparmor-annotation",
    title="No annotation takes a container out of AppArmor",
    why="The old annotation still works, and nobody looks for a switch among the annotations.",
    fix="Remove the annotation, and name the profile in securityContext.appArmorProfile.",
    severity=Severity.MEDIUM,
    covers=("production:15", "go-live-readiness:101", "go-live-readiness:16"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "none": _annotated(),
        "the default": _annotated(**{KEY: "runtime/default"}),
        "a profile of the node": _annotated(**{KEY: "localhost/golive-api"}),
        "an empty one": _annotated(**{KEY: ""}),
        "another annotation": _annotated(**{"example.com/api": "unconfined"}),
    },
    refuses={
        "unconfined": bad_example(_annotated(**{KEY: "unconfined"}), PROBLEM),
        "another word": bad_example(_annotated(**{KEY: "Runtime/Default"}), PROBLEM),
        "a foreign kind": bad_example(
            (
                declared(
                    "kubernetes:serving.knative.dev/v1:Service",
                    "marketplace",
                    spec={
                        "template": {
                            "metadata": {"annotations": {KEY: "unconfined"}},
                            "spec": {"containers": [a_container()]},
                        }
                    },
                ),
            ),
            "Service shop/marketplace takes container 'api' out of AppArmor by an annotation",
        ),
        "a pod": bad_example(
            (
                declared(
                    "kubernetes:core/v1:Pod",
                    "debug",
                    metadata={"name": "debug", "annotations": {KEY: "unconfined"}},
                    spec={"containers": [a_container()]},
                ),
            ),
            "Pod debug takes container 'api' out of AppArmor by an annotation",
        ),
    },
)
