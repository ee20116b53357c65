"""Nothing is installed that the rules can't see.

A `kubernetes:helm.sh/v3:Release` is one resource to the engine: what its chart makes reaches the cluster unjudged. The
components `Chart`, `ConfigGroup`, `ConfigFile` and kustomize `Directory` hand their objects to the engine one by one.
Flux's `HelmRelease` and k3s' `HelmChart` are rendered in the cluster, where no rule looks either.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

IN_CLUSTER = ("helm.toolkit.fluxcd.io/v2:HelmRelease", "helm.cattle.io/v1:HelmChart")
RELEASE = "kubernetes:helm.sh/v3:Release"
PROBLEM = "hides what it installs"


def check(release: Object) -> Violations:
    """Refuse it, whatever it says; one that may be of another kind is undecided."""
    release.read()
    yield release.fails(PROBLEM)


RULE = Rule(
    id="no-opaque-release",
    title="Charts are rendered before they are judged",
    why="The objects of an opaque release pass no rule, so all that is refused elsewhere comes in through it.",
    fix="Use kubernetes.helm.v4.Chart, whose objects are judged one by one, or render the chart yourself.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:16", "go-live-readiness:124"),
    kinds=frozenset({"helm.sh/Release", "helm.toolkit.fluxcd.io/HelmRelease", "helm.cattle.io/HelmChart"}),
    check=EachObject(check),
    allows={
        "a chart": (declared("kubernetes:helm.sh/v4:Chart", "redis", chart="redis"),),
        "a group of manifests": (declared("kubernetes:yaml/v2:ConfigGroup", "redis", files=["redis.yaml"]),),
    },
    refuses={
        "a release": bad_example((declared(RELEASE, "redis", chart="redis"),), f"Release shop/redis {PROBLEM}"),
        **{
            f"{type_} too": bad_example(
                (declared(f"kubernetes:{type_}", "redis", spec={"chart": "redis"}),),
                f"{type_.rpartition(':')[2]} shop/redis {PROBLEM}",
            )
            for type_ in IN_CLUSTER
        },
        "a release without a chart": bad_example(
            (declared(RELEASE, "redis", namespace=None),), f"Release redis {PROBLEM}"
        ),
    },
)
