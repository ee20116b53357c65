"""No environment variable holds a secret as literal text.

Fields: `env[*].value` of every container. A variable counts by its name, when its last word is one like PASSWORD,
TOKEN or API_KEY and its value is no switch, no reference such as `$(DB_PASSWORD)` and, for CREDENTIALS, no path; or by
its value, when that has the form of a private key, of a well-known token, or of a URL with a password in it.
`valueFrom` is fine. Values are never shown.
"""

import re

from guardrails.examples import a_container, refusal, spoilt, workload
from guardrails.node import Shape
from guardrails.plain import Plain, Unknown
from guardrails.rule import EachPod, Faults, Rule, Severity
from guardrails.workloads import WORKLOADS, Pod

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SECRET = frozenset(
    {
        "APIKEY",
        "BEARER",
        "CREDENTIAL",
        "CREDENTIALS",
        "PASSPHRASE",
        "PASSWD",
        "PASSWORD",
        "PASSWORDS",
        "PRIVATEKEY",
        "SECRET",
        "SECRETKEY",
        "TOKEN",
    }
)
_KEYS = frozenset({"ACCESS", "API", "ENCRYPTION", "MASTER", "PRIVATE", "SECRET", "SIGNING"})
_SWITCHES = frozenset({"true", "false", "yes", "no", "on", "off", "enabled", "disabled"})
NAMED = "what its name calls a secret"
_REFERENCE = re.compile(r"\$\([A-Za-z_][A-Za-z0-9_.-]*\)")
_FILE = re.compile(r"(/[A-Za-z0-9_.-]+){2,}")
_FORMS = (
    ("a private key", re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY")),
    ("an AWS access key", re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("a GitHub token", re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{20})")),
    ("a GitLab token", re.compile(r"\bglpat-[A-Za-z0-9_-]{20}")),
    ("a Slack token", re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10}")),
    ("a Google API key", re.compile(r"\bAIza[A-Za-z0-9_-]{35}")),
    ("a Stripe key", re.compile(r"\b[rs]k_live_[A-Za-z0-9]{16}")),
    ("a signed token", re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.")),
    ("a URL with a password", re.compile(r"://[^/\s:@?#]*:(?![$<{*])[^/\s@]+@")),
)


def check(pod: Pod) -> Faults:
    """Name each variable that holds a secret."""
    for container in pod.containers:
        for variable in container.items("env"):
            name, value = variable.read("name"), variable.read("value")
            if isinstance(value, bool | Unknown | Shape) or value in {None, ""}:
                continue
            text = str(value)
            called = name if isinstance(name, str) else variable.path.rpartition(".")[2]
            form = _form(text)
            if form is not None:
                yield variable.fails(_wrong(called, f"what looks like {form}"), "value")
            elif isinstance(name, str) and _is_secret(name) and not _is_harmless(name, text):
                yield variable.fails(_wrong(called, NAMED), "value")


def _wrong(called: str, what: str) -> str:
    return f"sets {called} to literal text that holds {what}"


def _form(value: str) -> str | None:
    return next((form for form, pattern in _FORMS if pattern.search(value)), None)


def _is_secret(name: str) -> bool:
    words = [word.upper() for word in _WORDS.findall(name)] or [""]
    if words[-1] == "PWD":
        return len(words) > 1  # alone it is the working directory
    return words[-1] in _SECRET or (words[-1] == "KEY" and len(words) > 1 and words[-2] in _KEYS)


def _is_harmless(name: str, value: str) -> bool:
    """The value can't be the secret that its name promises."""
    if value.strip().lower() in _SWITCHES or _REFERENCE.fullmatch(value):
        return True
    return name.upper().rstrip("S").endswith("CREDENTIAL") and _FILE.fullmatch(value) is not None


def _env(name: str, value: Plain, **more: Plain) -> dict[str, Plain]:
    return a_container(env=[{"name": name, "value": value, **more}])


KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"

RULE = Rule(
    id="no-secret-in-env",
    title="Environment variables hold no literal secrets",
    why="Literal text lies in git, in the state file and in whatever prints the pod, and nobody rotates it.",
    fix="Put it into the secret store, list it under the service's secrets, and read it from the mounted file.",
    severity=Severity.CRITICAL,
    covers=("new-services:37", "new-services:210", "optibid:61", "optibid:62", "optibid:63", "go-live-readiness:15"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "a plain setting": workload(_env("LOG_LEVEL", "info")),
        "from a Secret": workload(
            a_container(env=[{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}])
        ),
        "a reference to another variable": workload(_env("PGPASSWORD", "$(DB_PASSWORD)")),
        "where the secret is": workload(_env("SECRETS_PATH", "/etc/golive/secrets")),
        "a file of credentials": workload(_env("GOOGLE_APPLICATION_CREDENTIALS", "/var/run/secrets/google.json")),
        "a lifetime": workload(_env("TOKEN_TTL_SECONDS", "3600")),
        "a switch": workload(_env("REQUIRE_PASSWORD", "true")),
        "an empty value": workload(_env("DB_PASSWORD", "")),
        "null": workload(_env("DB_PASSWORD", None)),
        "a URL without a password": workload(_env("DATABASE_URL", "postgres://api@db:5432/shop")),
        "a URL that refers to one": workload(_env("DATABASE_URL", "postgres://api:$(DB_PASSWORD)@db:5432/shop")),
    },
    refuses={
        "a password": spoilt(_env("DB_PASSWORD", "hunter2"), _wrong("DB_PASSWORD", NAMED)),
        "in camel case": spoilt(_env("dbPassword", "hunter2"), _wrong("dbPassword", NAMED)),
        "a bare number": spoilt(_env("DB_PASSWORD", 123456), _wrong("DB_PASSWORD", NAMED)),
        "with a number": spoilt(_env("API_TOKEN_2", "hunter2"), _wrong("API_TOKEN_2", NAMED)),
        "a key": spoilt(_env("AWS_SECRET_ACCESS_KEY", "hunter2"), _wrong("AWS_SECRET_ACCESS_KEY", NAMED)),
        "a private key": spoilt(_env("CONFIG", KEY), _wrong("CONFIG", "what looks like a private key")),
        "a URL with a password": spoilt(
            _env("DATABASE_URL", "postgres://api:hunter2@db:5432/shop"),
            _wrong("DATABASE_URL", "what looks like a URL with a password"),
        ),
        "one of several": spoilt(
            a_container(env=[{"name": "LOG_LEVEL", "value": "info"}, {"name": "JWT_SECRET", "value": "hunter2"}]),
            _wrong("JWT_SECRET", NAMED),
        ),
        "an init container": refusal(
            workload(a_container(), initContainers=[a_container("migrate", env=[{"name": "PG_PASSWD", "value": "x"}])]),
            f"init container 'migrate' (Deployment shop/marketplace) {_wrong('PG_PASSWD', NAMED)}",
        ),
        "an ephemeral container": refusal(
            workload(
                a_container(), ephemeralContainers=[a_container("debug", env=[{"name": "API_KEY", "value": "hunter2"}])]
            ),
            f"ephemeral container 'debug' (Deployment shop/marketplace) {_wrong('API_KEY', NAMED)}",
        ),
    },
)
