"""The pack as CrossGuard runs it; the only module that knows the SDK.

Two things about the SDK shape this module. It parses every resource anew for every policy, and a policy that reads an
unknown value is reported as advisory, which lets the deployment through. So the analyzer here answers the engine
itself: it parses and judges each request once, all rules together, and gives each violation its rule's name and level.
The SDK keeps the plumbing. Its policies say what the engine shows about a rule, and refuse everything if they are ever
asked, for then this analyzer was passed by.
"""

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
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

from guardrails.evaluation import transcript
from guardrails.evaluation.session import EvaluationSession
from guardrails.exceptions import enforcement
from guardrails.exceptions.change_windows import Moment
from guardrails.exceptions.enforcement import KEY, EnforcedFinding, Enforcement
from guardrails.exceptions.levels import Level
from guardrails.model.resources import Resource
from guardrails.model.values import Plain, Unknown, WireMarkers, plain
from guardrails.rule import Rule
from guardrails.rule import Severity as Harm
from guardrails.rules import RULES

NAME: Final = "golive-guardrails"
VERSION: Final = "0.0.1"
"""What the SDK tells the engine, which shows the version of PulumiPolicy.yaml."""
FRAMEWORK: Final = "go-live checklists"
SETTINGS: Final = "golive:settings"
"""Where the stack's configuration says what is deployed; a rollback is known by it."""

SIGNS: Final = WireMarkers(
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

_proto: Any = policy.proto  # type: ignore[attr-defined]  # the SDK's own import of it
_SERVICER: Final = "_PolicyAnalyzerServicer"
_Servicer: Any = getattr(policy, _SERVICER, object)
_LEVELS: Final = {Level.ADVISORY: _proto.ADVISORY, Level.MANDATORY: _proto.MANDATORY}
_SEVERITIES: Final = {
    Harm.LOW: _proto.POLICY_SEVERITY_LOW,
    Harm.MEDIUM: _proto.POLICY_SEVERITY_MEDIUM,
    Harm.HIGH: _proto.POLICY_SEVERITY_HIGH,
    Harm.CRITICAL: _proto.POLICY_SEVERITY_CRITICAL,
}


class Analyzer(_Servicer):  # type: ignore[misc]  # the SDK's servicer is untyped
    """The SDK's analyzer, which hands out findings instead of values."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - whatever the SDK passes to its own
        super().__init__(*args, **kwargs)
        self._session = EvaluationSession(Enforcement(today=now().date()), RULES)
        self._rules = {rule.id: rule for rule in (*RULES, *enforcement.OWN)}
        self._own_told = False

    def ConfigureStack(self, request: Message, context: Message) -> Message:  # noqa: N802 - the protocol's name
        """Take the levels and waivers of the stack's own file; without them every rule is mandatory."""
        config, secret_keys = request.config, set(request.config_secret_keys)
        said = _said(config, secret_keys, SETTINGS)
        moment = Moment(now=now(), deploying=not request.dry_run, settings=said)
        self._session = EvaluationSession(of_stack(request.stack, config, secret_keys, moment), RULES)
        self._own_told = False
        transcript.begin(request.stack, os.environ)
        return super().ConfigureStack(request, context)

    def Analyze(self, request: Message, context: Message) -> Message:  # noqa: N802, ARG002 - the protocol's name
        """Judge one resource by its inputs, before it is changed."""
        return self._response(self._session.evaluate_resource(request.urn, lambda: _resource(request)))

    def AnalyzeStack(self, request: Message, context: Message) -> Message:  # noqa: N802, ARG002 - the protocol's name
        """Judge the stack by what was asked for, after the last resource.

        The engine sends outputs here, and a preview has none where a provider's own settings are still unknown, as
        those of a cluster that the same stack makes. The inputs came before, resource by resource.
        """
        evaluated = self._session.resources
        together = self._session.evaluate_stack(
            lambda: [
                replace(evaluated.get(one.urn) or _resource(one), dependencies=_needs(one)) for one in request.resources
            ]
        )
        transcript.finish(self._session, os.environ)
        return self._response(together)

    def Configure(self, request: Message, context: Message) -> Message:  # noqa: N802, ARG002 - the protocol's name
        """Take no configuration: a file or a variable beside the stack can't lower a rule or switch it off."""
        return empty_pb2.Empty()

    def Remediate(self, request: Message, context: Message) -> Message:  # noqa: N802, ARG002 - the protocol's name
        """Change nothing, and parse nothing to do so."""
        return _proto.RemediateResponse()

    def _response(self, findings: list[EnforcedFinding]) -> Message:
        """The first answer also says what is wrong with the stack file, before anything is deployed."""
        own, self._own_told = [] if self._own_told else self._session.enforcement.own(), True
        return _response([*own, *findings], self._rules)


def now() -> datetime:
    """The time in UTC, by this machine's clock."""
    return datetime.now(UTC)


def of_stack(stack: str, config: Mapping[str, str], secret_keys: Collection[str], moment: Moment) -> Enforcement:
    """What the stack's configuration says about the guardrails, as the engine hands it over."""
    said, source = _said(config, secret_keys, KEY), f"Pulumi.{stack}.yaml"
    return Enforcement.read(said, today=moment.now.date(), stack=stack, source=source).at(moment)


def policies(rules: Iterable[Rule] = (*RULES, *enforcement.OWN)) -> list[Policy]:
    """One mandatory CrossGuard policy for each rule."""
    return [_policy(rule) for rule in rules]


def serve() -> None:
    """Serve the pack to the engine; does not return before the engine is done."""
    # PolicyPack builds the servicer that it finds under this name. Were the name to change, every policy would refuse.
    setattr(policy, _SERVICER, Analyzer)
    PolicyPack(
        NAME,
        policies(),
        enforcement_level=EnforcementLevel.MANDATORY,
        description="The deployment checklists' rules, judged at preview.",
    )


def _said(config: Mapping[str, str], secret_keys: Collection[str], key: str) -> Plain:
    if key in secret_keys:
        return Unknown.SECRET
    if key not in config:
        return None
    try:
        return plain(json.loads(config[key]))
    except (ValueError, RecursionError):
        # A single value stands there as it is; no map and no list does.
        return config[key]


def _policy(rule: Rule) -> Policy:
    def validate(_: object, report: ReportViolation) -> None:
        report(
            f"rule {rule.id} was not run, because this SDK bypasses the pack's analyzer, so all is refused. "
            "Install the pulumi-policy version of requirements.lock.",
            "",
        )

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


def _response(findings: Iterable[EnforcedFinding], rules: Mapping[str, Rule]) -> Message:
    return _proto.AnalyzeResponse(diagnostics=[_diagnostic(finding, rules[finding.rule]) for finding in findings])


def _diagnostic(finding: EnforcedFinding, rule: Rule) -> Message:
    """In the SDK's own form, so that a report shows the title above the complaint."""
    level = Level.ADVISORY if finding.waiver is not None else finding.level
    return _proto.AnalyzeDiagnostic(
        policyName=rule.id,
        policyPackName=NAME,
        policyPackVersion=VERSION,
        description=rule.title,
        message=f"{rule.title}\n{finding.message}",
        urn=finding.urn,
        enforcementLevel=_LEVELS[level],
        severity=_SEVERITIES[rule.severity],
    )


def _resource(request: Message) -> Resource:
    read = Resource.read(request.type, request.name, request.properties, request.urn, SIGNS)
    if read.type.startswith("kubernetes:"):
        return replace(read, cluster=_cluster(request), ignored_changes=frozenset(request.options.ignoreChanges))
    return _in_region(read, request) if read.type.startswith("aws:") else read


def _in_region(resource: Resource, request: Message) -> Resource:
    """The resource with the region of its provider, where it names none itself: that is where AWS makes it."""
    said = request.provider.properties.fields.get("region")
    region = plain(said.string_value, SIGNS) if said is not None else None
    if not region or not isinstance(resource.props, dict) or resource.props.get("region") is not None:
        return resource
    return replace(resource, props={**resource.props, "region": region})


def _needs(request: Message) -> dict[str, frozenset[str]]:
    """What each field was made from: the engine says so when it shows the whole stack, and only then."""
    return {name: frozenset(each.urns) for name, each in request.propertyDependencies.items()}


def _cluster(request: Message) -> str:
    """What tells a resource's cluster from others: a digest of how its provider reaches it, or the provider's name.

    Providers of several versions, or with several default namespaces, may reach one cluster.
    """
    provider = request.provider
    reached = {key: provider.properties.fields.get(key) for key in ("kubeconfig", "context", "cluster")}
    said = {key: value.SerializeToString(deterministic=True) for key, value in reached.items() if value is not None}
    if any(sentinel.encode() in each for each in said.values() for sentinel in SIGNS.sentinels):
        return str(provider.urn)
    return hashlib.sha256(repr(said).encode()).hexdigest() if said else ""
