"""Rules fail closed: on what is unknown, on what is secret, and on their own mistakes."""

from dataclasses import replace

import pytest
from guardrails import RULES, Resource, Verdict, evaluate, verdict
from guardrails.evaluation.evaluate import evaluate_resource
from guardrails.examples.kubernetes import a_container, declared, workload
from guardrails.kubernetes.pods import Pod
from guardrails.model.findings import Violations
from guardrails.model.node import Shape
from guardrails.model.values import UNKNOWN, Plain, Unknown
from guardrails.rule import BadExample, EachPod, Rule

from tests.support.rule_cases import ABOUT_SPECS
from tests.support.rule_forms import CONTAINERS, FORMS, HIDDEN, as_struct, changed, places, said, secret, standing

ALLOWED = [pytest.param(r, e, id=f"{r.id}: {name}") for r in RULES for name, e in r.allows.items()]
REFUSED = [pytest.param(r, e, id=f"{r.id}: {name}") for r in RULES for name, e in r.refuses.items()]
ANSWERS: list[Plain] = [None, True, False, 0, "", "latest", "api:latest", "zz", [], ["zz"], [{}], {}, {"zz": "zz"}]
"""Values that, between them, break every rule at every place that it reads."""


def only(id_: str) -> list[Rule]:
    """One rule of the pack: several read the same place, and each says so."""
    return [rule for rule in RULES if rule.id == id_]


@pytest.mark.parametrize("form", FORMS)
def test_unknown_is_refused_in_its_own_words(form: str) -> None:
    (unknown,) = workload(a_container(image=UNKNOWN))
    findings = evaluate_resource(FORMS[form](unknown), only("image-tag-pinned"))
    assert [(finding.rule, finding.verdict, finding.message) for finding in findings] == [
        (
            "image-tag-pinned",
            Verdict.UNDECIDABLE,
            (
                "container 'api' (Deployment shop/marketplace) cannot be decided at preview: "
                "spec.template.spec.containers[0].image is known only after deployment. "
                "Put the value in the stack file. Name a version tag or a digest in releases.<service>.image."
            ),
        )
    ]


def spoils(rule: Rule, example: tuple[Resource, ...], index: int, place: tuple[str | int, ...]) -> bool:
    """Some value at this place makes the rule fail, so the rule reads it."""
    return any(
        verdict(evaluate(with_value(example, index, place, answer), [rule])) is Verdict.FAIL for answer in ANSWERS
    )


def with_value(
    example: tuple[Resource, ...], index: int, place: tuple[str | int, ...], value: Plain
) -> tuple[Resource, ...]:
    return (*example[:index], changed(example[index], place, value), *example[index + 1 :])


def is_awaited(rule: Rule, place: tuple[str | int, ...]) -> bool:
    """Only AWS can make what stands at this place."""
    return ".".join(key for key in place if isinstance(key, str)) in rule.known_after_deploy


@pytest.mark.parametrize(("rule", "example"), ALLOWED)
def test_unknown_at_each_place_it_reads_is_undecidable(rule: Rule, example: tuple[Resource, ...]) -> None:
    for index, resource in enumerate(example):
        for place in places(resource.props):
            answer = verdict(evaluate(with_value(example, index, place, UNKNOWN), [rule]))
            if is_awaited(rule, place):
                assert answer is Verdict.PASS, place
            elif spoils(rule, example, index, place):
                assert answer is Verdict.UNDECIDABLE, place
            else:
                assert answer is not Verdict.FAIL, place


@pytest.mark.parametrize(("rule", "example"), REFUSED)
def test_unknown_never_turns_a_fault_into_a_pass(rule: Rule, example: BadExample) -> None:
    for index, resource in enumerate(example.resources):
        for place in places(resource.props):
            answer = verdict(evaluate(with_value(example.resources, index, place, UNKNOWN), [rule]))
            assert answer is not Verdict.PASS or is_awaited(rule, place), place


@pytest.mark.parametrize(("rule", "example"), REFUSED)
def test_unknown_elsewhere_hides_nothing(rule: Rule, example: BadExample) -> None:
    veiled = tuple(
        changed(changed(r, ("metadata", "labels"), UNKNOWN), ("status",), UNKNOWN) for r in example.resources
    )
    assert said(veiled, rule) == list(example.says)


@pytest.mark.parametrize("rule", ABOUT_SPECS, ids=lambda rule: rule.id)
def test_unknown_container_hides_no_other(rule: Rule) -> None:
    for example in rule.refuses.values():
        (resource,) = example.resources
        veiled = changed(resource, CONTAINERS, [*standing(resource, CONTAINERS), UNKNOWN])
        findings = evaluate_resource(veiled, [rule])
        assert {finding.says for finding in findings} >= set(example.says)
        if any("container '" in says for says in example.says):  # the others tell of its pod, and ask no container
            assert any(finding.path == "spec.template.spec.containers[1]" for finding in findings)


def test_a_list_of_anything_is_refused_by_every_rule() -> None:
    findings = evaluate_resource(declared("kubernetes:core/v1:List", "all", items=UNKNOWN), RULES)
    assert {finding.rule for finding in findings} == {rule.id for rule in RULES if not rule.is_about_stack}
    assert verdict(findings) is Verdict.UNDECIDABLE


def test_a_namespace_without_a_name_is_undecidable() -> None:
    nameless = declared("kubernetes:core/v1:Namespace", "shop", metadata={"generateName": "shop-"})
    assert [finding.says for finding in evaluate([nameless], only("namespace-default-deny"))] == [
        (
            "Namespace shop cannot be decided at preview: metadata.name is known only after deployment. "
            "Put the value in the stack file"
        )
    ]


@pytest.mark.parametrize("unknown", Unknown)
def test_each_unknown_says_why(unknown: Unknown) -> None:
    (finding,) = evaluate_resource(workload(a_container(image=unknown))[0], only("image-tag-pinned"))
    assert f"containers[0].image {unknown.value}. {unknown.cure} Name a" in finding.message


# Secrets


@pytest.mark.parametrize(("rule", "example"), REFUSED)
def test_secret_never_turns_a_fault_into_a_pass(rule: Rule, example: BadExample) -> None:
    for index, resource in enumerate(example.resources):
        for place in places(resource.props):
            wrapped = with_value(example.resources, index, place, secret(standing(resource, place)))
            findings = evaluate(tuple(map(as_struct, wrapped)), [rule])
            assert verdict(findings) is not Verdict.PASS, place


def test_secret_is_never_shown() -> None:
    veiled = {**a_container(image=secret(f"{HIDDEN}:latest"), env=[secret(HIDDEN)]), "name": secret(HIDDEN)}
    (resource,) = workload(veiled, type_="kubernetes:core/v1:Pod")
    literal = declared("kubernetes:core/v1:Secret", "db", stringData=secret({"password": HIDDEN}))
    findings = evaluate(map(as_struct, (resource, literal)))
    assert {finding.rule for finding in findings} >= {"image-tag-pinned", "no-literal-secret"}
    assert HIDDEN not in "".join(map(repr, findings))
    assert findings[0].message.startswith(
        "container containers[0] (Pod shop/marketplace) cannot be decided at preview: "
        "spec.containers[0].image is a secret"
    )


def test_masked_secret_of_a_state_file_is_undecidable() -> None:
    masked = FORMS["plain"](workload(a_container(image="[secret]"))[0])
    (finding,) = evaluate_resource(masked, only("image-tag-pinned"))
    assert finding.verdict is Verdict.UNDECIDABLE


# The rules' own mistakes


def careless(pod: Pod) -> Violations:
    if pod.read("hostNetwork") is True:
        yield pod.fails("shares the node's network", "hostNetwork")


def hasty(pod: Pod) -> Violations:
    if pod.read("hostNetwork") is not False:
        yield pod.fails("does not forbid the node's network", "hostNetwork")


def broken(pod: Pod) -> Violations:
    yield pod.fails("is seen before the crash")
    raise ZeroDivisionError(HIDDEN)


def rule_with(check: EachPod) -> Rule:
    return replace(RULES[0], check=check)


def test_careless_rule_fails_closed() -> None:
    resources = workload(a_container(), hostNetwork=UNKNOWN)
    undecidable = [
        (
            "Deployment shop/marketplace cannot be decided at preview: "
            "spec.template.spec.hostNetwork is known only after deployment. Put the value in the stack file"
        )
    ]
    assert said(resources, rule_with(EachPod(careless))) == undecidable
    assert said(resources, rule_with(EachPod(hasty))) == undecidable
    assert said(workload(a_container(), hostNetwork=True), rule_with(EachPod(careless))) == [
        "Deployment shop/marketplace shares the node's network"
    ]


def test_crashing_rule_refuses_and_keeps_quiet_about_values() -> None:
    findings = evaluate_resource(workload(a_container())[0], [rule_with(EachPod(broken))])
    assert [finding.says for finding in findings] == [
        "Deployment shop/marketplace is seen before the crash",
        "rule image-tag-pinned crashed on Deployment shop/marketplace (ZeroDivisionError), so it is refused",
    ]
    assert verdict(findings[1:]) is Verdict.UNDECIDABLE


def test_shapes_are_told_apart() -> None:
    def shapes(pod: Pod) -> Violations:
        assert pod.read("containers") is Shape.SEQUENCE
        assert pod.read("securityContext") is Shape.MAPPING
        assert pod.read("nodeName", "below") is None
        yield from ()

    assert said(workload(a_container(), securityContext={}), rule_with(EachPod(shapes))) == []
