"""Roles read only the secrets that they name.

A rule of a `Role` or `ClusterRole` that allows `get`, `list` or `watch` on core `secrets` must have `resourceNames`.
To list is to read: the answer holds the values, and so do the answers to `patch` and `deletecollection`, which need
change nothing (`--dry-run=server`). To `update` is to put another secret in the place of any. Secrets of other API
groups are other things. A ClusterRole that takes in what is labelled for the built-in roles `admin` or `edit` by its
`aggregationRule` reads what they read.
"""

from guardrails.examples.kubernetes import bad_example
from guardrails.examples.rbac import a_role, aggregating
from guardrails.kubernetes.rbac import EVERYTHING, ROLES, grants, refused, unnamed
from guardrails.kubernetes.selectors import by_selector
from guardrails.model.answer import either
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

PROBLEM = "reads every secret"
REPLACES = "may replace every secret"
INHERITS = "reads every secret: it takes in the rules of the built-in roles admin or edit"
BUILT_IN = tuple(f"rbac.authorization.k8s.io/aggregate-to-{role}" for role in ("admin", "edit"))
"""The labels of built-in roles that read secrets."""
_SECRETS = {"apiGroups": frozenset({"", EVERYTHING}), "resources": frozenset({"secrets", EVERYTHING})}
READING = {**_SECRETS, "verbs": frozenset({"get", "list", "watch", "patch", "deletecollection", EVERYTHING})}
REPLACING = {**_SECRETS, "verbs": frozenset({"update"})}


def check(role: Object) -> Violations:
    """Name each rule that reads or replaces secrets it does not name."""
    for rule in role.items("rules"):
        wide = unnamed(rule)
        yield from refused(grants(rule, READING) & wide, rule, PROBLEM)
        yield from refused(grants(rule, REPLACING) & wide, rule, REPLACES)
    for selector in role.items("aggregationRule", "clusterRoleSelectors"):
        built_in = either(by_selector(selector, selector.child({label: "true"}, "")) for label in BUILT_IN)
        yield from refused(built_in, selector, INHERITS)


def _on_secrets(verb: str, **changes: Plain) -> dict[str, Plain]:
    return {"apiGroups": [""], "resources": ["secrets"], "verbs": [verb], **changes}


RULE = Rule(
    id="no-secret-reading",
    title="Roles read only the secrets that they name",
    why="A role that reads all secrets of a namespace holds every credential in it.",
    fix="Mount the secret into the pod (the service's secrets in the catalogue), or name it in resourceNames.",
    severity=Severity.CRITICAL,
    covers=("go-live-readiness:102", "new-services:37", "go-live-readiness:16"),
    kinds=ROLES,
    check=EachObject(check),
    allows={
        "one by name": (a_role(_on_secrets("get", resourceNames=["db"])),),
        "writing only": (a_role(_on_secrets("create")),),
        "another group's secrets": (a_role(_on_secrets("get", apiGroups=["vault.example.com"])),),
        "replacing one by name": (a_role(_on_secrets("update", resourceNames=["db"])),),
        "roles of another label": (aggregating({"matchLabels": {"shop/aggregate-to-viewer": "true"}}),),
        "the built-in viewer": (aggregating({"matchLabels": {BUILT_IN[0].replace("admin", "view"): "true"}}),),
        "other resources": (a_role(_on_secrets("list", resources=["configmaps"])),),
    },
    refuses={
        "get": bad_example((a_role(_on_secrets("get")),), f"Role shop/reader {PROBLEM}"),
        "list": bad_example((a_role(_on_secrets("list"), kind="ClusterRole"),), f"ClusterRole reader {PROBLEM}"),
        "watch": bad_example((a_role(_on_secrets("watch")),), f"Role shop/reader {PROBLEM}"),
        "by an empty patch": bad_example((a_role(_on_secrets("patch")),), f"Role shop/reader {PROBLEM}"),
        "by deleting nothing": bad_example((a_role(_on_secrets("deletecollection")),), f"Role shop/reader {PROBLEM}"),
        "replacing": bad_example((a_role(_on_secrets("update")),), f"Role shop/reader {REPLACES}"),
        "as the built-in editor does": bad_example(
            (aggregating({"matchLabels": {BUILT_IN[1]: "true"}}),), f"ClusterRole all {INHERITS}"
        ),
        "as the built-in administrator does": bad_example(
            (aggregating({"matchExpressions": [{"key": BUILT_IN[0], "operator": "Exists"}]}),),
            f"ClusterRole all {INHERITS}",
        ),
        "no names": bad_example((a_role(_on_secrets("get", resourceNames=[])),), f"Role shop/reader {PROBLEM}"),
        "among everything": bad_example(
            (a_role(_on_secrets("*", apiGroups=["*"], resources=["*"])),), f"Role shop/reader {PROBLEM}"
        ),
    },
)
