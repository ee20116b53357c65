"""Objects name an API version that the cluster still serves.

Of the groups that Kubernetes itself serves, each kind must be in the table of `guardrails.kubernetes.api_versions`. A
group without a dot that is none of these is not served: custom resources have groups with one. Where it has a
kind of Kubernetes it is a slip, else the file of some tool. Other groups are their operators'.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.kubernetes.api_versions import SERVED, versions
from guardrails.kubernetes.pods import is_built_in
from guardrails.model.findings import Violations
from guardrails.model.resources import ANY, Kind, Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

COMPONENTS = frozenset({"ConfigFile", "ConfigGroup", "Chart", "Directory", "Release", "CustomResource"})
"""What the Kubernetes provider calls its own components; no cluster sees them."""


def check(obj: Object) -> Violations:
    """Name an object that no cluster would accept."""
    kind = obj.kind
    if kind is None or obj.id == ANY:
        yield obj.undecided() if isinstance(obj.plain, Unknown) else obj.undecided("apiVersion")
    elif _is_no_object(kind) or (kind.group, kind.version, kind.name.removesuffix("List")) in SERVED:
        return
    elif is_built_in(kind.group) or ("." not in kind.group and versions(kind.name)):
        yield obj.fails(_wrong(kind), "apiVersion")


def _is_no_object(kind: Kind) -> bool:
    if (kind.group, kind.version, kind.name) == ("core", "v1", "List"):
        return True
    return kind.name in COMPONENTS and (kind.group in {"core", "yaml", "kustomize"} or kind.group.endswith(".sh"))


def _wrong(kind: Kind) -> str:
    elsewhere = [where for where in versions(kind.name) if where != kind.api_version]
    cure = f"; {kind.name} is served as {' and '.join(elsewhere)}" if elsewhere else ""
    return f"names {kind.api_version} {kind.name}, which no cluster of today serves{cure}"


def _of(token: str) -> tuple[Resource, ...]:
    return (declared(f"kubernetes:{token}", "api"),)


def _listed(*items: Plain, of: str = "core/v1:List") -> tuple[Resource, ...]:
    return (declared(f"kubernetes:{of}", "api", items=list(items) or None),)


RULE = Rule(
    id="api-version-served",
    title="Objects name API versions that are served",
    why="An upgraded cluster refuses the object, and what is not applied is not protected either.",
    fix="Name the version and the group that the cluster serves; see kubectl api-resources.",
    severity=Severity.HIGH,
    covers=("new-services:239", "production:127"),
    kinds=frozenset({ANY}),
    check=EachObject(check),
    allows={
        "a stable version": _of("apps/v1:Deployment"),
        "the core group": _of("core/v1:Service"),
        "both autoscalers": (
            *_of("autoscaling/v1:HorizontalPodAutoscaler"),
            *_of("autoscaling/v2:HorizontalPodAutoscaler"),
        ),
        "a custom resource": _of("argoproj.io/v1alpha1:Rollout"),
        "a custom resource of a Kubernetes project": _of("gateway.networking.k8s.io/v1:HTTPRoute"),
        "a component": (*_of("yaml/v2:ConfigGroup"), *_of("helm.sh/v4:Chart"), *_of("kustomize:Directory")),
        "a file of a tool": _of("skaffold/v3:Config"),
        "a list": _listed({"apiVersion": "apps/v1", "kind": "Deployment"}),
        "a list of nothing": _listed(of="core/v1:ConfigMapList"),
        "a patch": _of("apps/v1:DeploymentPatch"),
    },
    refuses={
        "a removed version": bad_example(
            _of("extensions/v1beta1:Deployment"),
            "Deployment shop/api names extensions/v1beta1 Deployment, which no cluster of today serves; "
            "Deployment is served as apps/v1",
        ),
        "a removed budget": bad_example(
            _of("policy/v1beta1:PodDisruptionBudget"),
            "PodDisruptionBudget shop/api names policy/v1beta1 PodDisruptionBudget, which no cluster of today serves; "
            "PodDisruptionBudget is served as policy/v1",
        ),
        "a removed autoscaler": bad_example(
            _of("autoscaling/v2beta2:HorizontalPodAutoscaler"),
            "HorizontalPodAutoscaler shop/api names autoscaling/v2beta2 HorizontalPodAutoscaler, which no cluster of "
            "today serves; HorizontalPodAutoscaler is served as autoscaling/v1 and autoscaling/v2",
        ),
        "the wrong group": bad_example(
            _of("core/v1:Deployment"),
            "Deployment shop/api names v1 Deployment, which no cluster of today serves; "
            "Deployment is served as apps/v1",
        ),
        "a group that nobody has": bad_example(
            _of("app/v1:Deployment"),
            "Deployment shop/api names app/v1 Deployment, which no cluster of today serves; "
            "Deployment is served as apps/v1",
        ),
        "no such kind": bad_example(
            _of("apps/v1:Deploymnet"), "Deploymnet shop/api names apps/v1 Deploymnet, which no cluster of today serves"
        ),
        "a removed kind": bad_example(
            _of("policy/v1beta1:PodSecurityPolicy"),
            "PodSecurityPolicy shop/api names policy/v1beta1 PodSecurityPolicy, which no cluster of today serves",
        ),
        "in a list": bad_example(
            _listed({"apiVersion": "batch/v1beta1", "kind": "CronJob", "metadata": {"name": "sync"}}),
            "CronJob sync names batch/v1beta1 CronJob, which no cluster of today serves; CronJob is served as batch/v1",
        ),
    },
)
