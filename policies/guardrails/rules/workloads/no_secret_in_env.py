"""No environment variable holds a secret as literal text.

Fields: `env[*].value` of every container, by its name and by its form, see
`guardrails.model.secret_patterns`. `valueFrom` is fine. Values are never shown.
"""

from guardrails.examples.kubernetes import a_container, elsewhere, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Pod
from guardrails.model.findings import Violations
from guardrails.model.secret_patterns import NAMED, held
from guardrails.model.values import Plain
from guardrails.rule import EachPod, Rule, Severity


def check(pod: Pod) -> Violations:
    """Name each variable that holds a secret."""
    for container in pod.containers:
        for variable in container.items("env"):
            name, value = variable.read("name"), variable.at("value")
            value.record_unknown()
            if (what := held(name if isinstance(name, str) else None, value.plain)) is not None:
                called = name if isinstance(name, str) else variable.path.rpartition(".")[2]
                yield variable.fails(_wrong(called, what), "value")


def _wrong(called: str, what: str) -> str:
    return f"sets {called} to literal text that holds {what}"


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
        "the name of a Secret": workload(_env("DB_SECRET_NAME", "shop-db")),
        "the name of a Secret to pull with": workload(_env("IMAGE_PULL_SECRET", "registry")),
        "a file of a password": workload(_env("DB_PASSWORD_FILE", "/run/secrets/db")),
        "a count": workload(_env("MAX_TOKENS", "4096")),
        "a count of one": workload(_env("MAX_TOKEN", 4096)),
        "a path in a vault": workload(_env("DB_PASSWORD", "vault:secret/data/db#password")),
        "a parameter's address": workload(_env("DB_PASSWORD", "ssm:/shop/db/password")),
        "where tokens are issued": workload(_env("OAUTH_TOKEN", "https://login.internal/token")),
        "the working directory": workload(_env("PWD", "srv")),
        "a header that is filled in later": workload(_env("AUTH_HEADER", "Bearer ${API_JWT}")),
        "a scheme and no token": workload(_env("AUTH_SCHEME", "bearer authentication")),
        "a lifetime": workload(_env("TOKEN_TTL_SECONDS", "3600")),
        "a switch": workload(_env("REQUIRE_PASSWORD", "true")),
        "an empty value": workload(_env("DB_PASSWORD", "")),
        "null": workload(_env("DB_PASSWORD", None)),
        "a URL without a password": workload(_env("DATABASE_URL", "postgres://api@db:5432/shop")),
        "a URL that refers to one": workload(_env("DATABASE_URL", "postgres://api:$(DB_PASSWORD)@db:5432/shop")),
    },
    refuses={
        "a password": spoilt(_env("DB_PASSWORD", "hunter2"), _wrong("DB_PASSWORD", NAMED)),
        "shortened": spoilt(_env("DB_PASS", "hunter2"), _wrong("DB_PASS", NAMED)),
        "a name of one word": spoilt(_env("PASS", "hunter2"), _wrong("PASS", NAMED)),
        "a header with its token": spoilt(
            _env("AUTH_HEADER", "bearer abc123def456"),
            _wrong("AUTH_HEADER", "what looks like an Authorization header"),
        ),
        "shortened more": spoilt(_env("POSTGRES_PWD", "hunter2"), _wrong("POSTGRES_PWD", NAMED)),
        "in one word": spoilt(_env("STRIPE_APIKEY", "hunter2"), _wrong("STRIPE_APIKEY", NAMED)),
        "a base of keys": spoilt(_env("SECRET_KEY_BASE", "hunter2"), _wrong("SECRET_KEY_BASE", NAMED)),
        "the id of an access key": spoilt(
            _env("AWS_ACCESS_KEY_ID", "AKIA" + "ABCDEFGHIJKLMNOP"),
            _wrong("AWS_ACCESS_KEY_ID", "what looks like an AWS access key"),
        ),
        "a signed token": spoilt(
            _env("LICENSE", "eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiJnb2xpdmUifQ.c2ln"),
            _wrong("LICENSE", "what looks like a signed token"),
        ),
        "a connection string": spoilt(
            _env("DATABASE", "Server=db;Database=shop;User Id=api;Password=hunter2;"),
            _wrong("DATABASE", "what looks like a connection string with a password"),
        ),
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
        **elsewhere(a_container("proxy", env=[{"name": "API_KEY", "value": "x"}]), _wrong("API_KEY", NAMED)),
    },
)
