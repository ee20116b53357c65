"""ConfigMaps hold nothing secret.

Fields: the entries of `data`. A value counts by its key and by its form, see `guardrails.credentials`; a value of many
lines, such as a file of properties, also line by line, as `name=value` or `name: value`. Values are never shown.
`binaryData` is not read.
"""

from guardrails.credentials import held, in_lines
from guardrails.examples import declared, refusal
from guardrails.plain import Plain
from guardrails.resources import Object, Resource
from guardrails.rule import EachObject, Faults, Rule, Severity

WRONG = "looks like a secret"


def check(found: Object) -> Faults:
    """Ask each entry for its key, its value and its lines."""
    for key, entry in found.members("data"):
        entry.noted()
        if held(key, entry.plain) is not None or in_lines(entry.plain):
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
        "a file of settings": _config(
            {"application.properties": "db.user=api\ndb.password=${DB_PASSWORD}\npassword.min.length=12\n"}
        ),
        "a number about passwords": _config({"PASSWORD_MIN_LENGTH": "12"}),
    },
    refuses={
        "a password": refusal(
            _config({"DB_PASSWORD": "hunter2"}), f"ConfigMap shop/api holds DB_PASSWORD, which {WRONG}"
        ),
        "a file of properties": refusal(
            _config({"application.properties": "db.user=api\ndb.password=hunter2\n"}),
            f"ConfigMap shop/api holds application.properties, which {WRONG}",
        ),
        "a file of YAML": refusal(
            _config({"config.yaml": "db:\n  user: api\n  password: 'hunter2'\n"}),
            f"ConfigMap shop/api holds config.yaml, which {WRONG}",
        ),
        "a URL with a password": refusal(
            _config({"DATABASE_URL": "postgres://api:hunter2@db/shop"}),
            f"ConfigMap shop/api holds DATABASE_URL, which {WRONG}",
        ),
        "a short name in lower case": refusal(
            _config({"pwd": "hunter2"}), f"ConfigMap shop/api holds pwd, which {WRONG}"
        ),
        "a key in lower case": refusal(_config({"api-key": "abc"}), f"ConfigMap shop/api holds api-key, which {WRONG}"),
        "a private key": refusal(_config({"tls.pem": PRIVATE}), f"ConfigMap shop/api holds tls.pem, which {WRONG}"),
    },
)
