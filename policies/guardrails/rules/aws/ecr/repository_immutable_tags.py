"""A tag in a registry means the same image for ever.

Field: `imageTagMutability` is `IMMUTABLE`, or `IMMUTABLE_WITH_EXCLUSION` with none of
`imageTagMutabilityExclusionFilters` excluding every tag; unset means that tags can move.
"""

from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

REPOSITORY = "aws:ecr/repository:Repository"
EXCEPT = "IMMUTABLE_WITH_EXCLUSION"
FILTERS = "imageTagMutabilityExclusionFilters"
WRONG = "lets tags move to other images"


def check(repository: Object) -> Faults:
    """Refuse tags that can move."""
    mutability = repository.read("imageTagMutability")
    if mutability not in {"IMMUTABLE", EXCEPT}:
        yield repository.fails(WRONG, "imageTagMutability")
    elif mutability == EXCEPT:
        filters = [each.read("filter") for each in repository.items(FILTERS)]
        if any(isinstance(each, str) and set(each) <= {"*"} for each in filters):
            yield repository.fails(WRONG, FILTERS)


RULE = Rule(
    id="repository-immutable-tags",
    title="Image tags never move",
    why="If a tag can be pushed again, what was tested and what runs are two images under one name.",
    fix="Set imageTagMutability to IMMUTABLE.",
    severity=Severity.HIGH,
    covers=("production:41",),
    kinds=frozenset({REPOSITORY}),
    check=EachObject(check),
    allows={
        "immutable": made(REPOSITORY, imageTagMutability="IMMUTABLE"),
        "with exclusions": made(
            REPOSITORY,
            imageTagMutability=EXCEPT,
            imageTagMutabilityExclusionFilters=[{"filter": "cache-*", "filterType": "WILDCARD"}],
        ),
    },
    refuses={
        "unset": refusal(made(REPOSITORY), f"Repository shop {WRONG}"),
        "null": refusal(made(REPOSITORY, imageTagMutability=None), f"Repository shop {WRONG}"),
        "empty": refusal(made(REPOSITORY, imageTagMutability=""), f"Repository shop {WRONG}"),
        "every tag excluded": refusal(
            made(REPOSITORY, imageTagMutability=EXCEPT, imageTagMutabilityExclusionFilters=[{"filter": "*"}]),
            f"Repository shop {WRONG}",
        ),
        "mutable": refusal(made(REPOSITORY, imageTagMutability="MUTABLE"), f"Repository shop {WRONG}"),
    },
)
