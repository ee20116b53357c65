"""Guardrails: the deployment checklists' rules about a stack's resources, as data and pure functions.

`judge` is the way in for anything but the engine, which comes through `guardrails.pack`.
"""

from guardrails.court import judge
from guardrails.resources import Resource
from guardrails.rules import RULES
from guardrails.verdict import Finding, Verdict, verdict

__all__ = ["RULES", "Finding", "Resource", "Verdict", "judge", "verdict"]
