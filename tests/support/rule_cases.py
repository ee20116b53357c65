"""The rules' examples as test cases, and which of them a test may move about."""

from guardrails import RULES
from guardrails.rule import EachPod

BESIDE_THE_SPEC = frozenset({"apparmor-annotation", "pod-is-whole"})
"""Rules about pods that read what does not move with a pod's spec: the metadata beside it, or its kind."""
ABOUT_SPECS = [rule for rule in RULES if isinstance(rule.check, EachPod) and rule.id not in BESIDE_THE_SPEC]
"""Rules whose examples are each one Deployment, and that read nothing but its pod's spec."""
