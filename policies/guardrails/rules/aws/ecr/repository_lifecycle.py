"""A repository forgets images that nobody runs any more.

Each repository needs a `LifecyclePolicy` for its name. Reference: FSBP ECR.3.
"""

from collections.abc import Sequence

from guardrails.aws.relations import lacks_partner
from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.rule import Rule, Severity, WholeStack

REPOSITORY = "aws:ecr/repository:Repository"
POLICY = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
WRONG = "keeps every image for ever"


def check(stack: Sequence[Object]) -> Faults:
    """Find each repository's policy."""
    policies = [(found, "repository") for found in stack if found.id == POLICY]
    for repository in stack:
        if repository.id == REPOSITORY:
            yield from lacks_partner(repository, "name", WRONG, policies, _sound)


def _sound(_: Object) -> tuple[bool, list[Node]]:
    return True, []


SHOP = made(REPOSITORY, name="shop")

RULE = Rule(
    id="repository-lifecycle",
    title="Repositories forget old images",
    why="Old images are paid for, scanned and pulled by mistake, with holes that were closed years ago.",
    fix="Name the repository, and add a LifecyclePolicy for that name.",
    severity=Severity.LOW,
    covers=("production:41", "go-live-readiness:103"),
    kinds=frozenset({REPOSITORY, POLICY}),
    check=WholeStack(check),
    allows={
        "a policy": (*SHOP, *made(POLICY, "policy", repository="shop", policy="{}")),
        "no repository": made(POLICY, "policy", repository="shop", policy="{}"),
    },
    refuses={
        "none": refusal(SHOP, f"Repository shop {WRONG}"),
        "another's": refusal((*SHOP, *made(POLICY, "policy", repository="other")), f"Repository shop {WRONG}"),
    },
)
