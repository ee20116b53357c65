"""ConfigMaps hold nothing secret.

Fields: the entries of `data`, and those of `binaryData` that are text. A value counts by its key and by its form, see
`guardrails.model.secret_patterns`; a file, which has many lines or a key with a dot, also line by line, as
`name=value` or `name: value`, and by its pairs in JSON and XML. Values are never shown.
"""

import base64
import binascii

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.secret_patterns import held, in_lines
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

PROBLEM = "looks like a secret"


def check(obj: Object) -> Violations:
    """Ask each entry for its key, its value and its lines."""
    for key, entry in obj.members("data"):
        entry.record_unknown()
        if _tells(key, entry.plain):
            yield entry.fails(f"holds {key}, which {PROBLEM}")
    for key, entry in obj.members("binaryData"):
        entry.record_unknown()
        if _tells(key, _decoded(entry.plain)):
            yield entry.fails(f"holds {key}, which {PROBLEM}")


def _tells(key: str, value: Plain) -> bool:
    whole = f"{value}\n" if "." in key and isinstance(value, str) else value
    return held(key, value) is not None or in_lines(whole)


def _decoded(value: Plain) -> Plain:
    """The text behind base64; None where there is none."""
    try:
        return base64.b64decode(value, validate=True).decode() if isinstance(value, str) else None
    except (binascii.Error, ValueError):
        return None


def _config(data: dict[str, Plain]) -> tuple[Resource, ...]:
    return (declared("kubernetes:core/v1:ConfigMap", "api", data=data),)


PRIVATE = "-----BEGIN " + "RSA PRIVATE KEY-----\nMII"

RULE = Rule(
    id="no-secret-in-config-map",
    title="ConfigMaps hold nothing secret",
    why="A ConfigMap is read by everybody who may look at the namespace, and lies unencrypted in state and in git.",
    fix="Move it to the secret store, and fetch it with an ExternalSecret.",
    severity=Severity.CRITICAL,
    covers=("new-services:37", "optibid:61", "optibid:63", "go-live-readiness:15"),
    kinds=frozenset({"core/ConfigMap"}),
    check=EachObject(check),
    allows={
        "settings": _config({"LOG_LEVEL": "info", "TOKEN_URL": "https://login.internal/token"}),
        "no data": (declared("kubernetes:core/v1:ConfigMap", "api", data=None),),
        "empty, and a reference": _config({"DB_PASSWORD": "", "API_TOKEN": "${API_TOKEN}"}),
        "a file of settings": _config(
            {"application.properties": "db.user=api\ndb.password=${DB_PASSWORD}\npassword.min.length=12\n"}
        ),
        "a binary file": (
            declared("kubernetes:core/v1:ConfigMap", "api", binaryData={"logo.png": "iVBORw0KGgo=", "none": "%"}),
        ),
        "a form in JSON": _config({"form.json": '{"password": "", "passwordLabel": "Your word"}'}),
        "a number about passwords": _config({"PASSWORD_MIN_LENGTH": "12"}),
    },
    refuses={
        "a password": bad_example(
            _config({"DB_PASSWORD": "hunter2"}), f"ConfigMap shop/api holds DB_PASSWORD, which {PROBLEM}"
        ),
        "a file of properties": bad_example(
            _config({"application.properties": "db.user=api\ndb.password=hunter2\n"}),
            f"ConfigMap shop/api holds application.properties, which {PROBLEM}",
        ),
        "a file of YAML": bad_example(
            _config({"config.yaml": "db:\n  user: api\n  password: 'hunter2'\n"}),
            f"ConfigMap shop/api holds config.yaml, which {PROBLEM}",
        ),
        "a file of one line": bad_example(
            _config({"api.properties": "db.password=hunter2"}),
            f"ConfigMap shop/api holds api.properties, which {PROBLEM}",
        ),
        "JSON": bad_example(
            _config({"config.json": '{"db": {"user": "api", "password": "hunter2"}}'}),
            f"ConfigMap shop/api holds config.json, which {PROBLEM}",
        ),
        "XML": bad_example(
            _config({"server.xml": "<server><password>hunter2</password></server>"}),
            f"ConfigMap shop/api holds server.xml, which {PROBLEM}",
        ),
        "a login to a registry": bad_example(
            _config({"config.json": '{"auths": {"registry.internal": {"auth": "YXBpOmh1bnRlcjI="}}}'}),
            f"ConfigMap shop/api holds config.json, which {PROBLEM}",
        ),
        "a private key in base64": bad_example(
            (
                declared(
                    "kubernetes:core/v1:ConfigMap",
                    "api",
                    binaryData={"tls.pem": base64.b64encode(PRIVATE.encode()).decode()},
                ),
            ),
            f"ConfigMap shop/api holds tls.pem, which {PROBLEM}",
        ),
        "a URL with a password": bad_example(
            _config({"DATABASE_URL": "postgres://api:hunter2@db/shop"}),
            f"ConfigMap shop/api holds DATABASE_URL, which {PROBLEM}",
        ),
        "a short name in lower case": bad_example(
            _config({"pwd": "hunter2"}), f"ConfigMap shop/api holds pwd, which {PROBLEM}"
        ),
        "a key in lower case": bad_example(
            _config({"api-key": "abc"}), f"ConfigMap shop/api holds api-key, which {PROBLEM}"
        ),
        "a private key": bad_example(
            _config({"tls.pem": PRIVATE}), f"ConfigMap shop/api holds tls.pem, which {PROBLEM}"
        ),
    },
)
