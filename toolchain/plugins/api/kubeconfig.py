"""Which cluster a Kubernetes provider's settings and surroundings point to, and by whose credentials.

Follows client-go's rules: the provider's own kubeconfig, or else the files in ``KUBECONFIG`` (the first to
name an entry wins), or else ``~/.kube/config``, or else the service account of the pod that this runs in.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml

Entry: TypeAlias = Mapping[str, Any]
"""One object of a kubeconfig, as YAML or JSON reads it."""
FILES = ("certificate-authority", "client-certificate", "client-key", "tokenFile")
"""Keys that hold a path, which is relative to the kubeconfig's own folder."""
SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
CONNECTION = ("kubeconfig", "context", "cluster")
"""The provider's settings that say where the cluster is."""


class Unusable(Exception):  # noqa: N818 - the finding about a file
    """A kubeconfig that leads to no cluster: what was read, what is wrong in it, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A cluster and the user who speaks to it."""

    server: str
    """Base address, for example ``https://127.0.0.1:6443``, without a slash at the end."""
    cluster: Entry
    user: Entry
    namespace: str
    """The context's namespace, ``default`` where it names none."""
    origin: str
    """Where it was read, in words."""


def find(settings: Entry, environment: Mapping[str, str] = os.environ) -> Connection | None:
    """Return what the provider's settings select, or else what the surroundings do; ``None`` where there is nothing.

    ``settings`` may hold ``kubeconfig`` (a path, the text of a kubeconfig, or its content), ``context``, ``cluster``
    and ``namespace``. One that lists no clusters and no contexts selects none, and nothing is looked for beside it.
    Raises ``Unusable``.
    """
    given = settings.get("kubeconfig")
    if given:
        loaded = _loaded(given)
        named = loaded.get("clusters") or loaded.get("contexts")
        return _selected(loaded, settings, "the provider's kubeconfig") if named else None
    listed = [Path(part) for part in environment.get("KUBECONFIG", "").split(os.pathsep) if part]
    paths = listed or [Path(environment.get("HOME") or Path.home()) / ".kube" / "config"]
    found = [path for path in paths if path.is_file()]
    if found:
        merged: dict[str, Any] = {}
        for path in found:
            _merge(merged, _read(path))
        if merged.get("clusters"):
            return _selected(merged, settings, ", ".join(map(str, found)))
    return _in_cluster(environment)


def active_cluster(settings: Entry) -> Entry | None:
    """Return the cluster that ``kubeconfig``, ``context`` and ``cluster`` select; ``None`` where they select none."""
    try:
        loaded = _loaded(settings.get("kubeconfig") or {})
    except Unusable:
        return None
    context = _named(loaded, "contexts", settings.get("context") or loaded.get("current-context"), "context")
    return _named(loaded, "clusters", settings.get("cluster") or (context or {}).get("cluster"), "cluster")


def _loaded(given: object) -> dict[str, Any]:
    if isinstance(given, Mapping):
        return dict(given)
    text = str(given)
    path = Path(text).expanduser() if "\n" not in text and "{" not in text else None
    return _read(path) if path is not None else _parsed(text, "the provider's kubeconfig")


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as problem:
        raise Unusable(f"{path} can't be read as a kubeconfig: {problem}.") from None
    loaded = _parsed(text, str(path))
    for entry in _entries(loaded, "clusters", "cluster") + _entries(loaded, "users", "user"):
        entry.update({key: str(path.parent / entry[key]) for key in FILES if entry.get(key)})
    return loaded


def _parsed(text: str, origin: str) -> dict[str, Any]:
    try:
        loaded = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark is not None else ""
        raise Unusable(f"{origin} is no YAML{where}.") from None
    if not isinstance(loaded, dict):
        raise Unusable(f"{origin} holds no kubeconfig: expected clusters, contexts and users.")
    return loaded


def _entries(loaded: Entry, plural: str, singular: str) -> list[dict[str, Any]]:
    listed = loaded.get(plural)
    named = listed if isinstance(listed, list) else []
    return [one[singular] for one in named if isinstance(one, dict) and isinstance(one.get(singular), dict)]


def _merge(into: dict[str, Any], more: Entry) -> None:
    """Add what ``more`` names and ``into`` does not."""
    into.setdefault("current-context", None)
    into["current-context"] = into["current-context"] or more.get("current-context")
    for plural in ("clusters", "contexts", "users"):
        known = {entry.get("name") for entry in into.get(plural, [])}
        new = [one for one in more.get(plural) or [] if isinstance(one, dict) and one.get("name") not in known]
        into[plural] = [*into.get(plural, []), *new]


def _named(loaded: Entry, plural: str, name: object, singular: str) -> dict[str, Any] | None:
    listed = loaded.get(plural)
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, dict) and name is not None and entry.get("name") == name:
            found = entry.get(singular)
            return found if isinstance(found, dict) else None
    return None


def _selected(loaded: Entry, settings: Entry, origin: str) -> Connection:
    name = settings.get("context") or loaded.get("current-context")
    context = _named(loaded, "contexts", name, "context")
    if context is None and name:
        raise Unusable(f"{origin} has no context {name!r}: name another one in kubernetes:context.")
    chosen = settings.get("cluster") or (context or {}).get("cluster")
    if not chosen:
        raise Unusable(f"{origin} selects no cluster: set current-context in it, or kubernetes:context.")
    cluster = _named(loaded, "clusters", chosen, "cluster")
    if cluster is None or not isinstance(cluster.get("server"), str):
        raise Unusable(f"{origin} has no cluster {chosen!r} with a server.")
    user = (context or {}).get("user")
    known = _named(loaded, "users", user, "user")
    if user and known is None:
        raise Unusable(f"{origin} has no user {user!r}, whom its context {name!r} names.")
    namespace = settings.get("namespace") or (context or {}).get("namespace") or "default"
    return Connection(
        server=cluster["server"].rstrip("/"), cluster=cluster, user=known or {}, namespace=str(namespace), origin=origin
    )


def _in_cluster(environment: Mapping[str, str]) -> Connection | None:
    host, port = environment.get("KUBERNETES_SERVICE_HOST"), environment.get("KUBERNETES_SERVICE_PORT")
    token = SERVICE_ACCOUNT / "token"
    if not host or not port or not token.is_file():
        return None
    place = SERVICE_ACCOUNT / "namespace"
    return Connection(
        server=f"https://{f'[{host}]' if ':' in host else host}:{port}",
        cluster={"certificate-authority": str(SERVICE_ACCOUNT / "ca.crt")},
        user={"tokenFile": str(token)},
        namespace=place.read_text().strip() if place.is_file() else "default",
        origin="the service account of this pod",
    )
