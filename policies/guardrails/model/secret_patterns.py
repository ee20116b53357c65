"""What text gives itself away as a secret: by the name it stands under, or by its form.

A name counts when its last word, numbers aside, is one like PASSWORD, TOKEN or API_KEY. Its value is no secret when it
is a switch, a number or time for a name that counts something, a path to a file, or a reference that somebody resolves
later. A form counts wherever it stands. Nothing here ever shows a value.
"""

import re
from functools import lru_cache
from typing import Final

from guardrails.model.values import Plain

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SECRET = frozenset(
    {
        *("APIKEY", "APITOKEN", "AUTHTOKEN", "BEARER", "CREDENTIAL", "CREDENTIALS", "CREDS", "PASS", "PASSPHRASE"),
        *("PASSWD", "PASSWORD", "PASSWORDS", "PRIVATEKEY", "PSWD", "PW", "PWD", "REQUIREPASS", "SECRET", "SECRETKEY"),
        *("MASTERAUTH", "SSHPASS", "TOKEN"),
    }
)
_ENDS = ("PASSPHRASE", "PASSWD", "PASSWORD")
"""What a word ends in that is written as one, such as `PGPASSWORD`."""
_PREFIXED = frozenset({"CREDENTIAL", "CREDENTIALS", "CREDS", "PASS", "PW", "PWD"})
"""Words that mean a secret only after another word, but for `pwd` and `pass`."""
_ALONE = frozenset({"PASS", "PWD"})
_FOLDER = "PWD"
"""What shells call the working directory."""
_KEYS = frozenset(
    {
        *("ACCESS", "ACCOUNT", "API", "AUTH", "ENCRYPTION", "JWT", "MASTER", "PRIVATE", "SECRET", "SIGNING", "SSH"),
        "STORAGE",
    }
)
_AFTER_KEY = frozenset({"BASE", "CONTENT", "DATA", "MATERIAL"})
"""Words after KEY that leave it a key: `SECRET_KEY_BASE`."""
_COUNTING = frozenset({"COUNT", "LIMIT", "MAX", "MIN", "NUM", "NUMBER"})
_NAMING = frozenset({"CERT", "CERTIFICATE", "INGRESS", "PULL", "TLS"})
"""Words before SECRET that make it the name of a Secret."""
_SWITCHES = frozenset({"true", "false", "yes", "no", "on", "off", "enabled", "disabled", "none", "null", "required"})
_REFERENCE = re.compile(
    r"\$\([^()]*\)|\$\{[^}]*\}|\$[A-Za-z_][A-Za-z0-9_.:-]*|.*\{\{.*\}\}.*|<[^<>]*>|%\([^)]*\)s|\*+"
    r"|(?i:(?:vault|ssm|sm|aws-?sm|op|env|file|k8s|secretref|azurekeyvault|gcp-?sm|ref\+[a-z]+):(?=.*[/#])\S+)"
    r"|(?i:arn:[a-z-]+:(?:secretsmanager|ssm|kms):\S+|projects/\S+/secrets/\S+|ENC\[.*\]|@Microsoft\.KeyVault\(.*\))",
    re.DOTALL,
)
_FILE = re.compile(r"\.{0,2}(?:/[a-z0-9_.@-]+){2,}/?|\.{0,2}(?:/[A-Za-z0-9_.@-]+)+\.[a-z]{2,5}")
_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^@\s]*", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:ns|us|ms|s|m|h|d)?")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_LINE = re.compile(
    r"""^[ \t]*(?:export[ \t]+|-[ \t]+)?["']?([A-Za-z_][A-Za-z0-9_.-]*)["']?"""
    r"""[ \t]*[:=][ \t]*["']?([^\s"'#,{\[]+)["']?,?[ \t]*$""",
    re.MULTILINE,
)

_PAIR = re.compile(
    r"""["']([A-Za-z_][A-Za-z0-9_.-]*)["'][ \t]*:[ \t]*["']([^"'\\\r\n]+)["']"""
    r"""|<([A-Za-z_][A-Za-z0-9_.-]*)>([^<>]+)</\3>"""
)
"""A name and its text in JSON or XML, wherever on a line."""

_FORMS: Final = (
    (
        "a registry's login",
        re.compile(
            r"[\"']auths?[\"']\s*:\s*(?:\{[^{}]*\{[^{}]*[\"']auth[\"']\s*:\s*)?[\"'][A-Za-z0-9+/]{8,}={0,2}[\"']"
        ),
    ),
    ("a private key", re.compile(r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY")),
    ("an AWS access key", re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[0-9A-Z]{16}(?![A-Za-z0-9])")),
    ("a GitHub token", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{20})")),
    ("a GitLab token", re.compile(r"\bglpat-[A-Za-z0-9_-]{20}")),
    ("a Slack token", re.compile(r"\bxox[abeprs]-[A-Za-z0-9-]{10}")),
    ("a Slack webhook", re.compile(r"hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{16}")),
    ("a Google API key", re.compile(r"\bAIza[A-Za-z0-9_-]{35}")),
    ("a Stripe key", re.compile(r"\b[rs]k_live_[A-Za-z0-9]{16}")),
    ("a SendGrid key", re.compile(r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}")),
    ("an npm token", re.compile(r"\bnpm_[A-Za-z0-9]{36}")),
    ("an OpenAI or Anthropic key", re.compile(r"\bsk-(?:proj-|ant-)?[A-Za-z0-9_-]{32}")),
    ("a signed token", re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.")),
    (
        "an Authorization header",
        re.compile(
            r"(?:^|authorization['\"]?\s*[:=]\s*['\"]?)(?:basic|bearer)\s+(?=\S*[0-9])[A-Za-z0-9._~+/-]{8,}=*(?![^\s'\"])",
            re.IGNORECASE,
        ),
    ),
    ("a URL with a password", re.compile(r"[a-z]://[^/\s:@?#'\"]*:(?![$<{*%\[])[^/\s@'\"]+@(?![$<{])", re.IGNORECASE)),
    (
        "a connection string with a password",
        re.compile(
            r"(?:^|[;\s\"'])(?:password|pwd|accountkey|sharedaccesskey|sharedsecretkey)\s*=\s*(?![$<{*%;\s\"'])[^;\s\"']+;"
            r"|;\s*(?:password|pwd|accountkey|sharedaccesskey|sharedsecretkey)\s*=\s*(?![$<{*%;\s\"'])[^;\s\"']+",
            re.IGNORECASE,
        ),
    ),
)
NAMED: Final = "what its name calls a secret"


@lru_cache(maxsize=4096)
def form(text: str) -> str | None:
    """The kind of secret that this text looks like, such as "a private key"."""
    return next((called for called, pattern in _FORMS if pattern.search(text)), None)


def held(name: str | None, value: Plain) -> str | None:
    """How a value under this name gives itself away, to follow "holds": "what looks like a private key"; else None.

    Booleans, mappings, lists, unknowns and nothing hold no text.
    """
    if value is None or isinstance(value, bool) or not isinstance(value, str | int | float) or value == "":
        return None
    text = str(value)
    looks = form(text)
    if looks is not None:
        return f"what looks like {looks}"
    return NAMED if name is not None and is_secret(name) and not _is_harmless(name, text) else None


def in_lines(text: Plain) -> bool:
    """A file gives itself away: by `name=value` or `name: value` on a line of many, or by a pair in JSON or XML."""
    if not isinstance(text, str):
        return False
    lines = _LINE.findall(text) if "\n" in text else ()
    pairs = ((left or tag, right or content) for left, right, tag, content in _PAIR.findall(text))
    return any(held(name, value) is not None for name, value in (*lines, *pairs))


@lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """The name promises a secret: `DB_PASSWORD`, `apiKey`, `client-secret`, `API_TOKEN_2`, `SECRET_KEY_BASE`."""
    words = _words(name)
    if words[-1] in _AFTER_KEY and "KEY" in words[-2:-1]:
        return True
    if words[-1] in _PREFIXED:
        return len(words) > 1 or (words[0] in _ALONE and name != _FOLDER)
    if words[-1] == "KEY":
        return len(words) > 1 and (words[-2] in _KEYS or "AZURE" in words)
    return words[-1] in _SECRET or words[-1].endswith(_ENDS)


def _words(name: str) -> list[str]:
    return [word.upper() for word in _WORDS.findall(name)] or [""]


def _is_harmless(name: str, value: str) -> bool:
    """The value can't be the secret that its name promises."""
    text, words = value.strip(), set(_words(name))
    if not text or text.lower() in _SWITCHES:
        return True
    if any(pattern.fullmatch(text) for pattern in (_REFERENCE, _FILE, _URL)):
        return True
    if _COUNTING & words and _NUMBER.fullmatch(text):
        return True
    return bool(_NAMING & words) and _LABEL.fullmatch(text) is not None
