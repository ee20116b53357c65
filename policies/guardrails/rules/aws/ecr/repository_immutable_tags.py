"""A tag in a registry means the same image for ever.

Field: `imageTagMutability` is `IMMUTABLE`, or `IMMUTABLE_WITH_EXCLUSION` with none of
`imageTagMutabilityExclusionFilters` excluding every tag; unset means that tags can move.
"""

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.rule import EachObject, Rule, Severity

REPOSITORY = "aws:ecr/repository:Repository"
EXCEPT = "IMMUTABLE_WITH_EXCLUSION"
FILTERS = "imageTagMutabilityExclusionFilters"
PROBLEM = "lets tags move to other images"


def check(repository: Object) -> Violations:
    """Refuse tags that can move."""
    mutability = repository.read("imageTagMutability")
    if mutability not in {"IMMUTABLE", EXCEPT}:
        yield repository.fails(PROBLEM, "imageTagMutability")
    elif mutability == EXCEPT:
        filters = [each.read("filter") for each in repository.items(FILTERS)]
        if any(isinstance(each, str) and set(each) <= {"*"} for each in filters):
            yield repository.fails(PROBLEM, FILTERS)


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
        "immutable": aws_resource(REPOSITORY, imageTagMutability="IMMUTABLE"),
        "with exclusions": aws_resource(
            REPOSITORY,
            imageTagMutability=EXCEPT,
            imageTagMutabilityExclusionFilters=[{"filter": "cache-*", "filterType": "WILDCARD"}],
        ),
    },
    refuses={
        "unset": bad_example(aws_resource(REPOSITORY), f"Repository shop {PROBLEM}"),
        "null": bad_example(aws_resource(REPOSITORY, imageTagMutability=None), f"Repository shop {PROBLEM}"),
        "empty": bad_example(aws_resource(REPOSITORY, imageTagMutability=""), f"Repository shop {PROBLEM}"),
        "every tag excluded": bad_example(
            aws_resource(REPOSITORY, imageTagMutability=EXCEPT, imageTagMutabilityExclusionFilters=[{"filter": "*"}]),
            f"Repository shop {PROBLEM}",
        ),
        "mutable": bad_example(aws_resource(REPOSITORY, imageTagMutability="MUTABLE"), f"Repository shop {PROBLEM}"),
    },
)
