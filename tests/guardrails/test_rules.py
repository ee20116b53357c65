"""Every rule keeps its promises, in every form that a resource can take."""

import re
from dataclasses import replace
from pathlib import Path

import guardrails.rules
import pytest
from guardrails import RULES, Resource, evaluate
from guardrails.evaluation.evaluate import evaluate_resource
from guardrails.examples.kubernetes import a_container, declared, workload
from guardrails.kubernetes.pods import POD_SPECS
from guardrails.model.values import Plain, Unknown
from guardrails.rule import BadExample, Rule
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.rule_cases import ABOUT_SPECS
from tests.support.rule_forms import CONTAINERS, FORMS, POD, changed, places, said, standing

ALLOWED = [pytest.param(r, e, id=f"{r.id}: {name}") for r in RULES for name, e in r.allows.items()]
REFUSED = [pytest.param(r, e, id=f"{r.id}: {name}") for r in RULES for name, e in r.refuses.items()]

ACCOUNT = declared("kubernetes:core/v1:ServiceAccount", "marketplace")
DENY_ALL = declared(
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "deny-all",
    spec={"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("rule", "example"), ALLOWED)
def test_allows(rule: Rule, example: tuple[Resource, ...], form: str) -> None:
    assert said(tuple(map(FORMS[form], example)), rule) == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("rule", "example"), REFUSED)
def test_refuses(rule: Rule, example: BadExample, form: str) -> None:
    assert said(tuple(map(FORMS[form], example.resources)), rule) == list(example.says)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_is_complete(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.id)
    assert rule.check.check.__module__.rpartition(".")[2] == rule.id.replace("-", "_"), "file and id must agree"
    assert not rule.title.endswith(".")
    assert rule.why.endswith(".")
    assert rule.fix.endswith(".")
    assert rule.covers, "name the checklist items that this rule answers"
    assert rule.kinds, "name the kinds that it looks at"
    assert len(rule.allows) >= 2
    assert len(rule.refuses) >= 2


def test_every_file_is_a_listed_rule() -> None:
    files = {file.stem for file in Path(guardrails.rules.__path__[0]).rglob("*.py")} - {"__init__"}
    assert sorted(rule.id.replace("-", "_") for rule in RULES) == sorted(files)
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_sound_workload_keeps_every_rule() -> None:
    assert evaluate((*workload(a_container()), ACCOUNT, DENY_ALL)) == []


def test_message_names_container_and_fix() -> None:
    (finding,) = evaluate_resource(workload(a_container(image="254carbon/marketplace:latest"))[0], RULES)
    assert finding.message == (
        "container 'api' (Deployment shop/marketplace) runs '254carbon/marketplace:latest', "
        "and latest can change under us. Name a version tag or a digest in releases.<service>.image."
    )


VERSIONS = {"core": "v1", "extensions": "v1beta1", "apps": "v1beta2", "batch": "v1", "argoproj.io": "v1alpha1"}
TYPES = ["kubernetes:" + id_.replace("/", "/" + VERSIONS[id_.partition("/")[0]] + ":") for id_ in POD_SPECS]
FINITE = ("Job", "CronJob")
POD_RULES = [pytest.param(r, e, id=f"{r.id}: {name}") for r in ABOUT_SPECS for name, e in r.refuses.items()]


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize(("rule", "example"), POD_RULES)
def test_moving_the_pod_keeps_the_verdict(rule: Rule, example: BadExample, type_: str) -> None:
    pod = dict(standing(example.resources[0], POD))
    (moved,) = workload(*pod.pop("containers"), type_=type_, **pod)
    kind = type_.rpartition(":")[2]
    if rule.id == "probes" and kind in FINITE:
        assert said((moved,), rule) == []
    else:
        assert said((moved,), rule) == [says.replace("Deployment", kind) for says in example.says]


@pytest.mark.parametrize(("rule", "example"), POD_RULES)
def test_lists_are_opened(rule: Rule, example: BadExample) -> None:
    item = example.resources[0].props
    for type_ in ("kubernetes:core/v1:List", "kubernetes:apps/v1:DeploymentList"):
        assert said((declared(type_, "all", items=[item]),), rule) == list(example.says)


FOREIGN: dict[str, tuple[str, ...]] = {
    "kubernetes:serving.knative.dev/v1:Service": ("spec", "template", "spec"),
    "kubernetes:apps.openshift.io/v1:DeploymentConfig": ("spec", "template", "spec"),
    "kubernetes:flink.apache.org/v1beta1:FlinkDeployment": ("spec", "podTemplate", "spec"),
    "kubernetes:monitoring.coreos.com/v1:Prometheus": ("spec",),
}


FOREIGN_CASES = [
    pytest.param(*param.values, type_, id=f"{param.id}: {type_}")
    for param in POD_RULES
    for type_, path in FOREIGN.items()
    # Without an image a container is an operator's, unless the kind runs templates as they stand.
    if param.id != "image-tag-pinned: no image" or "template" in path
]


@pytest.mark.parametrize(("rule", "example", "type_"), FOREIGN_CASES)
def test_foreign_controllers_are_judged(rule: Rule, example: BadExample, type_: str) -> None:
    spec: Plain = standing(example.resources[0], POD)
    first, *below = FOREIGN[type_]
    for key in reversed(below):
        spec = {key: spec}
    moved = declared(type_, "marketplace", namespace="shop", **{first: spec})
    kind = type_.rpartition(":")[2]
    assert said((moved,), rule) == [says.replace("Deployment", kind) for says in example.says]


def test_patch_is_judged_by_what_it_says() -> None:
    (whole,) = workload(a_container())
    patch = replace(changed(whole, CONTAINERS, [{"name": "api"}]), type="kubernetes:apps/v1:DeploymentPatch")
    assert evaluate_resource(patch, RULES) == []
    wrong: dict[str, Plain] = {
        "name": "api",
        "livenessProbe": {},
        "resources": {"limits": {"cpu": "0"}},
        "securityContext": {"allowPrivilegeEscalation": True, "capabilities": {"drop": []}, "runAsNonRoot": False},
    }
    findings = evaluate_resource(changed(patch, CONTAINERS, [wrong]), RULES)
    assert [finding.rule for finding in findings] == [
        "run-as-non-root",
        "no-privilege-escalation",
        "drop-all-capabilities",
        "limits",
        "probes",
    ]


def test_a_patch_that_names_an_image_may_add_a_container() -> None:
    (whole,) = workload(a_container())
    added: Plain = {"name": "evil", "image": "evil/miner:v1"}
    patch = replace(changed(whole, CONTAINERS, [added]), type="kubernetes:apps/v1:DeploymentPatch")
    assert {"run-as-non-root", "drop-all-capabilities", "limits", "probes"} <= {
        finding.rule for finding in evaluate_resource(patch, RULES)
    }


BAD: Plain = {"name": "bad", "image": "nginx:latest", "securityContext": {"privileged": True}}
DISGUISES: dict[str, tuple[str, dict[str, Plain]]] = {
    "a group that ends like a built-in one": ("acme.k8s.io/v1:Runner", {"template": {"spec": {"containers": [BAD]}}}),
    "one container": ("argoproj.io/v1alpha1:Workflow", {"templates": [{"name": "main", "container": BAD}]}),
    "steps": ("tekton.dev/v1:Task", {"steps": [BAD]}),
    "init containers alone": ("apps.kruise.io/v1alpha1:SidecarSet", {"initContainers": [BAD]}),
    "jobs that nobody knows": ("jobset.x-k8s.io/v1alpha2:JobSet", {"replicatedJobs": Unknown.LATER}),
}


@pytest.mark.parametrize(("type_", "spec"), DISGUISES.values(), ids=DISGUISES)
def test_foreign_kinds_hide_no_container(type_: str, spec: Plain) -> None:
    foreign = declared(f"kubernetes:{type_}", "odd", namespace="shop", spec=spec)
    assert "image-tag-pinned" in {finding.rule for finding in evaluate_resource(foreign, RULES)}


def test_a_kind_that_is_called_a_list_is_judged_as_itself() -> None:
    spec: Plain = {"template": {"spec": {"containers": [BAD]}}}
    listed = declared("kubernetes:example.com/v1:AllowList", "odd", namespace="shop", items=[], spec=spec)
    assert "image-tag-pinned" in {finding.rule for finding in evaluate_resource(listed, RULES)}


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(list(Unknown))
KEYS = st.sampled_from(
    ["metadata", "name", "namespace", "spec", "template", "containers", "initContainers", "image", "securityContext"]
) | st.text(max_size=4)
TREES: st.SearchStrategy[Plain] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=20
)
ALL_TYPES = [
    *TYPES,
    *FOREIGN,
    "kubernetes:core/v1:Secret",
    "kubernetes:core/v1:Namespace",
    "kubernetes:core/v1:List",
    "kubernetes:apps/v1:DeploymentPatch",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    "aws:s3/bucket:Bucket",
]


@settings(max_examples=300, deadline=None)
@given(props=TREES, type_=st.sampled_from(ALL_TYPES))
def test_no_tree_crashes_a_rule(props: Plain, type_: str) -> None:
    findings = evaluate([Resource(type=type_, name="any", props=props)])
    assert [finding.message for finding in findings if "crashed" in finding.message] == []


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_change_to_a_sound_workload_crashes_or_slips_through(data: st.DataObject) -> None:
    (resource,) = workload(
        a_container(), initContainers=[a_container("migrate")], securityContext={"runAsNonRoot": True}
    )
    place = data.draw(st.sampled_from(list(places(resource.props))))
    mutant = changed(resource, place, data.draw(TREES))
    findings = evaluate_resource(mutant, RULES)
    assert not [finding for finding in findings if "crashed" in finding.message]
    bad = changed(resource, CONTAINERS, [a_container(), a_container("bad", image="bad:latest")])
    if place[:4] != CONTAINERS and len(place) > 3:
        both = changed(bad, place, data.draw(TREES))
        assert any(finding.rule == "image-tag-pinned" for finding in evaluate_resource(both, RULES))


@settings(max_examples=100, deadline=None)
@given(
    image=st.none() | st.sampled_from(["api", "api:latest", "host:5000/api"]),
    security=st.sampled_from([None, {}, {"runAsUser": 0}]),
    role=st.sampled_from(["containers", "initContainers", "ephemeralContainers"]),
    type_=st.sampled_from([*TYPES, *sorted(FOREIGN)]),
    data=st.data(),
)
def test_a_bad_container_always_adds_a_violation(
    image: Plain, security: Plain, role: str, type_: str, data: st.DataObject
) -> None:
    bad = a_container("bad", image=image, securityContext=security)
    lists: dict[str, list[dict[str, Plain]]] = {"containers": [a_container()]}
    lists[role] = [*lists.get(role, []), bad]
    main = data.draw(st.permutations(lists.pop("containers")))
    if type_ in FOREIGN and image is not None:
        pod: Plain = {"containers": list(main), **lists}  # type: ignore[dict-item]  # lists are plain
        first, *below = FOREIGN[type_]
        for key in reversed(below):
            pod = {key: pod}
        resource = declared(type_, "odd", namespace="shop", **{first: pod})
    else:
        type_ = TYPES[0] if type_ in FOREIGN else type_
        (resource,) = workload(*main, type_=type_, **lists)  # type: ignore[arg-type]  # lists are plain
    if data.draw(st.booleans()):
        resource = declared("kubernetes:core/v1:List", "all", items=[resource.props])
    broken_rules = {finding.rule for finding in evaluate_resource(resource, RULES) if "'bad'" in finding.where}
    assert broken_rules >= {"image-tag-pinned", "run-as-non-root", "read-only-root-filesystem"}
