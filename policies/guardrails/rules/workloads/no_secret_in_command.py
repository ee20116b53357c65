"""No command line holds a secret as literal text.

Fields: `command` and `args` of every container, and the `exec.command` of its probes and hooks. A word counts by its
form, and `--name=value`, `name=value` or `--name value` also by the name, see
`guardrails.model.secret_patterns`; in a script for a shell as well, where `-p` of
MySQL's programs and `-u` of curl count too. Values are never shown.
"""

import re
from collections.abc import Iterator

from guardrails.examples.kubernetes import a_container, elsewhere, spoilt, workload
from guardrails.kubernetes.pods import WORKLOADS, Container, Pod
from guardrails.model.findings import Violations
from guardrails.model.secret_patterns import NAMED, held
from guardrails.model.values import Plain
from guardrails.rule import EachPod, Rule, Severity

COMMANDS = (
    ("command",),
    ("args",),
    *((probe, "exec", "command") for probe in ("livenessProbe", "readinessProbe", "startupProbe")),
    *(("lifecycle", hook, "exec", "command") for hook in ("postStart", "preStop")),
)
_OPTION = re.compile(r"--?([A-Za-z][A-Za-z0-9_.-]*)")
_SET = re.compile(
    r"(?:^|[\s;&|\"'])(?:-{1,2}|export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)=(?![$`])(\"[^\"]*\"|'[^']*'|[^\s;&|\"']+)"
)
_PAIR = re.compile(
    r"(?:^|[\s;&|])--?([A-Za-z][A-Za-z0-9_.-]*)\s+(?![-$`;&|])(\"[^\"]*\"|'[^']*'|[^\s;&|\"']+)(?=[\s;&|\"']|$)"
)
_LOGIN = re.compile(
    r"\b(?:mysql|mysqladmin|mysqldump|mariadb|mariadb-dump)\b[^;&|\n]*?\s-p['\"]?(?![\s$`'\"])\S"
    r"|\bcurl\b[^;&|\n]*?\s(?:-u|--user)[\s=]*['\"]?[^\s:'\"$`]+:(?![$`\s'\"])\S"
)


def check(pod: Pod) -> Violations:
    """Name each container and each command that gives a secret away."""
    for container in pod.containers:
        for command in COMMANDS:
            for what in dict.fromkeys(_found(container, command)):
                yield container.fails(_wrong(".".join(command), what), *command)


def _found(container: Container, command: tuple[str, ...]) -> Iterator[str]:
    for _ in container.items(*command):
        pass  # what is unknown, or no list, goes on record
    before: str | None = None
    for word in container.at(*command).elements():
        named, before = before, None
        if not isinstance(word.plain, str | int | float) or isinstance(word.plain, bool):
            continue
        text = str(word.plain)
        option = _OPTION.fullmatch(text)
        if option is not None:
            before = option[1]
        elif (what := held(named, text)) is not None:
            yield what
        pairs = [*_SET.findall(text), *_PAIR.findall(text)]
        yield from (what for name, value in pairs if (what := held(name, value.strip("\"'"))) is not None)
        if _LOGIN.search(text):
            yield LOGIN


def _wrong(command: str, what: str) -> str:
    return f"holds in its {command} {what}"


def _runs(*words: Plain) -> dict[str, Plain]:
    return a_container(args=list(words))


LOGIN = "what looks like the password of a login"
URL = "what looks like a URL with a password"

RULE = Rule(
    id="no-secret-in-command",
    title="Commands hold no literal secrets",
    why="A command line lies in git and in the state file, and every process of the node can read it.",
    fix="Put it into the secret store, and let the program read it from the mounted file.",
    severity=Severity.CRITICAL,
    covers=("new-services:37", "new-services:210", "optibid:61", "optibid:63", "go-live-readiness:15"),
    kinds=WORKLOADS,
    check=EachPod(check),
    allows={
        "logins that are filled in later": workload(
            a_container(command=["sh", "-c", 'mysql -uroot -p"$DB_PASSWORD" -P 3306; curl -u "api:$TOKEN" https://x'])
        ),
        "an option without a value in a script": workload(
            a_container(command=["sh", "-c", "login --password-stdin name; api --token $API_TOKEN"])
        ),
        "plain options": workload(_runs("--log-level=info", "--port", 8015)),
        "a variable": workload(_runs("--password=$(DB_PASSWORD)", "--token", "$(TOKEN)")),
        "a file": workload(_runs("--password-file=/run/secrets/db", "--token", "/run/secrets/api.token")),
        "an option without a value": workload(_runs("--prompt-password", "--verbose")),
        "a shell that reads one": workload(a_container(command=["sh", "-c", "PGPASSWORD=$(cat /run/pw) psql"])),
    },
    refuses={
        "an option in a script": spoilt(
            a_container(command=["sh", "-c", "api --db-password hunter2 --verbose"]), _wrong("command", NAMED)
        ),
        "a login to MySQL": spoilt(
            a_container(command=["sh", "-c", "mysql -uroot -phunter2 shop"]), _wrong("command", LOGIN)
        ),
        "a login by curl": spoilt(
            a_container(args=["curl -s -u admin:hunter2 https://api.internal"]), _wrong("args", LOGIN)
        ),
        "an option": spoilt(_runs("--db-password=hunter2"), _wrong("args", NAMED)),
        "an option and its value": spoilt(_runs("--api-key", "hunter2"), _wrong("args", NAMED)),
        "a URL": spoilt(_runs("postgres://api:hunter2@db/shop"), _wrong("args", URL)),
        "in a shell": spoilt(
            a_container(command=["sh", "-c", "export DB_PASS=hunter2; exec api"]), _wrong("command", NAMED)
        ),
        "a probe": spoilt(
            a_container(livenessProbe={"exec": {"command": ["redis-cli", "--pass", "x", "--token=hunter2"]}}),
            _wrong("livenessProbe.exec.command", NAMED),
        ),
        "a hook": spoilt(
            a_container(lifecycle={"preStop": {"exec": {"command": ["stop", "--token=hunter2"]}}}),
            _wrong("lifecycle.preStop.exec.command", NAMED),
        ),
        **elsewhere(a_container("proxy", args=["--password=hunter2"]), _wrong("args", NAMED)),
    },
)
