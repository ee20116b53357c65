"""The cluster that a provider's settings point to: none, one that answers, or one that does not."""

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from toolchain.plugins.api.client import Client
from toolchain.plugins.api.errors import StatusError, Unreachable, Unsent
from toolchain.plugins.api.kubeconfig import Connection, Unusable, find
from toolchain.plugins.values import Properties, has_unknown, plain

NONE = "no kubeconfig names a cluster"
CURE = "Start the cluster (make cluster), or name another one in KUBECONFIG or kubernetes:kubeconfig."


@dataclass(frozen=True, kw_only=True)
class Options:
    """The provider's settings that say how objects are deployed."""

    upsert: bool
    """Whether an object that exists already is taken over by a creation."""
    patch_force: bool
    """Whether fields are taken from other field managers."""
    delete_unreachable: bool
    """Whether what a cluster holds that does not answer counts as gone."""
    skip_update_unreachable: bool
    """Whether a refresh leaves the state as it is where the cluster does not answer."""
    server_side_apply: bool

    @classmethod
    def of(cls, settings: Properties, environment: Mapping[str, str] = os.environ) -> "Options":
        """Read the settings, and where one is missing its environment variable."""

        def said(setting: str, variable: str, *, default: bool = False) -> bool:
            given = settings.get(setting)
            if given is not None:
                return given is True or given == "true"
            return environment[variable] == "true" if variable in environment else default

        return cls(
            upsert=said("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
            patch_force=said("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
            delete_unreachable=said("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
            skip_update_unreachable=said("skipUpdateUnreachable", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"),
            server_side_apply=said("enableServerSideApply", "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", default=True),
        )


class Cluster:
    """Connects when it is first needed, once. Safe to use from several threads."""

    def __init__(self, settings: Properties, environment: Mapping[str, str] = os.environ) -> None:
        self._settings = settings
        self._environment = environment
        self._lock = threading.Lock()
        self._tried = False
        self._client: Client | None = None
        self.why = ""
        """Why there is no client, in words; empty where there is one."""
        self.configured = False
        """Whether there is a kubeconfig at all."""

    def client(self) -> Client | None:
        """Return a client of the cluster, or ``None`` where ``why`` says the reason."""
        with self._lock:
            if not self._tried:
                self._tried = True
                try:
                    self._client = self._connected()
                except Unusable as problem:
                    self.configured, self.why = True, str(problem)
            return self._client

    @property
    def namespace(self) -> str | None:
        """The namespace of objects that name none, where the settings or the kubeconfig say one."""
        given = self._settings.get("namespace")
        if isinstance(given, str) and given:
            return given
        try:
            connection = None if has_unknown(self._settings) else self._found()
        except Unusable:
            return None
        return connection.namespace if connection else None

    def _found(self) -> Connection | None:
        known = plain(self._settings)
        return find(known if isinstance(known, dict) else {}, self._environment)

    def _connected(self) -> Client | None:
        connection = None if has_unknown(self._settings.get("kubeconfig")) else self._found()
        if connection is None:
            self.why = NONE
            return None
        self.configured = True
        # HTTP and TLS take a while to load, and nobody needs them without a cluster.
        from toolchain.plugins.api.transport import Transport  # noqa: PLC0415 - as above

        client = Client(Transport(connection))
        if problem := _silent(client):
            self.why = f"{problem} (from {connection.origin})"
            return None
        return client


def _silent(client: Client) -> str:
    """Say why nothing can be asked of the cluster; nothing where it answers, be it that it is not ready yet."""
    try:
        client.version()
    except Unsent as problem:
        return str(problem)
    except StatusError as problem:
        return f"{client.server} answers: {problem}" if problem.code == HTTPStatus.UNAUTHORIZED else ""
    except Unreachable:
        return ""
    return ""
