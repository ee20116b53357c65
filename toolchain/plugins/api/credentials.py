"""Who asks: tokens, client certificates and credential plugins of a kubeconfig's user, and the server's certificate."""

import base64
import json
import os
import shlex
import ssl
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Any

from toolchain.plugins.api.kubeconfig import Connection, Entry, Unusable

EXEC_SECONDS = 60.0
"""How long a credential plugin may take."""
VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")


class Credentials:
    """What a request carries and a connection is made with. Safe to use from several threads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._user = connection.user
        self._plugin: Entry = {}
        self._lock = threading.Lock()
        if self._user.get("exec"):
            self._plugin = _ask_plugin(connection)

    def headers(self) -> dict[str, str]:
        """Return the headers that say who asks. Raises ``Unusable`` if a token file can't be read."""
        found = {}
        user = self._user
        token = self._plugin.get("token") or _token(user)
        if token:
            found["Authorization"] = f"Bearer {token}"
        elif user.get("username"):
            pair = f"{user['username']}:{user.get('password', '')}"
            found["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        if user.get("as"):
            found["Impersonate-User"] = str(user["as"])
        return found

    def renew(self) -> bool:
        """Ask the credential plugin again; say whether there is one."""
        if not self._user.get("exec"):
            return False
        with self._lock:
            self._plugin = _ask_plugin(self._connection)
        return True

    def tls(self) -> ssl.SSLContext:
        """Return how the server is checked and how we show who we are. Raises ``Unusable`` on a bad certificate."""
        cluster, user = self._connection.cluster, self._user
        try:
            authority = _content(cluster, "certificate-authority")
            context = ssl.create_default_context(cadata=authority)
            if cluster.get("insecure-skip-tls-verify") is True:
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
            certificate = self._plugin.get("clientCertificateData") or _content(user, "client-certificate")
            key = self._plugin.get("clientKeyData") or _content(user, "client-key")
            if certificate and key:
                _present(context, certificate, key)
        except (OSError, ValueError) as problem:
            raise Unusable(f"a certificate or key of {self._connection.origin} can't be used: {problem}.") from None
        return context


def _content(entry: Entry, key: str) -> str | None:
    """Return the text behind ``<key>-data`` or in the file that ``<key>`` names."""
    data = entry.get(f"{key}-data")
    if data:
        return base64.b64decode(str(data), validate=False).decode()
    return Path(str(entry[key])).expanduser().read_text() if entry.get(key) else None


def _present(context: ssl.SSLContext, certificate: str, key: str) -> None:
    """Load a certificate and its key, which the library reads from a file only: one of ours, gone at once."""
    with tempfile.TemporaryDirectory(prefix="golive-") as folder:
        path = Path(folder) / "client.pem"
        path.touch(mode=0o600)
        path.write_text(f"{certificate}\n{key}\n")
        context.load_cert_chain(path)


def _token(user: Entry) -> str | None:
    """Return the user's token; a file is read each time, because tokens in files are renewed there."""
    if user.get("tokenFile"):
        path = Path(str(user["tokenFile"]))
        try:
            return path.read_text().strip()
        except OSError as problem:
            raise Unusable(f"the token file {path} can't be read: {problem.strerror}.") from None
    return str(user["token"]) if user.get("token") else None


def _ask_plugin(connection: Connection) -> dict[str, Any]:
    """Run the credential plugin and return its answer's ``status``. Raises ``Unusable``."""
    plugin = connection.user["exec"]
    version = plugin.get("apiVersion")
    if version not in VERSIONS:
        raise Unusable(f"{connection.origin} asks for a credential plugin of {version!r}; known are {VERSIONS}.")
    command = [str(plugin.get("command", "")), *map(str, plugin.get("args") or [])]
    spec: dict[str, Any] = {"interactive": False}
    if plugin.get("provideClusterInfo"):
        spec["cluster"] = {
            "server": connection.server,
            "certificate-authority-data": connection.cluster.get("certificate-authority-data"),
        }
    asked = json.dumps({"apiVersion": version, "kind": "ExecCredential", "spec": spec})
    more = {str(pair["name"]): str(pair["value"]) for pair in plugin.get("env") or []}
    environment = {**os.environ, **more, "KUBERNETES_EXEC_INFO": asked}
    shown = shlex.join(command)
    try:
        answer = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=EXEC_SECONDS, check=False
        )
        status = json.loads(answer.stdout)["status"] if answer.returncode == 0 else None
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise Unusable(f"the credential plugin {shown!r} does not run: {problem}.") from None
    except (ValueError, KeyError, TypeError):
        raise Unusable(f"the credential plugin {shown!r} answers no ExecCredential.") from None
    if not isinstance(status, dict):
        raise Unusable(f"the credential plugin {shown!r} ended with exit code {answer.returncode}.")
    return status
