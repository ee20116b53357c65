"""Which cluster a Kubernetes provider's settings point to."""

from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from toolchain.plugins.provider import inside
from toolchain.plugins.values import Properties, Value


def active_cluster(settings: Properties) -> Value:
    """Return the cluster that ``kubeconfig``, ``context`` and ``cluster`` select; ``None`` where they select none.

    ``kubeconfig`` holds the text of a kubeconfig, its content as an object, or the path of a file.
    """
    loaded = _loaded(settings.get("kubeconfig"))
    context = _named(loaded, "contexts", settings.get("context") or loaded.get("current-context"), "context")
    return _named(loaded, "clusters", settings.get("cluster") or context.get("cluster"), "cluster") or None


def _loaded(given: Value) -> Properties:
    if isinstance(given, dict):
        return given
    if not isinstance(given, str) or not given:
        return {}
    try:
        text = given if "\n" in given or "{" in given else Path(given).expanduser().read_text()
        loaded = YAML(typ="safe", pure=True).load(StringIO(text))
    except (OSError, YAMLError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _named(loaded: Properties, plural: str, name: Value, singular: str) -> Properties:
    """Return the entry ``name`` of one of a kubeconfig's lists."""
    entries = loaded.get(plural)
    for entry in map(inside, entries if isinstance(entries, list) else []):
        if entry.get("name") == name and name is not None:
            return inside(entry.get(singular))
    return {}
