"""The pack as CrossGuard runs it; the only module that knows the SDK.

Two things about the SDK shape this module. It parses every resource anew for every policy, and a policy that reads an
unknown value is reported as advisory, which lets the deployment through. So the analyzer here parses and judges each
request once, all rules together, and then lets the SDK ask its policies about an empty request: each policy only hands
out the findings that bear its rule's name. The SDK still applies levels and configuration, and sees no value that it
could trip over.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeAlias

from google.protobuf import empty_pb2
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyPack,
    ReportViolation,
    ResourceValidationPolicy,
    Severity,
    StackValidationPolicy,
    deserialize,
    policy,
    proxy,
    secret,
)

from guardrails.court import judge_resource, judge_stack, refuse_all
from guardrails.plain import Signs
from guardrails.resources import Resource
from guardrails.rule import Rule
from guardrails.rules import RULES
from guardrails.verdict import Finding

NAME: Final = "golive-guardrails"
FRAMEWORK: Final = "go-live checklists"

SIGNS: Final = Signs(
    sentinels=(
        proxy.UNKNOWN_BOOLEAN_VALUE,
        proxy.UNKNOWN_NUMBER_VALUE,
        proxy.UNKNOWN_STRING_VALUE,
        proxy.UNKNOWN_ARRAY_VALUE,
        proxy.UNKNOWN_ASSET_VALUE,
        proxy.UNKNOWN_ARCHIVE_VALUE,
        proxy.UNKNOWN_OBJECT_VALUE,
    ),
    unknown_error=proxy.UnknownValueError,
    signature_key=deserialize.SPECIAL_SIG_KEY,
    secret_signature=deserialize.SPECIAL_SECRET_SIG,
    secret_types=(secret.Secret,),
)
"""How the engine and the SDK mark unknowns and secrets."""

Message: TypeAlias = Any
"""A protobuf message. The SDK's stubs leave its servicer untyped."""

_JUDGED: ContextVar[list[Finding] | None] = ContextVar("judged", default=None)
_SERVICER: Final = "_PolicyAnalyzerServicer"
_Servicer: Any = getattr(policy, _SERVICER, object)


class Analyzer(_Servicer):  # type: ignore[misc]  # the SDK's servicer is untyped
    """The SDK's analyzer, fed with findings instead of values."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - whatever the SDK passes to its own
        super().__init__(*args, **kwargs)
        self._asked: dict[str, Resource] = {}

    def Analyze(self, request: Message, context: Message) -> Message:  # noqa: N802 - the protocol's name
        """Judge one resource by its inputs, before it is changed."""
        rules = [rule for rule in RULES if not rule.is_about_stack]
        with _judged(rules, request.urn, lambda: judge_resource(self._remembered(request), rules)):
            return super().Analyze(_emptied(request), context)

    def AnalyzeStack(self, request: Message, context: Message) -> Message:  # noqa: N802 - the protocol's name
        """Judge the stack by what was asked for, after the last resource.

        The engine sends outputs here, and a preview has none where a provider's own settings are still unknown, as
        those of a cluster that the same stack makes. The inputs came before, resource by resource.
        """
        rules = [rule for rule in RULES if rule.is_about_stack]
        with _judged(rules, "", lambda: judge_stack(map(self._recalled, request.resources), rules)):
            return super().AnalyzeStack(type(request)(), context)

    def Configure(self, request: Message, context: Message) -> Message:  # noqa: N802, ARG002 - the protocol's name
        """Take no configuration: a file or a variable beside the stack can't lower a rule or switch it off."""
        return empty_pb2.Empty()

    def Remediate(self, request: Message, context: Message) -> Message:  # noqa: N802 - the protocol's name
        """Change nothing, and parse nothing to do so."""
        return super().Remediate(_emptied(request), context)

    def _remembered(self, request: Message) -> Resource:
        self._asked[request.urn] = resource = _resource(request)
        return resource

    def _recalled(self, request: Message) -> Resource:
        return self._asked.get(request.urn) or _resource(request)


def policies(rules: Iterable[Rule] = RULES) -> list[Policy]:
    """One mandatory CrossGuard policy for each rule."""
    return [_policy(rule) for rule in rules]


def serve() -> None:
    """Serve the pack to the engine; does not return before the engine is done."""
    # PolicyPack builds the servicer that it finds under this name. Were the name to change, _hand_out would refuse all.
    setattr(policy, _SERVICER, Analyzer)
    PolicyPack(
        NAME,
        policies(),
        enforcement_level=EnforcementLevel.MANDATORY,
        description="The deployment checklists' rules, judged at preview.",
    )


def _policy(rule: Rule) -> Policy:
    def validate(_: object, report: ReportViolation) -> None:
        for message, urn in _hand_out(rule):
            report(message, urn)

    kind: type[StackValidationPolicy | ResourceValidationPolicy]
    kind = StackValidationPolicy if rule.is_about_stack else ResourceValidationPolicy
    return kind(
        rule.id,
        rule.title,
        validate,
        enforcement_level=EnforcementLevel.MANDATORY,
        severity=Severity(rule.severity.value),
        framework=policy.PolicyComplianceFramework(name=FRAMEWORK, specification=", ".join(rule.covers)),
        tags=list(rule.covers),
        remediation_steps=rule.fix,
    )


def _hand_out(rule: Rule) -> Iterator[tuple[str, str]]:
    findings = _JUDGED.get()
    if findings is None:
        yield (
            (
                f"rule {rule.id} was not run, because this SDK bypasses the pack's analyzer, so all is refused. "
                "Install the pulumi-policy version of requirements.lock."
            ),
            "",
        )
        return
    yield from ((finding.message, finding.fault.urn) for finding in findings if finding.rule == rule.id)


@contextmanager
def _judged(rules: Iterable[Rule], urn: str, judge: Callable[[], list[Finding]]) -> Iterator[None]:
    try:
        findings = judge()
    except Exception as error:  # noqa: BLE001 - a request that can't be read is refused, whatever is wrong with it
        findings = refuse_all(rules, urn, urn or "the stack", error)
    token = _JUDGED.set(findings)
    try:
        yield
    finally:
        _JUDGED.reset(token)


def _resource(request: Message) -> Resource:
    return Resource.read(request.type, request.name, request.properties, request.urn, SIGNS)


def _emptied(request: Message) -> Message:
    """The request without the parts that the SDK would parse again for each policy."""
    slim = type(request)(type=request.type, name=request.name, urn=request.urn)
    slim.options.CopyFrom(request.options)
    return slim
