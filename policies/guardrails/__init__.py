"""Guardrails: the deployment checklists' rules about a stack's resources, as data and pure functions.

`evaluate` is the way in for anything but the engine, which comes through `guardrails.pack`.
"""

from guardrails.evaluation.evaluate import evaluate
from guardrails.model.findings import Finding, Verdict, verdict
from guardrails.model.resources import Resource
from guardrails.rules import RULES

__all__ = ["RULES", "Finding", "Resource", "Verdict", "evaluate", "verdict"]
