"""Roles read only the secrets that they name.

A rule of a `Role` or `ClusterRole` that allows `get`, `list` or `watch` on core `secrets` must have `resourceNames`.
To list is to read: the answer holds the values. Secrets of other API groups are other things.
"""

from guardrails.examples import refusal
from guardrails.grants import EVERYTHING, ROLES, a_role, grants, refused
from guardrails.node import Node
from guardrails.plain import Plain
from guardrails.resources import Object
from guardrails.rule import EachObject, Faults, Rule, Severity
from guardrails.selectors import NO, YES, Match, doubtful

WRONG = "reads every secret"
WANTED = {
    "apiGroups": frozenset({"", EVERYTHING}),
    "resources": frozenset({"secrets", EVERYTHING}),
    "verbs": frozenset({"get", "list", "watch", EVERYTHING}),
}


def check(role: Object) -> Faults:
    """Name each rule that reads secrets it does not name."""
    for rule in role.items("rules"):
        yield from refused(grants(rule, WANTED) & _unnamed(rule), rule, WRONG)


def _unnamed(rule: Node) -> Match:
    names = rule.at("resourceNames")
    if isinstance(names.plain, list | None):
        return NO if names.plain else YES
    return doubtful(names)


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
        "other resources": (a_role(_on_secrets("list", resources=["configmaps"])),),
    },
    refuses={
        "get": refusal((a_role(_on_secrets("get")),), f"Role shop/reader {WRONG}"),
        "list": refusal((a_role(_on_secrets("list"), kind="ClusterRole"),), f"ClusterRole reader {WRONG}"),
        "watch": refusal((a_role(_on_secrets("watch")),), f"Role shop/reader {WRONG}"),
        "no names": refusal((a_role(_on_secrets("get", resourceNames=[])),), f"Role shop/reader {WRONG}"),
        "among everything": refusal(
            (a_role(_on_secrets("*", apiGroups=["*"], resources=["*"])),), f"Role shop/reader {WRONG}"
        ),
    },
)
