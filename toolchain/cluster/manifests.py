"""What a new cluster holds before anybody deploys: definitions, the operators' roles, nodes.

Definitions and roles are the operators' own, from the modules that the operators are built from.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from toolchain.cluster.components import FAKE_NODES
from toolchain.cluster.identities import ADMINS
from toolchain.recipes import DEFINITIONS, KUBERNETES, KWOK, ROLLOUTS, SECRETS

Object = dict[str, Any]

ZONES = ("local-a", "local-b", "local-c")
REGION = "local"
NODES_PER_ZONE = 2
ROOM = {"cpu": "64", "memory": "512Gi", "ephemeral-storage": "1Ti", "pods": "500"}
"""What a node can take. Fake pods use nothing, so a node can be large."""
NAMESPACES = ("argo-rollouts", "external-secrets")
"""Where the operators' service accounts live."""
ACTION = re.compile(r"^\s*\{\{.*\}\}\s*$")
"""A line of a chart's template that decides about other lines."""


def definitions() -> list[Path]:
    """Files with custom resource definitions."""
    folders = (ROLLOUTS.result / "definitions", SECRETS.result / "definitions", *sorted(DEFINITIONS.result.iterdir()))
    return [file for folder in folders for file in sorted(folder.glob("*.yaml"))]


def objects() -> list[Object]:
    """Everything else, in the order that it must be made."""
    return [
        *(_named("v1", "Namespace", name) for name in NAMESPACES),
        _binding("golive:cluster-admins", "cluster-admin", {"kind": "Group", "name": ADMINS, **_RBAC}),
        *_of_module(KWOK.result / "manifests", None),
        *_of_module(ROLLOUTS.result / "manifests", "argo-rollouts"),
        *_external_secrets(),
        *nodes(),
    ]


def nodes() -> Iterator[Object]:
    """Fake nodes in three zones, so that spreading and disruption budgets mean something."""
    annotation, _, value = FAKE_NODES.partition("=")
    for zone in ZONES:
        for number in range(1, NODES_PER_ZONE + 1):
            name = f"{zone}-{number}"
            yield {
                "apiVersion": "v1",
                "kind": "Node",
                "metadata": {
                    "name": name,
                    "annotations": {annotation: value, "node.alpha.kubernetes.io/ttl": "0"},
                    "labels": {
                        "kubernetes.io/arch": "amd64",
                        "kubernetes.io/hostname": name,
                        "kubernetes.io/os": "linux",
                        "topology.kubernetes.io/region": REGION,
                        "topology.kubernetes.io/zone": zone,
                        "type": "kwok",
                    },
                },
                "status": {
                    "allocatable": ROOM,
                    "capacity": ROOM,
                    "nodeInfo": dict.fromkeys(
                        (
                            "bootID",
                            "containerRuntimeVersion",
                            "kernelVersion",
                            "kubeProxyVersion",
                            "machineID",
                            "osImage",
                            "systemUUID",
                        ),
                        "",
                    )
                    | {"architecture": "amd64", "kubeletVersion": KUBERNETES.version, "operatingSystem": "linux"},
                },
            }


def stages() -> str:
    """Configuration of kwok: what becomes of nodes, pods and volumes, in kwok's own words."""
    return "---\n".join(file.read_text(encoding="utf-8") for file in sorted((KWOK.result / "stages").glob("*.yaml")))


def as_list(items: list[Object]) -> str:
    """Write objects as one JSON document that kubectl applies."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


def chart_rules(template: str) -> list[Object]:
    """Read the controller's rules from a chart's template, with every part of it switched on.

    Lines that decide about others are dropped. Raises ``ValueError`` where the first document is no such template.
    """
    first = re.split(r"^---$", template, flags=re.MULTILINE)[0]
    lines = first.splitlines()
    start = next((number for number, line in enumerate(lines) if line == "rules:"), len(lines))
    kept = "\n".join(line for line in lines[start:] if not ACTION.match(line))
    read = yaml.safe_load(kept)
    rules: list[Object] = read["rules"] if isinstance(read, dict) else []
    if not rules or not all(rule.get("verbs") and rule.get("resources") for rule in rules):
        raise ValueError("the chart's template holds no rules")
    return rules


_RBAC = {"apiGroup": "rbac.authorization.k8s.io"}


def _external_secrets() -> list[Object]:
    name = namespace = "external-secrets"
    template = (SECRETS.result / "chart" / "rbac.yaml").read_text(encoding="utf-8")
    role = _named("rbac.authorization.k8s.io/v1", "ClusterRole", name)
    account = _named("v1", "ServiceAccount", name)
    account["metadata"]["namespace"] = namespace
    subject = {"kind": "ServiceAccount", "name": name, "namespace": namespace}
    return [account, {**role, "rules": chart_rules(template)}, _binding(name, name, subject)]


def _of_module(folder: Path, namespace: str | None) -> Iterator[Object]:
    for file in sorted(folder.rglob("*.yaml")):
        for found in yaml.safe_load_all(file.read_text(encoding="utf-8")):
            if not found:
                continue
            if namespace and found["kind"] == "ServiceAccount":
                found["metadata"]["namespace"] = namespace
            yield found


def _named(version: str, kind: str, name: str) -> Object:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}}


def _binding(name: str, role: str, subject: Object) -> Object:
    return {
        **_named("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", name),
        "roleRef": {**_RBAC, "kind": "ClusterRole", "name": role},
        "subjects": [subject],
    }
