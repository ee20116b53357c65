"""The pack tells the engine what the rules say, at the mandatory level, whatever happens."""

import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi_policy
import pytest
from guardrails import RULES, Resource, pack
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import a_container, declared, workload
from guardrails.exceptions.enforcement import OWN
from guardrails.kubernetes.pods import Pod
from guardrails.model.findings import Violations
from guardrails.model.values import UNKNOWN
from guardrails.rule import EachPod
from pulumi.runtime import proto
from pulumi_policy import proxy
from pulumi_policy.policy import _PolicyAnalyzerServicer

from tests.support.rule_forms import ADVISORY, HIDDEN, MANDATORY, analyzer, request, secret

SERVICER = "_PolicyAnalyzerServicer"
SHOP = declared("kubernetes:core/v1:Namespace", "shop", namespace=None)
LATEST = workload(a_container(image="254carbon/marketplace:latest"))[0]


def stack_request(*resources: Resource) -> Any:  # noqa: ANN401 - protobuf messages are built at run time
    asked = proto.AnalyzeStackRequest()
    for resource in resources:
        one = asked.resources.add(type=resource.type, name=resource.name, urn=resource.urn)
        one.properties.CopyFrom(request(resource).properties)
        for name, urns in resource.dependencies.items():
            one.propertyDependencies[name].urns.extend(sorted(urns))
    return asked


def told(response: Any) -> list[tuple[str, int, str]]:  # noqa: ANN401 - a protobuf message
    return [(line.policyName, line.enforcementLevel, line.message) for line in response.diagnostics]


def test_a_fault_is_mandatory_and_carries_rule_container_and_fix() -> None:
    assert told(analyzer().Analyze(request(LATEST), None)) == [
        (
            "image-tag-pinned",
            MANDATORY,
            (
                "Container images name a version\n"
                "container 'api' (Deployment shop/marketplace) runs '254carbon/marketplace:latest', "
                "and latest can change under us. Name a version tag or a digest in releases.<service>.image."
            ),
        )
    ]


def test_a_sound_resource_is_told_nothing() -> None:
    assert told(analyzer().Analyze(request(workload(a_container())[0]), None)) == []


def test_an_unknown_is_mandatory_where_the_sdk_alone_would_advise() -> None:
    unknown = workload(a_container(image=UNKNOWN))[0]
    answers = told(analyzer().Analyze(request(unknown), None))
    assert {level for _, level, _ in answers} == {MANDATORY}
    assert [answer for answer in answers if answer[0] == "image-tag-pinned"] == [
        (
            "image-tag-pinned",
            MANDATORY,
            (
                "Container images name a version\n"
                "container 'api' (Deployment shop/marketplace) cannot be decided at preview: "
                "spec.template.spec.containers[0].image is known only after deployment. "
                "Put the value in the stack file. Name a version tag or a digest in releases.<service>.image."
            ),
        )
    ]

    def reads(args: pulumi_policy.ResourceValidationArgs, _: pulumi_policy.ReportViolation) -> None:
        str(args.props["spec"]["template"]["spec"]["containers"][0]["image"])

    alone: Any = Alone(
        "pack",
        "0.0.1",
        [pulumi_policy.ResourceValidationPolicy("reads", "reads", reads)],
        pulumi_policy.EnforcementLevel.MANDATORY,
    )
    assert [level for _, level, _ in told(alone.Analyze(request(unknown), None))] == [ADVISORY]


def test_a_wholly_unknown_spec_fails_every_rule_about_pods() -> None:
    response = analyzer().Analyze(request(declared("kubernetes:apps/v1:Deployment", "api", spec=UNKNOWN)), None)
    about_pods = {rule.id for rule in RULES if isinstance(rule.check, EachPod)}
    assert {name for name, _, _ in told(response)} >= about_pods
    assert {level for _, level, _ in told(response)} == {MANDATORY}


def test_a_secret_is_not_shown() -> None:
    asked = request(LATEST)
    (container,) = asked.properties["spec"]["template"]["spec"]["containers"]
    container["image"] = secret(f"{HIDDEN}:latest")
    response = analyzer().Analyze(asked, None)
    assert told(response)[0][:2] == ("image-tag-pinned", MANDATORY)
    assert {level for _, level, _ in told(response)} == {MANDATORY}
    assert HIDDEN not in str(response)


def test_an_asset_does_not_break_the_analyzer() -> None:
    asked = request(LATEST)
    asked.properties["file"] = {pack.SIGNS.signature_key: "never heard of"}
    assert [name for name, _, _ in told(analyzer().Analyze(asked, None))] == ["image-tag-pinned"]


def test_the_stack_is_judged_and_its_resource_is_named() -> None:
    lines = analyzer().AnalyzeStack(stack_request(SHOP, LATEST), None).diagnostics
    (line,) = (line for line in lines if line.policyName == "namespace-default-deny")
    assert (line.policyName, line.enforcementLevel, line.urn) == ("namespace-default-deny", MANDATORY, SHOP.urn)
    assert line.message == (
        "Namespaces deny all traffic by default\nNamespace shop has no policy that denies all traffic. "
        "Add a NetworkPolicy to the namespace with podSelector {}, policyTypes [Ingress, Egress] and no rules."
    )


def test_an_unknown_resource_costs_the_stack_only_itself() -> None:
    lost = declared("kubernetes:apps/v1:Deployment", "lost", metadata=UNKNOWN, spec=UNKNOWN)
    lines = analyzer().AnalyzeStack(stack_request(SHOP, lost), None).diagnostics
    told_about = [line.urn for line in lines if line.policyName == "namespace-default-deny"]
    assert told_about == [SHOP.urn, lost.urn]


def broken(pod: Pod) -> Violations:
    yield from ()
    raise proxy.UnknownValueError(pack.SIGNS.sentinels[0], [HIDDEN, str(pod.path)])


def test_a_crash_is_mandatory(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = (replace(RULES[0], check=EachPod(broken)), *RULES[1:])
    monkeypatch.setattr(pack, "RULES", rules)
    assert told(analyzer(rules).Analyze(request(LATEST), None)) == [
        (
            "image-tag-pinned",
            MANDATORY,
            (
                "Container images name a version\n"
                "rule image-tag-pinned crashed on Deployment shop/marketplace (UnknownValueError), so it is refused. "
                "Name a version tag or a digest in releases.<service>.image."
            ),
        )
    ]


def test_a_resource_that_cannot_be_read_fails_every_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    def torn(_: object) -> Resource:
        raise RuntimeError(HIDDEN)

    monkeypatch.setattr(pack, "_resource", torn)
    alone = told(analyzer().Analyze(request(LATEST), None))
    assert [name for name, _, _ in alone] == [rule.id for rule in RULES if not rule.is_about_stack]
    together = told(analyzer().AnalyzeStack(stack_request(LATEST), None))
    assert [name for name, _, _ in together] == [rule.id for rule in RULES if rule.is_about_stack]
    assert {level for _, level, _ in alone + together} == {MANDATORY}
    assert f"rule {together[0][0]} crashed on the stack (RuntimeError), so it is refused. " in together[0][2]
    assert HIDDEN not in str(alone + together)


class Alone(_PolicyAnalyzerServicer):
    """The SDK's own analyzer."""

    def _configure_runtime_settings(self) -> None:
        """There is no deployment to learn from."""


def test_an_sdk_that_bypasses_the_analyzer_is_refused() -> None:
    bypassed: Any = Alone("pack", "0.0.1", pack.policies(), pulumi_policy.EnforcementLevel.MANDATORY)
    sound = told(bypassed.Analyze(request(workload(a_container())[0]), None))
    assert {level for _, level, _ in sound} == {MANDATORY}
    assert len(sound) == sum(not rule.is_about_stack for rule in RULES)
    assert sound[0][2].endswith(
        "rule image-tag-pinned was not run, because this SDK bypasses the pack's analyzer, so all is refused. "
        "Install the pulumi-policy version of requirements.lock."
    )
    together = told(bypassed.AnalyzeStack(stack_request(SHOP), None))
    assert [name for name, _, _ in together] == [
        *(rule.id for rule in RULES if rule.is_about_stack),
        *(rule.id for rule in OWN),
    ]


def test_no_configuration_lowers_a_level() -> None:
    built = analyzer()
    setting = proto.ConfigureAnalyzerRequest()
    setting.policyConfig["image-tag-pinned"].enforcementLevel = ADVISORY
    built.Configure(setting, None)
    assert ADVISORY not in {level for _, level, _ in told(built.Analyze(request(LATEST), None))}
    assert told(built.Analyze(request(LATEST), None)) != []


def test_nothing_is_remediated() -> None:
    response = analyzer().Remediate(request(LATEST), None)
    assert list(response.remediations) == []


def test_the_record_is_told_to_the_engine() -> None:
    info = analyzer().GetAnalyzerInfo(None, None)
    assert [policy.name for policy in info.policies] == [rule.id for rule in (*RULES, *OWN)]
    first, rule = info.policies[0], RULES[0]
    assert (first.description, first.remediation_steps, list(first.tags)) == (rule.title, rule.fix, list(rule.covers))
    assert (first.enforcementLevel, first.severity) == (MANDATORY, proto.POLICY_SEVERITY_HIGH)
    assert (first.framework.name, first.framework.specification) == ("go-live checklists", "production:41")


def test_the_engine_gets_our_analyzer(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Any] = []

    def remember(name: str, policies: list[Any], **settings: Any) -> None:  # noqa: ANN401 - the SDK's own signature
        served.append((name, len(policies), settings["enforcement_level"], vars(pulumi_policy.policy)[SERVICER]))

    monkeypatch.setattr(pack, "PolicyPack", remember)
    monkeypatch.setattr(pulumi_policy.policy, SERVICER, _PolicyAnalyzerServicer)
    runpy.run_path(str(Path(pack.__file__).parents[1]))
    assert served == [
        ("golive-guardrails", len(RULES) + len(OWN), pulumi_policy.EnforcementLevel.MANDATORY, pack.Analyzer)
    ]


def test_a_resource_is_parsed_once_whatever_the_number_of_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    original = Resource.read

    def counting(type_: str, name: str, props: object, urn: str = "", signs: Any = None) -> Resource:  # noqa: ANN401 - passed on
        parsed.append(name)
        return original(type_, name, props, urn, signs)

    monkeypatch.setattr(Resource, "read", counting)
    many = tuple(replace(rule, id=f"{rule.id}-{letter}") for rule in RULES for letter in "abcdefg")
    monkeypatch.setattr(pack, "RULES", many)
    response = analyzer(many).Analyze(request(LATEST), None)
    assert [name for name, _, _ in told(response)] == [f"image-tag-pinned-{letter}" for letter in "abcdefg"]
    assert parsed == ["marketplace"]


def test_what_a_field_was_made_from_tells_whose_it_is() -> None:
    (shop,), (other,) = (aws_resource("aws:ec2/vpc:Vpc", name) for name in ("shop", "other"))
    logs = [
        replace(
            aws_resource("aws:ec2/flowLog:FlowLog", name, vpcId=UNKNOWN)[0],
            dependencies={"vpcId": frozenset({shop.urn})},
        )
        for name in ("log", "again")
    ]
    of_other = replace(logs[1], dependencies={"vpcId": frozenset({other.urn})})
    (foreign,) = (replace(logs[1], dependencies={"vpcId": frozenset({logs[0].urn})}),)

    def unlogged(*stack: Resource) -> list[str]:
        answers = analyzer().AnalyzeStack(stack_request(*stack), None).diagnostics
        return [answer.urn for answer in answers if answer.policyName == "vpc-flow-logs"]

    assert unlogged(shop, logs[0], other, of_other) == []
    assert unlogged(shop, other, *logs) == [other.urn]
    assert unlogged(shop, other, logs[0], foreign) == [other.urn]


def test_what_deployments_leave_as_it_is_comes_with_the_resource() -> None:
    rule = next(each for each in RULES if each.id == "weights-left-to-rollout")
    rollout, route = rule.allows["a rule that deployments leave"]

    def said(seen: Resource) -> list[str]:
        pack = analyzer()
        for each in (rollout, seen):
            pack.Analyze(request(each), None)
        lines = pack.AnalyzeStack(stack_request(rollout, seen), None).diagnostics
        return [line.urn for line in lines if line.policyName == rule.id]

    assert said(route) == []
    assert said(replace(route, ignored_changes=frozenset())) == [route.urn]
