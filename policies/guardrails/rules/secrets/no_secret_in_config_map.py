"""ConfigMaps hold nothing secret.

A value is refused when its key ends in a word such as password, token or api-key, or when it holds a private key or an
AWS access key. Empty values, numbers, booleans and references such as `${NAME}` or `$(NAME)` are no secrets. The value
itself is never shown. `binaryData` is not read.
"""

import re

from guardrails.examples import declared, refusal
from guardrails.plain import Plain
from guardrails.resources import Object, Resource
from guardrails.rule import EachObject, Faults, Rule, Severity

WRONG = "looks like a secret"
_KEY = re.compile(r"(?:^|[_.-])(?:password|passwd|secret|token|(?:api|private|secret|access)[_-]?key)$", re.IGNORECASE)
_VALUE = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")
_HARMLESS = re.compile(r"\s*|true|false|[0-9.]+|\$\{[^}]*\}|\$\([^)]*\)", re.IGNORECASE)


def check(found: Object) -> Faults:
    """Ask each entry for its key and its value."""
    for key, entry in found.members("data"):
        value = entry.read()
        if not isinstance(value, str):
            continue
        if _VALUE.search(value) or (_KEY.search(key) and not _HARMLESS.fullmatch(value)):
            yield entry.fails(f"holds {key}, which {WRONG}")


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
        "a number about passwords": _config({"PASSWORD_MIN_LENGTH": "12"}),
    },
    refuses={
        "a password": refusal(
            _config({"DB_PASSWORD": "hunter2"}), f"ConfigMap shop/api holds DB_PASSWORD, which {WRONG}"
        ),
        "a key in lower case": refusal(_config({"api-key": "abc"}), f"ConfigMap shop/api holds api-key, which {WRONG}"),
        "a private key": refusal(_config({"tls.pem": PRIVATE}), f"ConfigMap shop/api holds tls.pem, which {WRONG}"),
    },
)
