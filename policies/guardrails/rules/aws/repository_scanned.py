"""Images are scanned when they arrive.

Field: `imageScanningConfiguration.scanOnPush` of each repository (unset means no), unless the stack switches the whole
registry to enhanced scanning with a `RegistryScanningConfiguration` of `scanType` ENHANCED.
"""

from collections.abc import Sequence

from guardrails.amazon import made
from guardrails.examples import refusal
from guardrails.plain import Plain, Unknown
from guardrails.resources import Object
from guardrails.rule import Faults, Rule, Severity, WholeStack

REPOSITORY = "aws:ecr/repository:Repository"
REGISTRY = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
FIELD = ("imageScanningConfiguration", "scanOnPush")
WRONG = "takes images in unscanned"


def check(stack: Sequence[Object]) -> Faults:
    """Ask the registry, then each repository."""
    registries = [found for found in stack if found.id == REGISTRY]
    if any(registry.peek("scanType") == "ENHANCED" for registry in registries):
        return
    unknown = [registry for registry in registries if isinstance(registry.peek("scanType"), Unknown)]
    for repository in stack:
        if repository.id == REPOSITORY and repository.lacks(*FIELD, value=True):
            if unknown:
                yield from (registry.undecided("scanType") for registry in unknown)
            else:
                yield repository.fails(WRONG, *FIELD)


SCANNED: dict[str, Plain] = {"scanOnPush": True}

RULE = Rule(
    id="repository-scanned",
    title="Images are scanned when they arrive",
    why="A known hole in an image is known to attackers too, and runs until somebody looks.",
    fix="Set imageScanningConfiguration.scanOnPush to true.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:103", "production:20", "new-services:208"),
    kinds=frozenset({REPOSITORY, REGISTRY}),
    check=WholeStack(check),
    allows={
        "scanned": made(REPOSITORY, imageScanningConfiguration=SCANNED),
        "scanned by the registry": (*made(REPOSITORY), *made(REGISTRY, "all", scanType="ENHANCED")),
    },
    refuses={
        "unset": refusal(made(REPOSITORY), f"Repository shop {WRONG}"),
        "null": refusal(made(REPOSITORY, imageScanningConfiguration=None), f"Repository shop {WRONG}"),
        "off": refusal(made(REPOSITORY, imageScanningConfiguration={"scanOnPush": False}), f"Repository shop {WRONG}"),
        "basic scanning": refusal(
            (*made(REPOSITORY), *made(REGISTRY, "all", scanType="BASIC")), f"Repository shop {WRONG}"
        ),
    },
)
