"""An ExternalSecret names a store that the stack makes.

Fields: `spec.secretStoreRef`, whose `kind` is `SecretStore` when unset. The store has to be in the same namespace. A
`ClusterSecretStore` may come from the platform, and is not looked for; neither is a secret without a common store.
"""

from collections.abc import Sequence

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.kubernetes.inventory import Inventory
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

SECRET = "external-secrets.io/ExternalSecret"  # noqa: S105 - a kind
STORE = "external-secrets.io/SecretStore"
REF = ("spec", "secretStoreRef")
PROBLEM = "fetches from a SecretStore that its namespace does not have"


def check(stack: Inventory) -> Violations:
    """Look for each secret's store."""
    stores = [obj for obj in stack if obj.id == STORE and not obj.partial]
    for secret in stack:
        if secret.id == SECRET and not secret.partial:
            yield from _answered(secret, stores)


def _answered(secret: Object, stores: Sequence[Object]) -> Violations:
    if secret.read(*REF) is None or secret.differs_from(*REF, "kind", than=("SecretStore", "")):
        return
    wanted = _names(secret, *REF, "name")
    # Whatever kind it turns out to be, it is not decided yet.
    doubts = [place for place in (secret.at(*REF), secret.at(*REF, "kind")) if isinstance(place.plain, Unknown)]
    for store in stores:
        pairs = list(zip(wanted, _names(store, "metadata", "name"), strict=True))
        if all(_could_be_same(*pair) for pair in pairs):
            unknown = [place for pair in pairs for place in pair if isinstance(place.plain, Unknown)]
            if not unknown:
                return
            doubts += unknown
    if doubts:
        yield from (place.undecided() for place in doubts)
    else:
        yield secret.fails(PROBLEM, *REF, "name")


def _names(obj: Object, *name: str) -> tuple[Node, Node]:
    return obj.at(*name), obj.at("metadata", "namespace")


def _could_be_same(wanted: Node, there: Node) -> bool:
    unknown = isinstance(wanted.plain, Unknown) or isinstance(there.plain, Unknown)
    return unknown or wanted.plain == there.plain


def _secret(**ref: Plain) -> Resource:
    return declared("kubernetes:external-secrets.io/v1:ExternalSecret", "db", spec={"secretStoreRef": ref})


def _store(namespace: str = "shop") -> Resource:
    return declared("kubernetes:external-secrets.io/v1:SecretStore", "aws", namespace=namespace, spec={})


RULE = Rule(
    id="secret-store-exists",
    title="Fetched secrets name a store that exists",
    why="Without its store a secret never arrives, and the pods that wait for it never start.",
    fix="Add the SecretStore to the namespace, or correct spec.secretStoreRef.",
    severity=Severity.HIGH,
    covers=("go-live-readiness:15", "go-live-readiness:159"),
    kinds=frozenset({SECRET, STORE}),
    check=WholeStack(check),
    allows={
        "a store": (_secret(name="aws", kind="SecretStore"), _store()),
        "the kind unset": (_secret(name="aws"), _store()),
        "a store of the cluster": (_secret(name="aws", kind="ClusterSecretStore"),),
    },
    refuses={
        "no store": bad_example((_secret(name="aws"),), f"ExternalSecret shop/db {PROBLEM}"),
        "a store elsewhere": bad_example((_secret(name="aws"), _store("other")), f"ExternalSecret shop/db {PROBLEM}"),
        "another store": bad_example((_secret(name="vault"), _store()), f"ExternalSecret shop/db {PROBLEM}"),
        "no name": bad_example((_secret(), _store()), f"ExternalSecret shop/db {PROBLEM}"),
    },
)
