"""Every workload says who answers for it.

A workload has a label or an annotation `owner` or `team`, with or without a prefix such as `golive/owner`; or its pods
have it, or its `Namespace`, where the stack makes that. Nobody's is a value that is empty, or a placeholder such as
`TBD` or `[Name]`. A Job of a CronJob is the CronJob's.
"""

import re
from collections.abc import Iterable, Iterator

from guardrails.examples.kubernetes import a_container, bad_example, declared
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.name_index import NAMESPACE
from guardrails.kubernetes.pod_templates import metadata
from guardrails.kubernetes.pods import WORKLOADS, pods
from guardrails.model.answer import Answer, doubtful, either
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

_OWNER = re.compile(r"(?:.*/)?(?:owner|team)")
_NOBODY = re.compile(r"(?i:tbd|todo|unknown|none|n/a|x+|-*|changeme|owner|team)|[\[<{].*[\]>}]|\s*")
PROBLEM = "has no owner: neither it nor its pods nor its Namespace has a label owner or team"


def check(stack: Inventory) -> Violations:
    """Name each workload that nobody answers for."""
    homes: dict[str, Answer] = {}
    for obj in stack:
        if obj.partial or obj.id not in WORKLOADS:
            continue
        own = either(_owned([obj.at("metadata"), *(metadata(pod) for pod in pods(obj))]))
        if not own.certain:
            home = obj.at("metadata", "namespace")
            if (key := str(home.plain)) not in homes:
                homes[key] = _owned_home(stack, home)
            yield from either([own, homes[key]]).unless(obj.fails(PROBLEM, "metadata", "labels"))


def _owned_home(stack: Inventory, home: Node) -> Answer:
    """Whether a namespace of the stack says who answers for what is in it."""
    if not isinstance(home.plain, str | None):
        return doubtful(home)
    name = home.child(home.plain or "default", home.path)
    namespaces = stack.name_index.known_as(NAMESPACE, name, home.child(None, ""))
    return either(match & owned for each, match in namespaces for owned in _owned([each.at("metadata")]))


def _owned(places: Iterable[Node]) -> Iterator[Answer]:
    for place in places:
        for field in ("labels", "annotations"):
            named = place.at(field)
            if isinstance(named.plain, Unknown):
                yield doubtful(named)
            for key, value in named.plain.items() if isinstance(named.plain, dict) else ():
                if _OWNER.fullmatch(key):
                    if isinstance(value, Unknown):
                        yield doubtful(named.at(key))
                    yield Answer(possible=isinstance(value, str) and not _NOBODY.fullmatch(value))


def _running(labels: Plain = None, of_pods: Plain = None, annotations: Plain = None) -> Resource:
    # As a list: the rule reads labels, and those of the list are nobody's.
    kept: Plain = {"name": "api", "namespace": "shop", "labels": labels, "annotations": annotations}
    template: Plain = {"metadata": {"labels": of_pods}, "spec": {"containers": [a_container()]}}
    item: Plain = {"metadata": kept, "spec": {"template": template}}
    return declared("kubernetes:apps/v1:DeploymentList", "all", namespace=None, items=[item])


def _namespace(labels: Plain, name: str = "shop") -> Resource:
    item: Plain = {"metadata": {"name": name, "labels": labels}}
    return declared("kubernetes:core/v1:NamespaceList", "homes", namespace=None, items=[item])


OWNED: Plain = {"golive/owner": "market-data"}
ALONE = f"Deployment shop/api {PROBLEM}"

RULE = Rule(
    id="workload-has-owner",
    title="Workloads have an owner",
    why="What nobody owns nobody patches, nobody is woken for, and nobody dares to delete.",
    fix="Add a label owner, such as golive/owner, to the workload or to its Namespace; here settings.owner makes it.",
    severity=Severity.LOW,
    covers=("signal-service-v2:310",),
    kinds=WORKLOADS | {NAMESPACE},
    check=WholeStack(check),
    allows={
        "its own": (_running(OWNED),),
        "a team in an annotation": (_running(annotations={"team": "market-data"}),),
        "its pods'": (_running(of_pods={"owner": "market-data"}),),
        "its namespace's": (_running(), _namespace(OWNED)),
    },
    refuses={
        "nobody": bad_example((_running(),), ALONE),
        "other labels": bad_example((_running({"app": "api"}),), ALONE),
        "an empty one": bad_example((_running({"owner": ""}),), ALONE),
        "a placeholder": bad_example((_running({"owner": "TBD"}),), ALONE),
        "a template's placeholder": bad_example((_running({"owner": "[Name]"}),), ALONE),
        "another namespace's": bad_example((_running(), _namespace(OWNED, "other")), ALONE),
        "a namespace of nobody": bad_example((_running(), _namespace({"app": "shop"})), ALONE),
    },
)
