"""A Rollout and its AnalysisRun as the controller writes them, to be spoilt in one place."""

import copy
from typing import Any

IMAGE = "254carbon/marketplace:v1.1.0"
SPACE = "market-intelligence"
STEPS: list[dict[str, Any]] = [
    {"setWeight": 10},
    {"analysis": {"templates": [{"templateName": "marketplace-gates"}]}},
    {"setWeight": 50},
    {"analysis": {"templates": [{"templateName": "marketplace-gates"}]}},
    {"setWeight": 100},
]
BEGAN = "2026-03-01T10:00:00Z"


def rollout(phase: str = "Progressing", position: int = 1, **status: object) -> dict[str, Any]:
    """A Rollout on its way to ``IMAGE``; a status of None is left out."""
    told = {
        "phase": phase,
        "message": "more replicas need to be updated",
        "observedGeneration": "2",
        "currentPodHash": "new",
        "stableRS": "new" if phase == "Healthy" else "old",
        "currentStepIndex": position,
        **status,
    }
    return {
        "metadata": {
            "name": "marketplace",
            "namespace": SPACE,
            "uid": "u-1",
            "generation": 2,
            "labels": {"golive/environment": "prod"},
        },
        "spec": {
            "template": {"spec": {"containers": [{"name": "marketplace", "image": IMAGE}]}},
            "strategy": {"canary": {"steps": copy.deepcopy(STEPS)}},
        },
        "status": {key: value for key, value in told.items() if value is not None},
    }


def run(ended: str = "Running", step: int = 1, **result: object) -> dict[str, Any]:
    """A run of one gate, which measured something good once unless ``result`` says otherwise."""
    measured = {"phase": "Running", "count": 1, "measurements": [{"phase": "Successful", "value": "[0.002]"}]}
    return {
        "metadata": {
            "name": "marketplace-new-2-1",
            "namespace": SPACE,
            "creationTimestamp": BEGAN,
            "labels": {"rollouts-pod-template-hash": "new", "step-index": str(step)},
            "ownerReferences": [{"uid": "u-1"}],
        },
        "spec": {
            "args": [
                {"name": "window", "value": "6s"},
                {"name": "interval", "value": "6s"},
                {"name": "count", "value": "5"},
            ],
            "metrics": [
                {
                    "name": "error-ratio",
                    "count": "{{args.count}}",
                    "successCondition": "len(result) > 0 && !isNaN(result[0]) && result[0] < 0.01",
                }
            ],
        },
        "status": {
            "phase": ended,
            "startedAt": BEGAN,
            "metricResults": [{"name": "error-ratio", **measured, **result}],
        },
    }
