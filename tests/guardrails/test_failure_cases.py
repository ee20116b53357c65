"""The failure cases that guardrails have to survive, one test for each that a rule, the pack or a report can meet.

Twenty-five were collected from what went wrong elsewhere. These are not for guardrails, and why:

- 12, many resources at once: `benchmarks/` measures time and memory, for a test must not judge by the clock.
- 13 to 16, a killed deployment, two at once, a broken state file, a wrong passphrase: the engine's own state.
- 18, a provider that is replaced: the steps of an update reach no policy.
- 19, 21 and 22, a cluster that is down, a canary that aborts, weights that are reset: seen while deploying.
- 25, a release that is taken back: an exercise with a cluster.
"""

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from guardrails import RULES, Resource, Verdict, evaluate, verdict
from guardrails.examples.kubernetes import a_container, declared, running, workload
from guardrails.model.findings import Violations
from guardrails.model.values import MASK, UNKNOWN, Plain
from guardrails.rule import EachObject, Rule
from pulumi.runtime import proto

from tests.support.rule_forms import FORMS, HIDDEN, MANDATORY, UNKNOWN_TEXT, analyzer, as_struct, request, secret
from tests.support.shipped import CHECKOUT

LATEST = "api:latest"


def only(*ids: str) -> list[Rule]:
    """These rules of the pack."""
    return [rule for rule in RULES if rule.id in ids]


def broken(*resources: Resource) -> set[str]:
    """The rules that refuse these resources."""
    return {finding.rule for finding in evaluate(resources)}


def told(resource: Resource) -> list[Any]:
    """What the pack answers to the engine, line by line."""
    return list(analyzer().Analyze(request(resource), None).diagnostics)


def test_case_1_an_image_that_is_unknown_blocks() -> None:
    """1: an image that is unknown at preview is undecidable, and mandatory."""
    (unknown,) = workload(a_container(image=UNKNOWN))
    findings = evaluate([unknown], only("image-tag-pinned"))
    assert [finding.verdict for finding in findings] == [Verdict.UNDECIDABLE]
    assert {line.enforcementLevel for line in told(unknown)} == {MANDATORY}


def test_case_2_an_unknown_label_hides_no_latest_tag() -> None:
    """2: an unknown label and a latest tag in one Deployment: the tag is still reported."""
    resource = running({"app": UNKNOWN}, a_container(image=LATEST))
    says = [finding.says for finding in evaluate([resource], only("image-tag-pinned"))]
    assert any("latest can change under us" in each for each in says)


def test_case_3_one_unknown_resource_costs_a_stack_rule_no_other() -> None:
    """3: one resource that is unknown as a whole, and fifty that are not: the rule judges the fifty."""
    lost = declared("kubernetes:core/v1:Service", "lost", namespace=None)
    services = [
        declared("kubernetes:core/v1:Service", f"api-{i}", spec={"selector": {"app": f"api-{i}"}}) for i in range(50)
    ]
    findings = evaluate([replace(lost, props=UNKNOWN), *services], only("service-selects-pods"))
    assert sum("selects no pod" in finding.says for finding in findings) == len(services)


def test_case_4_an_unknown_spec_is_undecidable_for_every_rule_about_it() -> None:
    """4: a spec that is unknown as a whole is undecided by every rule that reads it, and passes none of them."""
    (whole,) = workload(a_container())
    about_specs = {rule.id for rule in RULES if "apps/Deployment" in rule.kinds and broken_by_any(rule)}
    findings = evaluate(
        [replace(whole, props={**as_mapping(whole), "spec": UNKNOWN})], [r for r in RULES if r.id in about_specs]
    )
    assert {finding.rule for finding in findings} == about_specs
    assert verdict(findings) is Verdict.UNDECIDABLE


def as_mapping(resource: Resource) -> dict[str, Plain]:
    """The properties of an example."""
    assert isinstance(resource.props, dict)
    return resource.props


def broken_by_any(rule: Rule) -> bool:
    """The rule refuses some Deployment that is alone."""
    return not rule.is_about_stack and any(
        [each.type for each in example.resources] == ["kubernetes:apps/v1:Deployment"]
        and "spec" in as_mapping(example.resources[0])
        for example in rule.refuses.values()
    )


@pytest.mark.parametrize("image", [f"registry/{UNKNOWN_TEXT}:v1", secret(UNKNOWN_TEXT), UNKNOWN_TEXT])
def test_case_5_a_sentinel_is_found_wherever_it_hides(image: Any) -> None:  # noqa: ANN401 - whatever JSON can say
    """5: the engine's sign for an unknown inside a longer text, in a secret, or alone."""
    (resource,) = workload(a_container(image=image))
    for form in (as_struct, FORMS["proxy"]):
        assert verdict(evaluate([form(resource)], only("image-tag-pinned"))) is Verdict.UNDECIDABLE


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_case_6_every_form_gets_the_same_verdict(form: Callable[[Resource], Resource]) -> None:
    """6: proxies, floats and mappings that are no dictionaries; `test_rules` asks every example in every form."""
    (bad,) = workload(a_container(image=LATEST, securityContext={"runAsUser": 0, "capabilities": {"drop": ["ALL"]}}))
    assert evaluate([form(bad)]) == evaluate([bad])


@pytest.mark.parametrize("image", [secret(f"{HIDDEN}:latest"), MASK])
def test_case_7_a_secret_is_undecidable_and_never_shown(image: Any) -> None:  # noqa: ANN401 - whatever JSON can say
    """7: an image behind a secret, readable or not."""
    (resource,) = workload(a_container(image=image))
    findings = evaluate([as_struct(resource)], only("image-tag-pinned"))
    assert verdict(findings) is Verdict.UNDECIDABLE
    assert HIDDEN not in " ".join(finding.message for finding in findings)


@pytest.mark.parametrize("room", ["stack", "components"])
def test_case_8_no_resource_is_made_inside_apply(room: str) -> None:
    """8: no preview sees what is created in `apply`, so what is called there creates nothing."""
    for file in (CHECKOUT / room).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "apply":
                inside = [each for argument in node.args for each in ast.walk(argument) if isinstance(each, ast.Call)]
                assert not [ast.unparse(each) for each in inside if "opts" in {k.arg for k in each.keywords}], file


def test_case_9_a_rule_that_crashes_refuses_and_says_which() -> None:
    """9: an exception in a rule; what can't load is the matter of `test_pack` and of the engine's tests."""

    def crash(_: object) -> Violations:
        raise ZeroDivisionError(HIDDEN)

    rule = replace(only("rolling-update")[0], check=EachObject(crash))
    (finding,) = evaluate(workload(a_container()), [rule])
    assert finding.verdict is Verdict.UNDECIDABLE
    assert (
        finding.says
        == "rule rolling-update crashed on Deployment shop/marketplace (ZeroDivisionError), so it is refused"
    )


def test_case_10_configuration_switches_nothing_off() -> None:
    """10: the engine may send a policy's configuration; the pack takes none."""
    pack = analyzer()
    config = proto.PolicyConfig(enforcementLevel=proto.DISABLED)
    pack.Configure(proto.ConfigureAnalyzerRequest(policyConfig={rule.id: config for rule in RULES}), None)
    lines = pack.Analyze(request(workload(a_container(image=LATEST))[0]), None).diagnostics
    assert [(line.policyName, line.enforcementLevel) for line in lines] == [("image-tag-pinned", MANDATORY)]


def test_case_11_wrappings_change_no_verdict() -> None:
    """11: Rollouts, lists, CronJobs, templates and patches; an opaque release is refused."""
    bad = a_container(image=LATEST)
    kinds = ("argoproj.io/v1alpha1:Rollout", "batch/v1:CronJob", "core/v1:PodTemplate", "apps/v1:Deployment")
    wrapped = [workload(bad, type_=f"kubernetes:{kind}")[0] for kind in kinds]
    wrapped.append(declared("kubernetes:core/v1:List", "all", items=[wrapped[-1].props]))
    wrapped.append(replace(wrapped[3], type="kubernetes:apps/v1:DeploymentPatch"))
    assert all("image-tag-pinned" in broken(resource) for resource in wrapped)
    assert "no-opaque-release" in broken(declared("kubernetes:helm.sh/v3:Release", "redis", chart="redis"))


def test_case_17_a_planted_secret_is_in_no_answer() -> None:
    """17: one secret in an environment, an argument, a ConfigMap and a store, refused everywhere and shown nowhere."""
    env: Plain = [{"name": "DB_PASSWORD", "value": HIDDEN}]
    planted = (
        *workload(a_container(env=env, args=[f"--password={HIDDEN}"])),
        declared("kubernetes:core/v1:ConfigMap", "api", data={"db_password": HIDDEN}),
        declared("kubernetes:core/v1:Secret", "api", stringData={"password": HIDDEN}),
        declared(
            "kubernetes:external-secrets.io/v1:SecretStore",
            "fake",
            spec={"provider": {"fake": {"data": [{"key": "db", "value": HIDDEN}]}}},
        ),
    )
    for resource, rule in zip(
        planted,
        ("no-secret-in-env", "no-secret-in-config-map", "no-literal-secret", "no-literal-in-external-secret"),
        strict=True,
    ):
        assert rule in broken(resource)
        assert HIDDEN not in str(told(resource))
    assert "no-secret-in-command" in broken(planted[0])


def test_case_20_one_writer_of_replicas() -> None:
    """20: what an autoscaler owns, the program leaves alone: decided before the deployment that would fight over it."""
    target: Plain = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}
    spec: Plain = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 4}
    scaler = declared("kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "api", spec=spec)
    assert "replicas-left-to-autoscaler" in broken(running(replicas=2), scaler)
    assert "replicas-left-to-autoscaler" not in broken(running(), scaler)


def test_case_23_fetched_secrets_stay_and_are_renewed() -> None:
    """23: a key, a store or a secret that is gone: secrets are retained, renewed, and their store is there."""
    spec: Plain = {
        "refreshInterval": "0",
        "target": {"deletionPolicy": "Delete"},
        "secretStoreRef": {"name": "aws", "kind": "SecretStore"},
    }
    wanted = {"external-secret-refreshes", "external-secret-retained", "secret-store-exists"}
    assert wanted <= broken(declared("kubernetes:external-secrets.io/v1:ExternalSecret", "db", spec=spec))


def test_case_24_denied_egress_without_names_is_refused() -> None:
    """24: a default deny without a way to resolve names."""
    spec: Plain = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    deny = declared("kubernetes:networking.k8s.io/v1:NetworkPolicy", "deny", spec=spec)
    shop = declared("kubernetes:core/v1:Namespace", "shop", namespace=None)
    assert "dns-allowed" in broken(shop, deny, running())
