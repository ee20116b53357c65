"""The one traversal: from an object to its pods, and from a pod to its containers. Rules never walk themselves.

Known kinds are looked up in a table, in any version of their group. Kinds of other groups are searched for pod
templates, so a controller that nobody here has heard of is judged as well, as long as it calls containers what
Kubernetes does. An operator's own object that names an image in a field of its own (a database, a Prometheus) is not
opened: what its pods look like is the operator's business. Where it overrides parts of them, by containers that name
no image, what it leaves out is the operator's as well, so such a pod is partial, like one inside a patch. Where a
template, a spec or a list of containers is unknown, the pod is unknown, and reading it makes the rule undecidable.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from guardrails.model.node import Node, Value
from guardrails.model.resources import ANY, Object
from guardrails.model.values import Plain, Unknown

_TEMPLATE = ("spec", "template", "spec")

POD_SPECS = {
    "core/Pod": ("spec",),
    "core/PodTemplate": ("template", "spec"),
    "core/ReplicationController": _TEMPLATE,
    "extensions/DaemonSet": _TEMPLATE,
    "extensions/Deployment": _TEMPLATE,
    "extensions/ReplicaSet": _TEMPLATE,
    "apps/DaemonSet": _TEMPLATE,
    "apps/Deployment": _TEMPLATE,
    "apps/ReplicaSet": _TEMPLATE,
    "apps/StatefulSet": _TEMPLATE,
    "batch/Job": _TEMPLATE,
    "batch/CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
    "argoproj.io/Rollout": _TEMPLATE,
}
"""Where each kind keeps its pod's spec. A Rollout with a `workloadRef` has none: `rollout-workload-exists` demands that
its Deployment is in the stack, where it is judged as itself."""

WORKLOADS = frozenset(POD_SPECS)

UPDATED = frozenset(
    {
        "apps/DaemonSet",
        "apps/Deployment",
        "apps/StatefulSet",
        "argoproj.io/Rollout",
        "extensions/DaemonSet",
        "extensions/Deployment",
    }
)
"""Workloads whose pods a new version replaces."""

_FINITE = frozenset({"batch/Job", "batch/CronJob"})
_BUILT_IN = frozenset(
    {"core", "apps", "batch", "autoscaling", "policy", "extensions"}
    | {
        f"{group}.k8s.io"
        for group in (
            *("admissionregistration", "apiextensions", "apiregistration", "authentication", "authorization"),
            *("certificates", "coordination", "discovery", "events", "flowcontrol.apiserver", "internal.apiserver"),
            *("networking", "node", "rbac.authorization", "resource", "scheduling", "storage", "storagemigration"),
        )
    }
)
"""The groups that Kubernetes itself serves; others end in `.k8s.io` as well."""
_RUNS_TEMPLATES = frozenset(
    {
        *("apps.kruise.io", "apps.openshift.io", "argoproj.io", "batch.volcano.sh", "jobset.x-k8s.io", "kubeflow.org"),
        *("leaderworkerset.x-k8s.io", "ray.io", "serving.knative.dev", "tekton.dev"),
    }
)
"""Foreign groups whose controllers run a template as it stands: nobody else fills in an image."""
_WRITES_PATTERNS = (".gatekeeper.sh", "kyverno.io")
"""What a group ends in whose objects show patterns of pods, not pods. What they generate is there all the same."""
_ENDS = re.compile(r"(?:^|\.)jobs?(?:[A-Z]\w*)?(?:[.\[]|$)", re.ASCII)
"""A field of a foreign kind that holds a job: `jobTemplate`, `jobTargetRef`."""
_ENDING = ("Job", "PipelineRun", "Task", "TaskRun", "Workflow", "WorkflowTemplate")
"""What the name of a foreign kind ends in, if its pods run to their end."""
_SINGLE = ("container", "script", "stepTemplate")
"""Where a foreign kind, such as a Workflow's template, keeps one container instead of a list."""
_LISTED = ("steps", "sidecars")
"""Where a foreign kind keeps containers under another name."""
_HIDING = ("spec", "template", "templates", "container", "containers", "steps", "pod", "pods", "job", "jobs")
"""What the name of a field ends in, in small letters, if an unknown there could stand for pods."""


class Role(StrEnum):
    """The three lists of a pod's containers, as messages call their members."""

    MAIN = "container"
    INIT = "init container"
    EPHEMERAL = "ephemeral container"


CALLS = tuple(
    (*caller, handler)
    for caller in (
        ("livenessProbe",),
        ("readinessProbe",),
        ("startupProbe",),
        ("lifecycle", "postStart"),
        ("lifecycle", "preStop"),
    )
    for handler in ("httpGet", "tcpSocket")
)
"""The probes and hooks by which a container lets its node call an address."""

LISTS = {Role.INIT: "initContainers", Role.MAIN: "containers", Role.EPHEMERAL: "ephemeralContainers"}


@dataclass(eq=False, slots=True)
class Container(Node):
    """One container, and the pod whose settings it inherits."""

    pod: "Pod"
    role: Role

    def effective(self, field: str) -> Value:
        """A field of the security context: the container's word, or its pod's where the container says nothing."""
        own = self.read("securityContext", field)
        return self.pod.read("securityContext", field) if own is None else own

    @property
    def is_sidecar(self) -> bool:
        """An init container that runs as long as its pod."""
        return self.role is Role.INIT and self.read("restartPolicy") == "Always"


@dataclass(eq=False, slots=True)
class Pod(Node):
    """A pod's spec inside an object."""

    object: Object
    opened: dict[Role, list[Container]] = field(default_factory=dict)
    """The lists of containers that hold nothing unknown, as far as they were asked for."""

    @property
    def containers(self) -> Iterator[Container]:
        """All of them: init, main, ephemeral."""
        for role in LISTS:
            yield from self.listed(role)

    @property
    def sized(self) -> Iterator[Container]:
        """Those that may ask for resources: the API forbids it to ephemeral containers."""
        yield from self.listed(Role.INIT)
        yield from self.listed(Role.MAIN)

    @property
    def serving(self) -> Iterator[Container]:
        """Those that run for as long as the pod does: main containers and sidecars."""
        yield from (container for container in self.listed(Role.INIT) if container.is_sidecar)
        yield from self.listed(Role.MAIN)

    @property
    def is_finite(self) -> bool:
        """It runs to its end: a Job's, a CronJob's, or a foreign kind's that is called so or is not restarted."""
        if self.object.id in WORKLOADS:
            return self.object.id in _FINITE
        name = self.object.kind.name if self.object.kind is not None else ""
        called = name.endswith(_ENDING) or _ENDS.search(self.path) is not None
        return called or self.read("restartPolicy") in {"Never", "OnFailure"}

    @property
    def is_windows(self) -> bool:
        """It says that it needs Windows, where the kernel features of Linux can't be asked for. Unknown is noted."""
        name = self.read("os", "name")
        return name == "windows" or isinstance(name, Unknown)

    def listed(self, role: Role) -> Iterator[Container]:
        """One list. What is wholly known is opened once; else each rule must learn anew what is unknown."""
        if role in self.opened:
            return iter(self.opened[role])
        place = self.raw(LISTS[role])
        if place is None or (isinstance(place, list) and not any(isinstance(each, Unknown) for each in place)):
            self.opened[role] = list(self._open(role))
            return iter(self.opened[role])
        return self._open(role)

    def _open(self, role: Role) -> Iterator[Container]:
        for element in self.items(LISTS[role]):
            name = element.peek("name")
            called = repr(name) if isinstance(name, str) else element.path.rpartition(".")[2]
            where = f"{role} {called} ({self.where})"
            # Containers of patches and overrides are merged by name, and one that names an image may be a new one.
            partial = self.partial and element.at("image").plain is None
            yield Container(element.plain, self.urn, where, element.path, partial, self.record, pod=self, role=role)


def pods(obj: Object) -> Iterator[Pod]:
    """Every pod that the object would run."""
    if obj.id == ANY:
        yield _pod(obj, obj)
    elif obj.id in POD_SPECS:
        yield _pod(obj, obj.at(*POD_SPECS[obj.id]))
    elif obj.kind is not None and not is_built_in(obj.kind.group):
        yield from (_pod(obj, spec) for spec in _search(obj))


def _pod(obj: Object, spec: Node) -> Pod:
    partial = spec.partial or _overrides(obj, spec)
    return Pod(spec.plain, spec.urn, spec.where, spec.path, partial, spec.record, object=obj)


def _overrides(obj: Object, spec: Node) -> bool:
    """It changes parts of a pod that an operator makes: one of its containers leaves the image to the operator."""
    if obj.kind is None or obj.id == ANY or is_built_in(obj.kind.group) or obj.kind.group in _RUNS_TEMPLATES:
        return False
    containers = [container for listed in LISTS.values() for container in spec.at(listed).elements()]
    return any(isinstance(each.plain, dict) and each.plain.get("image") is None for each in containers)


def is_built_in(group: str) -> bool:
    """Kubernetes itself serves this group."""
    return group in _BUILT_IN


def _search(obj: Object) -> Iterator[Node]:
    """Look through a foreign kind: each place that looks like a pod's spec, and each that could hide one."""
    shows = obj.kind is not None and f".{obj.kind.group}".endswith(_WRITES_PATTERNS)
    queue: list[Node] = [each.at("generate") for each in obj.at("spec", "rules").elements()] if shows else [obj]
    met: set[int] = set()
    while queue:
        node = queue.pop()
        if id(node.plain) in met and not isinstance(node.plain, Unknown):
            continue
        met.add(id(node.plain))
        if isinstance(node.plain, list):
            queue.extend(node.child(item, f"{node.path}[{i}]") for i, item in enumerate(node.plain))
        elif isinstance(node.plain, dict):
            if _is_pod_spec(node):
                yield node
            yield from _renamed(node)
            queue.extend(child for name in node.plain if _worth_a_look(child := node.at(name)))
        elif node is obj or _could_hide_pods(node):
            yield node


def _worth_a_look(node: Node) -> bool:
    return isinstance(node.plain, dict | list | Unknown)


def _is_pod_spec(node: Node) -> bool:
    """It has containers, and it is a template's spec or one of them names an image."""
    lists = [listed for key in LISTS.values() if (listed := node.at(key).plain) is not None]
    templated = node.path.lower().endswith("template.spec")
    return any(
        templated
        or isinstance(listed, Unknown)
        or any(map(_names_an_image, listed if isinstance(listed, list) else []))
        for listed in lists
    )


def _renamed(node: Node) -> Iterator[Node]:
    """Containers under a foreign name, as a pod's spec that has only them."""
    singles = [node.at(key).plain for key in _SINGLE]
    lists = [node.at(key).plain for key in _LISTED]
    image_lists = [listed for listed in lists if isinstance(listed, list) and any(map(_names_an_image, listed))]
    for containers in [*image_lists, *([single] for single in singles if _names_an_image(single))]:
        yield node.child({"containers": containers}, node.path)


def _names_an_image(container: Plain) -> bool:
    return isinstance(container, dict) and container.get("image") is not None


def _could_hide_pods(node: Node) -> bool:
    last = node.path.rpartition(".")[2].partition("[")[0].lower()
    return isinstance(node.plain, Unknown) and last.endswith(_HIDING)
