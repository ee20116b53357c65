"""The traversal finds every pod and every container, or says that it can't."""

import pytest
from guardrails import RULES
from guardrails.evaluation.evaluate import evaluate_resource
from guardrails.examples.kubernetes import a_container, declared, workload
from guardrails.kubernetes.pod_templates import metadata
from guardrails.kubernetes.pods import WORKLOADS, Pod, pods
from guardrails.model.node import Record
from guardrails.model.resources import Kind, Resource, objects
from guardrails.model.values import UNKNOWN, Plain


def found(resource: Resource) -> tuple[list[Pod], Record]:
    record: Record = {}
    return [pod for item in objects(resource, record) for pod in pods(item)], record


def containers(resource: Resource) -> list[str]:
    its_pods, _ = found(resource)
    return [container.where for pod in its_pods for container in pod.containers]


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("kubernetes:apps/v1:Deployment", Kind("apps", "v1", "Deployment")),
        ("kubernetes:core/v1:Pod", Kind("core", "v1", "Pod")),
        ("kubernetes:v1:Secret", Kind("core", "v1", "Secret")),
        ("kubernetes:networking.k8s.io/v1:NetworkPolicy", Kind("networking.k8s.io", "v1", "NetworkPolicy")),
        ("kubernetes:argoproj.io/v1alpha1:Rollout", Kind("argoproj.io", "v1alpha1", "Rollout")),
        ("aws:eks/cluster:Cluster", None),
        ("pulumi:providers:kubernetes", None),
        ("kubernetes", None),
        ("kubernetes:Pod", None),
        ("", None),
    ],
)
def test_tokens_are_read(token: str, kind: Kind | None) -> None:
    assert Kind.of_token(token) == kind


@pytest.mark.parametrize(
    ("api_version", "name", "token"),
    [("v1", "Pod", "kubernetes:core/v1:Pod"), ("apps/v1", "Deployment", "kubernetes:apps/v1:Deployment")],
)
def test_tokens_are_written(api_version: str, name: str, token: str) -> None:
    kind = Kind.of(api_version, name)
    assert (kind.token, kind.api_version) == (token, api_version)
    assert Kind.of_token(token) == kind


def test_knows_the_kinds_that_run_pods() -> None:
    assert sorted(WORKLOADS) == [
        "apps/DaemonSet",
        "apps/Deployment",
        "apps/ReplicaSet",
        "apps/StatefulSet",
        "argoproj.io/Rollout",
        "batch/CronJob",
        "batch/Job",
        "core/Pod",
        "core/PodTemplate",
        "core/ReplicationController",
        "extensions/DaemonSet",
        "extensions/Deployment",
        "extensions/ReplicaSet",
    ]


def test_finds_every_container() -> None:
    (resource,) = workload(
        a_container(), initContainers=[a_container("migrate")], ephemeralContainers=[a_container("debug")]
    )
    assert containers(resource) == [
        "init container 'migrate' (Deployment shop/marketplace)",
        "container 'api' (Deployment shop/marketplace)",
        "ephemeral container 'debug' (Deployment shop/marketplace)",
    ]


def test_sidecars_serve() -> None:
    (resource,) = workload(
        a_container(), initContainers=[a_container("proxy", restartPolicy="Always"), a_container("migrate")]
    )
    ((pod,), _) = found(resource)
    assert [container.peek("name") for container in pod.serving] == ["proxy", "api"]


def test_ephemeral_containers_are_not_sized() -> None:
    (resource,) = workload(a_container(), ephemeralContainers=[a_container("debug")])
    ((pod,), _) = found(resource)
    assert [container.peek("name") for container in pod.sized] == ["api"]


@pytest.mark.parametrize("place", [("spec",), ("spec", "template"), ("spec", "template", "spec"), ()])
def test_an_unknown_on_the_way_is_noted(place: tuple[str, ...]) -> None:
    props: Plain = UNKNOWN
    for key in reversed(place):
        props = {key: props}
    ((pod,), record) = found(Resource(type="kubernetes:apps/v1:Deployment", name="api", props=props))
    assert list(pod.containers) == []
    assert [fault.path for fault in record.values()] == [".".join(place)]


@pytest.mark.parametrize("value", [UNKNOWN, "text", {"name": "api"}, 1, True])
@pytest.mark.parametrize("field", ["containers", "initContainers", "ephemeralContainers"])
def test_a_list_of_containers_that_is_none_is_noted(field: str, value: Plain) -> None:
    (resource,) = workload(a_container(), **{field: value})  # type: ignore[arg-type]  # not type_
    ((pod,), record) = found(resource)
    assert list(record) == []
    list(pod.containers)
    assert [fault.path for fault in record.values()] == [f"spec.template.spec.{field}"]


@pytest.mark.parametrize("template", ["text", ["text"], 1])
def test_a_template_of_another_type_is_noted(template: Plain) -> None:
    resource = declared("kubernetes:apps/v1:Deployment", "api", spec={"template": template})
    ((pod,), record) = found(resource)
    list(pod.containers)
    assert [fault.says for fault in record.values()] == [
        (
            "Deployment shop/api cannot be decided at preview: "
            "spec.template is not of the type it should be. Correct its type"
        )
    ]


def test_rollout_by_reference_has_no_pod_of_its_own() -> None:
    spec: Plain = {"workloadRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}}
    assert containers(declared("kubernetes:argoproj.io/v1alpha1:Rollout", "api", spec=spec)) == []


def test_rollout_with_a_template_is_opened() -> None:
    spec: Plain = {"template": {"spec": {"containers": [a_container()]}}}
    assert containers(declared("kubernetes:argoproj.io/v1alpha1:Rollout", "api", spec=spec)) == [
        "container 'api' (Rollout shop/api)"
    ]


def test_lists_of_lists_are_opened() -> None:
    pod: dict[str, Plain] = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [{}]}}
    inner: dict[str, Plain] = {"apiVersion": "v1", "kind": "PodList", "items": [pod]}
    outer = declared("kubernetes:core/v1:List", "all", items=[inner, pod])
    assert containers(outer) == ["container containers[0] (Pod a)"] * 2


@pytest.mark.parametrize("type_", ["kubernetes:core/v1:List", "kubernetes:apps/v1:DeploymentList"])
@pytest.mark.parametrize("items", [UNKNOWN, [UNKNOWN], "text", {"a": 1}])
def test_unknown_items_could_be_anything(type_: str, items: Plain) -> None:
    ((pod,), record) = found(declared(type_, "all", items=items))
    list(pod.containers)
    assert [fault.path.partition("[")[0] for fault in record.values()] == ["items"]


def test_a_kind_that_only_ends_in_list_is_itself() -> None:
    record: Record = {}
    (item,) = objects(declared("kubernetes:acme.io/v1:AllowList", "a", spec={}), record)
    assert (item.id, item.where) == ("acme.io/AllowList", "AllowList shop/a")


def test_foreign_kinds_are_searched() -> None:
    job: Plain = {
        "job": {"spec": {"template": {"spec": {"containers": [a_container("probe")], "restartPolicy": "Never"}}}}
    }
    resource = declared(
        "kubernetes:argoproj.io/v1alpha1:AnalysisTemplate", "gate", spec={"metrics": [{"provider": job}]}
    )
    ((pod,), _) = found(resource)
    assert [container.where for container in pod.containers] == ["container 'probe' (AnalysisTemplate shop/gate)"]
    assert pod.is_finite


OVERRIDES: dict[str, tuple[str, dict[str, Plain]]] = {
    "Elasticsearch": (
        "elasticsearch.k8s.elastic.co/v1:Elasticsearch",
        {"nodeSets": [{"podTemplate": {"spec": {"containers": [{"name": "elasticsearch", "resources": {}}]}}}]},
    ),
    "RabbitMQ": (
        "rabbitmq.com/v1beta1:RabbitmqCluster",
        {"override": {"statefulSet": {"spec": {"template": {"spec": {"containers": [{"name": "rabbitmq"}]}}}}}},
    ),
    "an init container": (
        "acme.io/v1:Worker",
        {"podTemplate": {"spec": {"initContainers": [{"name": "setup", "env": []}], "containers": []}}},
    ),
}


@pytest.mark.parametrize(("type_", "spec"), OVERRIDES.values(), ids=OVERRIDES)
def test_what_an_operator_fills_in_is_left_to_it(type_: str, spec: dict[str, Plain]) -> None:
    resource = declared(f"kubernetes:{type_}", "db", spec=spec)
    ((pod,), _) = found(resource)
    assert pod.partial
    assert evaluate_resource(resource, RULES) == []


def test_what_an_override_says_counts() -> None:
    main: dict[str, Plain] = {"name": "elasticsearch", "securityContext": {"privileged": True}}
    sidecar: Plain = {"name": "exporter", "image": "exporter:latest"}
    spec: Plain = {"nodeSets": [{"podTemplate": {"spec": {"containers": [main, sidecar], "hostNetwork": True}}}]}
    resource = declared("kubernetes:elasticsearch.k8s.elastic.co/v1:Elasticsearch", "db", spec=spec)
    assert {"no-privileged-container", "no-host-network", "image-tag-pinned", "drop-all-capabilities", "limits"} <= {
        finding.rule for finding in evaluate_resource(resource, RULES)
    }


@pytest.mark.parametrize("type_", ["apps.openshift.io/v1:DeploymentConfig", "serving.knative.dev/v1:Service"])
def test_controllers_that_run_templates_fill_nothing_in(type_: str) -> None:
    resource = declared(f"kubernetes:{type_}", "api", spec={"template": {"spec": {"containers": [{"name": "api"}]}}})
    ((pod,), _) = found(resource)
    assert not pod.partial


@pytest.mark.parametrize(
    ("type_", "field"),
    [
        ("keda.sh/v1alpha1:ScaledJob", "jobTargetRef"),
        ("apps.kruise.io/v1alpha1:AdvancedCronJob", "workload"),
        ("acme.io/v1:Batch", "jobTemplate"),
        ("argoproj.io/v1alpha1:CronWorkflow", "workflow"),
    ],
)
def test_foreign_jobs_end(type_: str, field: str) -> None:
    spec: Plain = {field: {"template": {"spec": {"containers": [a_container()]}}}}
    ((pod,), _) = found(declared(f"kubernetes:{type_}", "a", spec=spec))
    assert pod.is_finite


def test_foreign_services_do_not_end() -> None:
    spec: Plain = {"jobless": {"template": {"spec": {"containers": [a_container()]}}}}
    ((pod,), _) = found(declared("kubernetes:acme.io/v1:Worker", "a", spec=spec))
    assert not pod.is_finite


def test_patterns_are_no_pods_but_what_they_generate_is() -> None:
    pattern: Plain = {"spec": {"containers": [{"image": "!*:latest"}]}}
    generated: Plain = {"data": {"spec": {"template": {"spec": {"containers": [a_container()]}}}}}
    rules: Plain = [{"validate": {"pattern": pattern}}, {"generate": generated}]
    resource = declared("kubernetes:kyverno.io/v1:ClusterPolicy", "pinned", namespace=None, spec={"rules": rules})
    assert containers(resource) == ["container 'api' (ClusterPolicy pinned)"]


@pytest.mark.parametrize(
    "spec",
    [
        UNKNOWN,
        {"template": UNKNOWN},
        {"podTemplate": {"spec": UNKNOWN}},
        {"template": {"spec": {"containers": UNKNOWN}}},
    ],
)
def test_foreign_kinds_that_could_hide_pods_are_noted(spec: Plain) -> None:
    its_pods, record = found(declared("kubernetes:acme.io/v1:Worker", "a", spec=spec))
    for pod in its_pods:
        list(pod.containers)
    assert len(record) == 1


@pytest.mark.parametrize(
    "type_",
    [
        "kubernetes:core/v1:ConfigMap",
        "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
        "aws:ecs/taskDefinition:TaskDefinition",
    ],
)
def test_kinds_without_pods_are_not_searched(type_: str) -> None:
    assert containers(declared(type_, "a", spec={"template": {"spec": {"containers": [{}]}}})) == []


def test_shared_anchors_end_the_search() -> None:
    tree: Plain = {"leaf": "x"}
    for _ in range(90):
        tree = {"a": tree, "b": tree}
    assert containers(declared("kubernetes:acme.io/v1:Worker", "a", spec=tree)) == []


def test_an_entry_of_a_list_holds_its_own_labels() -> None:
    entry: Plain = {"metadata": {"labels": {"app": "api"}}, "container": a_container()}
    ((pod,), _) = found(declared("kubernetes:argoproj.io/v1alpha1:Workflow", "a", spec={"templates": [entry]}))
    assert metadata(pod).at("labels").plain == {"app": "api"}


def test_an_unknown_entry_could_hide_a_pod() -> None:
    ((pod,), record) = found(declared("kubernetes:argoproj.io/v1alpha1:Workflow", "a", spec={"templates": [UNKNOWN]}))
    assert list(pod.containers) == []
    assert metadata(pod) is pod
    assert [fault.path for fault in record.values()] == ["spec.templates[0]"]
