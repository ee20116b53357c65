"""Images are scanned when they arrive.

Field: `imageScanningConfiguration.scanOnPush` of each repository (unset means no), unless the stack switches the
registry of its region to enhanced scanning: a `RegistryScanningConfiguration` of `scanType` ENHANCED with one for all.
"""

from collections.abc import Sequence

from guardrails.aws.relations import are_apart, could_be
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

REPOSITORY = "aws:ecr/repository:Repository"
REGISTRY = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
FIELD = ("imageScanningConfiguration", "scanOnPush")
PROBLEM = "takes images in unscanned"


def check(stack: Sequence[Object]) -> Violations:
    """Ask each repository, then the registry of its region."""
    registries = [scan_places for scan_places in stack if scan_places.id == REGISTRY]
    for repository in stack:
        if repository.id != REPOSITORY or not repository.is_not(*FIELD, value=True):
            continue
        answers = [_scans_all(registry, repository) for registry in registries if not are_apart(repository, registry)]
        if any(not doubts for doubts in answers if doubts is not None):
            continue
        doubts = [doubt for each in answers for doubt in each or ()]
        yield from (doubt.undecided() for doubt in doubts) if doubts else [repository.fails(PROBLEM, *FIELD)]


def _scans_all(registry: Object, repository: Object) -> list[Node] | None:
    """What keeps us from knowing that it scans every image of its region as it comes; None if it doesn't."""
    rules, regions = registry.at("rules"), [registry.at("region"), repository.at("region")]
    scan_places = [
        [registry.at("scanType"), *places] for places in map(_of_all, rules.elements()) if places is not None
    ]
    scan_places += [[registry.at("scanType"), rules]] if isinstance(rules.plain, Unknown) else []
    if not could_be(registry.at("scanType"), "ENHANCED") or not scan_places:
        return None
    return min(
        ([place for place in (*places, *regions) if isinstance(place.plain, Unknown)] for places in scan_places),
        key=len,
    )


def _of_all(rule: Node) -> list[Node] | None:
    """The places by which a rule is for every repository, at once; None if it is not."""
    if isinstance(rule.plain, Unknown):
        return [rule]
    often, filters = rule.at("scanFrequency"), rule.at("repositoryFilters")
    names = [each.at("filter") for each in filters.elements()] or [filters]
    whole = [name for name in names if could_be(name, "*")]
    return [often, whole[0]] if could_be(often, "SCAN_ON_PUSH", "CONTINUOUS_SCAN") and whole else None


def _registry(often: Plain = "CONTINUOUS_SCAN", filter_: Plain = "*", **more: Plain) -> tuple[Resource, ...]:
    rule: Plain = {"scanFrequency": often, "repositoryFilters": [{"filter": filter_, "filterType": "WILDCARD"}]}
    return aws_resource(REGISTRY, "all", **{"scanType": "ENHANCED", "rules": [rule], **more})


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
        "scanned": aws_resource(REPOSITORY, imageScanningConfiguration=SCANNED),
        "scanned by the registry": (*aws_resource(REPOSITORY), *_registry()),
        "scanned by the region's registry": (
            *aws_resource(REPOSITORY, region="us-east-1"),
            *_registry(region="us-east-1"),
        ),
    },
    refuses={
        "unset": bad_example(aws_resource(REPOSITORY), f"Repository shop {PROBLEM}"),
        "null": bad_example(aws_resource(REPOSITORY, imageScanningConfiguration=None), f"Repository shop {PROBLEM}"),
        "off": bad_example(
            aws_resource(REPOSITORY, imageScanningConfiguration={"scanOnPush": False}), f"Repository shop {PROBLEM}"
        ),
        "basic scanning": bad_example(
            (*aws_resource(REPOSITORY), *_registry(scanType="BASIC")), f"Repository shop {PROBLEM}"
        ),
        "nothing scanned": bad_example((*aws_resource(REPOSITORY), *_registry(rules=[])), f"Repository shop {PROBLEM}"),
        "scanned by hand": bad_example((*aws_resource(REPOSITORY), *_registry("MANUAL")), f"Repository shop {PROBLEM}"),
        "some scanned": bad_example(
            (*aws_resource(REPOSITORY), *_registry(filter_="web-*")), f"Repository shop {PROBLEM}"
        ),
        "another region's": bad_example(
            (*aws_resource(REPOSITORY, region="us-east-1"), *_registry(region="us-west-2")),
            f"Repository shop {PROBLEM}",
        ),
    },
)
