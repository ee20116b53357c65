"""A rule of a listener is judged by the listener that the engine says it belongs to."""

from dataclasses import replace

import pytest
from guardrails import evaluate
from guardrails.examples.aws import aws_resource
from guardrails.model.resources import Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rules.aws.elb.listener_rule_tls import ARN, LISTENER, LISTENER_RULE, PROBLEM, RULE

(PLAIN,) = aws_resource(LISTENER, "plain", protocol="HTTP")
(SECURE,) = aws_resource(LISTENER, "secure", protocol="HTTPS")


def rule_of(listener: Resource, **action: Plain) -> Resource:
    (bare,) = aws_resource(LISTENER_RULE, "api", listenerArn=Unknown.LATER, actions=[action])
    return replace(bare, dependencies={ARN: frozenset({listener.urn})})


def said(*resources: Resource) -> list[str]:
    return [finding.says for finding in evaluate(resources, [RULE])]


def test_what_is_forwarded_in_plain_text_is_refused() -> None:
    assert said(PLAIN, SECURE, rule_of(PLAIN, type="forward")) == [f"ListenerRule api {PROBLEM}"]


@pytest.mark.parametrize("port", [80, 8080])
def test_a_listener_that_says_nothing_speaks_http(port: int) -> None:
    (bare,) = aws_resource(LISTENER, "bare", port=port)
    assert said(bare, rule_of(bare, type="forward")) == [f"ListenerRule api {PROBLEM}"]


def test_what_is_forwarded_behind_tls_is_well_beside_a_redirect() -> None:
    assert said(PLAIN, SECURE, rule_of(SECURE, type="forward")) == []
