"""No pod carries a token for the cluster's API that it didn't ask for.

Fields: `automountServiceAccountToken` of the pod's spec decides. Where the pod says nothing, the field of the same
name of its ServiceAccount does, in the same namespace; both unset means mounted. A token that a pod asks for with a
projected volume has an audience and an end, and is allowed; one that a `Secret` of the type
`kubernetes.io/service-account-token` asks for has neither.
"""

from collections import defaultdict
from collections.abc import Iterator

from guardrails.examples.kubernetes import a_container, bad_example, declared, workload
from guardrails.kubernetes.inventory import Inventory
from guardrails.kubernetes.pods import WORKLOADS, Pod, pods
from guardrails.kubernetes.selectors import same_namespace
from guardrails.model.answer import NO, YES, Answer, doubtful, either
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import Rule, Severity, WholeStack

ACCOUNT, SECRET = "core/ServiceAccount", "core/Secret"
TOKEN = "kubernetes.io/service-account-token"  # noqa: S105 - a type, not a token
FOREVER = "asks for a token of a service account that never ends"
FIELD = "automountServiceAccountToken"
ASKS = "mounts its service account's token: its automountServiceAccountToken is not false"
SILENT = "mounts its service account's token: neither it nor its account sets automountServiceAccountToken to false"


def check(stack: Inventory) -> Violations:
    """Name each pod that gets a token, and each Secret that keeps one."""
    for secret in stack.of(SECRET):
        if secret.read("type") == TOKEN:
            yield secret.fails(FOREVER, "type")
    accounts: defaultdict[str | None, list[Object]] = defaultdict(list)
    for obj in stack:
        if obj.id == ACCOUNT:
            name = obj.at("metadata", "name").plain
            accounts[name if isinstance(name, str) else None].append(obj)
    for obj in stack:
        for pod in pods(obj):
            if pod.missing(FIELD):
                matches = (_silences(pod, account) for account in _named(pod, accounts))
                yield from either(matches).unless(pod.fails(SILENT, FIELD))
            elif pod.differs_from(FIELD, than=(False,)):
                yield pod.fails(ASKS, FIELD)


def _named(pod: Pod, accounts: dict[str | None, list[Object]]) -> Iterator[Object]:
    """The accounts that could be the pod's."""
    name = _account(pod).plain
    if not isinstance(name, str | None):
        for group in accounts.values():
            yield from group
        return
    yield from accounts.get(name or "default", ())
    yield from accounts.get(None, ())


def _account(pod: Pod) -> Node:
    newer = pod.at("serviceAccountName")
    return pod.at("serviceAccount") if newer.plain in (None, "") else newer


def _silences(pod: Pod, account: Object) -> Answer:
    unsure = [place for place in (_account(pod), account.at("metadata", "name")) if isinstance(place.plain, Unknown)]
    word = account.at(FIELD)
    if isinstance(word.plain, Unknown):
        unsure.append(word)
    elif word.plain is not False:
        return NO
    return same_namespace(pod.object, account) & (doubtful(*unsure) if unsure else YES)


def _service_account(name: str = "marketplace", namespace: str = "shop", **fields: Plain) -> Resource:
    return declared("kubernetes:core/v1:ServiceAccount", name, namespace=namespace, **fields)


def _secret(type_: str) -> tuple[Resource, ...]:
    return (declared("kubernetes:core/v1:Secret", "marketplace", type=type_),)


QUIET = workload(a_container(), automountServiceAccountToken=None)

RULE = Rule(
    id="no-service-account-token",
    title="Pods carry no token for the cluster's API",
    why="The token is in a file of every container; whoever reads one file can ask the cluster for more.",
    fix="Set automountServiceAccountToken to false; a pod that needs the API projects a token with an expiry.",
    severity=Severity.MEDIUM,
    covers=("go-live-readiness:102", "go-live-readiness:16"),
    kinds=frozenset({ACCOUNT, SECRET}) | WORKLOADS,
    check=WholeStack(check),
    allows={
        "the pod says so": workload(a_container()),
        "its account says so": (*QUIET, _service_account(automountServiceAccountToken=False)),
        "another Secret": _secret("Opaque"),
        "the pod overrules its account": (
            *workload(a_container()),
            _service_account(automountServiceAccountToken=True),
        ),
    },
    refuses={
        "a Secret": bad_example(_secret(TOKEN), f"Secret shop/marketplace {FOREVER}"),
        "nobody says so": bad_example(QUIET, f"Deployment shop/marketplace {SILENT}"),
        "the pod asks": bad_example(
            (
                *workload(a_container(), automountServiceAccountToken=True),
                _service_account(automountServiceAccountToken=False),
            ),
            f"Deployment shop/marketplace {ASKS}",
        ),
        "a word that is no boolean": bad_example(
            workload(a_container(), automountServiceAccountToken="false"), f"Deployment shop/marketplace {ASKS}"
        ),
        "an account that says nothing": bad_example(
            (*QUIET, _service_account()), f"Deployment shop/marketplace {SILENT}"
        ),
        "an account of another namespace": bad_example(
            (*QUIET, _service_account(namespace="other", automountServiceAccountToken=False)),
            f"Deployment shop/marketplace {SILENT}",
        ),
        "another account": bad_example(
            (*QUIET, _service_account("checkout", automountServiceAccountToken=False)),
            f"Deployment shop/marketplace {SILENT}",
        ),
    },
)
