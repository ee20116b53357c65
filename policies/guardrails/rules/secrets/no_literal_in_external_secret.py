"""What stands in for a secret store holds no secret.

Fields: `data` and `templateFrom[*].literal` of the template of an `ExternalSecret` (`spec.target.template`), a
`ClusterExternalSecret` or a `PushSecret`, where text without a template's braces must not look like a secret, by its
key or by its form, nor any of its lines (see `guardrails.model.secret_patterns`). And `spec.provider.fake.data` of a
`SecretStore` or `ClusterSecretStore` and `spec.data` of the generator `Fake`, where every value, or every value of the
JSON document that it is, must say that it is none, by beginning with `not-a-secret-`. Values are never shown.
"""

import json
from collections.abc import Iterator

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.secret_patterns import held, in_lines
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

TEMPLATES = {
    "external-secrets.io/ExternalSecret": ("spec", "target", "template"),
    "external-secrets.io/ClusterExternalSecret": ("spec", "externalSecretSpec", "target", "template"),
    "external-secrets.io/PushSecret": ("spec", "template"),
}
"""Where each kind keeps the text that it writes around what it fetches."""
STORES = frozenset({"external-secrets.io/SecretStore", "external-secrets.io/ClusterSecretStore"})
GENERATOR = "generators.external-secrets.io/Fake"
MADE_UP = "not-a-secret-"
LITERAL = "writes into its template what looks like a secret"
REAL = f"makes up a value that does not begin with {MADE_UP}"


def check(obj: Object) -> Violations:
    """Name each entry that may be a real secret."""
    for value in _made_up(obj):
        text = value.record_unknown()
        if text is not None and not isinstance(text, Unknown) and not all(map(_says_so, _texts(value.plain))):
            yield value.fails(REAL)
    template = obj.at(*TEMPLATES.get(obj.id, ("spec", "template")))
    for key, value in template.members("data"):
        value.record_unknown()
        if held(key, value.plain) is not None or in_lines(value.plain):
            yield value.fails(LITERAL)
    for source in template.items("templateFrom"):
        literal = source.at("literal")
        literal.record_unknown()
        if held(None, literal.plain) is not None or in_lines(f"{literal.plain}\n" if literal.plain else None):
            yield literal.fails(LITERAL)


def _made_up(store: Object) -> Iterator[Node]:
    if store.id == GENERATOR:
        yield from (value for _, value in store.members("spec", "data"))
    if store.id not in STORES:
        return
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


def _template(type_: str, *path: str) -> tuple[Resource, ...]:
    spec: Plain = {"data": {"password": "hunter2"}}
    for key in reversed(path):
        spec = {key: spec}
    return (declared(f"kubernetes:external-secrets.io/{type_}", "db", spec=spec),)


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
    kinds=STORES | frozenset(TEMPLATES) | {GENERATOR},
    check=EachObject(check),
    allows={
        "a template": _secret({"password": "{{ .password }}", "url": "postgres://api:{{ .password }}@db/shop"}),
        "settings": _secret({"host": "db.internal", "port": "5432"}),
        "a file with templates": _secret({"config": "user: {{ .user }}\npassword: {{ .password }}\n"}),
        "a value made up": _store(f"{MADE_UP}db"),
        "a document made up": _store('{"user": "not-a-secret-user", "password": "not-a-secret-db"}'),
        "a real store": (
            declared("kubernetes:external-secrets.io/v1:SecretStore", "aws", spec={"provider": {"aws": {}}}),
        ),
    },
    refuses={
        "a literal": bad_example(_secret({"password": "hunter2"}), f"ExternalSecret shop/db {LITERAL}"),
        "a URL": bad_example(_secret({"url": "postgres://api:hunter2@db/shop"}), f"ExternalSecret shop/db {LITERAL}"),
        "a line of a file": bad_example(
            _secret({"config": "user: {{ .user }}\npassword: hunter2\n"}), f"ExternalSecret shop/db {LITERAL}"
        ),
        "a literal template": bad_example(
            (
                declared(
                    "kubernetes:external-secrets.io/v1:ExternalSecret",
                    "db",
                    spec={"target": {"template": {"templateFrom": [{"literal": "password: hunter2"}]}}},
                ),
            ),
            f"ExternalSecret shop/db {LITERAL}",
        ),
        "for many namespaces": bad_example(
            _template("v1:ClusterExternalSecret", "externalSecretSpec", "target", "template"),
            f"ClusterExternalSecret shop/db {LITERAL}",
        ),
        "for others to read": bad_example(
            _template("v1alpha1:PushSecret", "template"), f"PushSecret shop/db {LITERAL}"
        ),
        "a generator": bad_example(
            (
                declared(
                    "kubernetes:generators.external-secrets.io/v1alpha1:Fake",
                    "db",
                    spec={"data": {"password": "hunter2"}},
                ),
            ),
            f"Fake shop/db {REAL}",
        ),
        "a store with a value": bad_example(_store("hunter2"), f"SecretStore shop/made-up {REAL}"),
        "a document with a value": bad_example(
            _store('{"user": "not-a-secret-user", "password": "hunter2"}'), f"SecretStore shop/made-up {REAL}"
        ),
        "a store of the cluster": bad_example(
            _store("hunter2", "ClusterSecretStore"), f"ClusterSecretStore shop/made-up {REAL}"
        ),
        "a map of values": bad_example(
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
