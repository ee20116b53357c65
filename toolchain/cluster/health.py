"""Ask a component whether it is well."""

import ssl
import urllib.error
import urllib.request
from pathlib import Path

OK = 200
SECONDS = 3.0
"""How long an answer may take."""


def context(folder: Path, identity: str) -> ssl.SSLContext:
    """Trust this cluster's authority alone, and be ``identity``, whose certificate and key lie in ``folder``."""
    trusting = ssl.create_default_context(cafile=str(folder / "authority.crt"))
    trusting.load_cert_chain(folder / f"{identity}.crt", folder / f"{identity}.key")
    return trusting


def ask(address: str, trusting: ssl.SSLContext) -> tuple[int, str]:
    """Return the status and the text that ``address`` answers, past every proxy; status 0 where nobody answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting))
    try:
        with opener.open(address, timeout=SECONDS) as answer:
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code, problem.read().decode(errors="replace")
    except (OSError, ValueError) as problem:
        return 0, str(problem)
