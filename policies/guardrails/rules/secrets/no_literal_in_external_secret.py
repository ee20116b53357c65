"""What stands in for a secret store holds no secret.

Fields: `spec.target.template.data` of an `ExternalSecret`, where text without a template's braces must not look like a
secret, by its key or by its form (see `guardrails.credentials`); and `spec.provider.fake.data` of a `SecretStore` or
`ClusterSecretStore`, where every value, or every value of the JSON document that it is, must say that it is none, by
beginning with `not-a-secret-`. Values are never shown.
"""

import json
from collections.abc import Iterator

from guardrails.credentials import held
from guardrails.examples import declared, refusal
from guardrails.node import Node
from guardrails.plain import Plain, Unknown
from guardrails.resources import Object, Resource
from guardrails.rule import EachObject, Faults, Rule, Severity

SECRET = "external-secrets.io/ExternalSecret"  # noqa: S105 - a kind
STORES = frozenset({"external-secrets.io/SecretStore", "external-secrets.io/ClusterSecretStore"})
MADE_UP = "not-a-secret-"
LITERAL = "writes into its template what looks like a secret"
REAL = f"makes up a value that does not begin with {MADE_UP}"


def check(found: Object) -> Faults:
    """Name each entry that may be a real secret."""
    if found.id in STORES:
        for value in _made_up(found):
            text = value.noted()
            if text is not None and not isinstance(text, Unknown) and not all(map(_says_so, _texts(value.plain))):
                yield value.fails(REAL)
        return
    for key, value in found.members("spec", "target", "template", "data"):
        value.noted()
        if held(key, value.plain) is not None:
            yield value.fails(LITERAL)


def _made_up(store: Object) -> Iterator[Node]:
    for entry in store.items("spec", "provider", "fake", "data"):
        yield entry.at("value")
        yield from (value for _, value in entry.members("valueMap"))


def _texts(value: Plain) -> list[object]:
    """The value itself, or those of the JSON document that it is."""
    try:
        document = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return [value]
    return list(document.values()) if isinstance(document, dict) else [value]


def _says_so(text: object) -> bool:
    return isinstance(text, str) and text.startswith(MADE_UP)


def _secret(data: dict[str, Plain]) -> tuple[Resource, ...]:
    spec: Plain = {"target": {"template": {"data": data}}}
    return (declared("kubernetes:external-secrets.io/v1:ExternalSecret", "db", spec=spec),)


def _store(value: Plain, kind: str = "SecretStore") -> tuple[Resource, ...]:
    spec: Plain = {"provider": {"fake": {"data": [{"key": "db", "value": value}]}}}
    return (declared(f"kubernetes:external-secrets.io/v1:{kind}", "made-up", spec=spec),)


RULE = Rule(
    id="no-literal-in-external-secret",
    title="Stand-ins for a secret store hold no secret",
    why="A template and a made-up store lie in git and in the state file like any other text.",
    fix="Fetch the value from the store, or for a laptop make one up that begins with not-a-secret-.",
    severity=Severity.CRITICAL,
    covers=("new-services:37", "new-services:210", "optibid:61", "go-live-readiness:15"),
    kinds=STORES | {SECRET},
    check=EachObject(check),
    allows={
        "a template": _secret({"password": "{{ .password }}", "url": "postgres://api:{{ .password }}@db/shop"}),
        "settings": _secret({"host": "db.internal", "port": "5432"}),
        "a value made up": _store(f"{MADE_UP}db"),
        "a document made up": _store('{"user": "not-a-secret-user", "password": "not-a-secret-db"}'),
        "a real store": (
            declared("kubernetes:external-secrets.io/v1:SecretStore", "aws", spec={"provider": {"aws": {}}}),
        ),
    },
    refuses={
        "a literal": refusal(_secret({"password": "hunter2"}), f"ExternalSecret shop/db {LITERAL}"),
        "a URL": refusal(_secret({"url": "postgres://api:hunter2@db/shop"}), f"ExternalSecret shop/db {LITERAL}"),
        "a store with a value": refusal(_store("hunter2"), f"SecretStore shop/made-up {REAL}"),
        "a document with a value": refusal(
            _store('{"user": "not-a-secret-user", "password": "hunter2"}'), f"SecretStore shop/made-up {REAL}"
        ),
        "a store of the cluster": refusal(
            _store("hunter2", "ClusterSecretStore"), f"ClusterSecretStore shop/made-up {REAL}"
        ),
        "a map of values": refusal(
            (
                declared(
                    "kubernetes:external-secrets.io/v1beta1:SecretStore",
                    "made-up",
                    spec={"provider": {"fake": {"data": [{"key": "db", "valueMap": {"password": "hunter2"}}]}}},
                ),
            ),
            f"SecretStore shop/made-up {REAL}",
        ),
    },
)
