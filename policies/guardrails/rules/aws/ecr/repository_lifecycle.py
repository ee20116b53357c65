"""A repository forgets images that nobody runs any more.

Each repository needs a `LifecyclePolicy` for its name. Reference: FSBP ECR.3.
"""

from collections.abc import Sequence

from guardrails.aws.relations import require_companion
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object
from guardrails.rule import Rule, Severity, WholeStack

REPOSITORY = "aws:ecr/repository:Repository"
POLICY = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
PROBLEM = "keeps every image for ever"


def check(stack: Sequence[Object]) -> Violations:
    """Find each repository's policy."""
    policies = [(obj, "repository") for obj in stack if obj.id == POLICY]
    for repository in stack:
        if repository.id == REPOSITORY:
            yield from require_companion(repository, "name", PROBLEM, policies, _sound)


def _sound(_: Object) -> tuple[bool, list[Node]]:
    return True, []


SHOP = aws_resource(REPOSITORY, name="shop")

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
        "a policy": (*SHOP, *aws_resource(POLICY, "policy", repository="shop", policy="{}")),
        "no repository": aws_resource(POLICY, "policy", repository="shop", policy="{}"),
    },
    refuses={
        "none": bad_example(SHOP, f"Repository shop {PROBLEM}"),
        "another's": bad_example(
            (*SHOP, *aws_resource(POLICY, "policy", repository="other")), f"Repository shop {PROBLEM}"
        ),
    },
)
