"""Manifests to measure on: realistic services, one in eight with a mistake, the same ones in every run."""

import random
from collections.abc import Callable, Iterator
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

import yaml

Manifest = dict[str, Any]

SEED = 20
SERVICES = 12
"""Services in one namespace."""
BAD = 8
"""One service in so many has a mistake."""

LABEL = "app.kubernetes.io/name"


def manifests(size: int) -> list[Manifest]:
    """Return ``size`` objects, whole namespaces as far as they fit."""
    dice = random.Random(SEED)  # noqa: S311 - the same manifests in every run
    return list(islice(chain.from_iterable(_namespace(number, dice) for number in count()), size))


def write(found: list[Manifest], path: Path) -> None:
    """Write one file of many documents."""

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # as PyYAML is built
        """Writes everything out, as programs that render manifests do."""

        def ignore_aliases(self, _: object) -> bool:
            return True

    with path.open("w", encoding="utf-8") as opened:
        yaml.dump_all(found, opened, Dumper=Dumper, sort_keys=False, explicit_start=True)


def _namespace(number: int, dice: random.Random) -> Iterator[Manifest]:
    home = f"team-{number:04}"
    levels = dict.fromkeys(("enforce", "audit", "warn"), "restricted")
    labels = {f"pod-security.kubernetes.io/{level}": value for level, value in levels.items()}
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": home, "labels": labels}}
    yield _object("v1", "ResourceQuota", home, "quota", spec={"hard": {"requests.cpu": "40", "limits.memory": "80Gi"}})
    limit = {"type": "Container", "default": {"memory": "256Mi"}, "defaultRequest": {"cpu": "50m", "memory": "256Mi"}}
    yield _object("v1", "LimitRange", home, "defaults", spec={"limits": [limit]})
    both = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    yield _object("networking.k8s.io/v1", "NetworkPolicy", home, "default-deny", spec=both)
    yield _object("networking.k8s.io/v1", "NetworkPolicy", home, "dns", spec=_dns())
    for position in range(SERVICES):
        mistake = dice.choice(MISTAKES) if dice.randrange(BAD) == 0 else _none
        yield from _service(home, f"service-{position:02}", position, mistake)


def _service(home: str, name: str, position: int, mistake: Callable[[Manifest], None]) -> Iterator[Manifest]:
    workload = _workload(home, name, position)
    mistake(workload)
    yield workload
    port = {"name": "http", "port": 80, "targetPort": "http"}
    yield _object("v1", "Service", home, name, spec={"selector": {LABEL: name}, "ports": [port]})
    yield _object("v1", "ServiceAccount", home, name, automountServiceAccountToken=False)
    yield _object("v1", "ConfigMap", home, name, data={f"SETTING_{i}": f"value-{i}" for i in range(12)})
    yield _object("networking.k8s.io/v1", "NetworkPolicy", home, name, spec=_neighbours(name, position))
    budget = {"maxUnavailable": 1, "selector": {"matchLabels": {LABEL: name}}}
    yield _object("policy/v1", "PodDisruptionBudget", home, name, spec=budget)
    if workload["kind"] != "StatefulSet":
        yield _object("autoscaling/v2", "HorizontalPodAutoscaler", home, name, spec=_scaler(workload))
    rules = [{"apiGroups": [""], "resources": ["configmaps"], "resourceNames": [name], "verbs": ["get", "watch"]}]
    yield _object("rbac.authorization.k8s.io/v1", "Role", home, name, rules=rules)
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name}
    account = {"kind": "ServiceAccount", "name": name, "namespace": home}
    yield _object("rbac.authorization.k8s.io/v1", "RoleBinding", home, name, roleRef=role, subjects=[account])
    if position % 3 == 0:
        yield _object("networking.k8s.io/v1", "Ingress", home, name, spec=_ingress(home, name))
    if position % 4 == 0:
        yield _cron_job(home, name)


def _object(api_version: str, kind: str, home: str, name: str, **fields: Any) -> Manifest:  # noqa: ANN401 - JSON
    metadata = {"name": name, "namespace": home, "labels": {LABEL: name, "app.kubernetes.io/part-of": home}}
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **fields}


def _workload(home: str, name: str, position: int) -> Manifest:
    api_version, kind = (
        ("apps/v1", "Deployment"),
        ("argoproj.io/v1alpha1", "Rollout"),
        ("apps/v1", "StatefulSet"),
        ("apps/v1", "Deployment"),
    )[position % 4]
    labels = {LABEL: name, "app.kubernetes.io/part-of": home}
    template = {"metadata": {"labels": labels}, "spec": _pod(name, position)}
    spec: dict[str, Any] = {"replicas": 3, "selector": {"matchLabels": {LABEL: name}}, "template": template}
    if kind == "StatefulSet":
        spec["serviceName"] = name
    elif kind == "Rollout":
        pause = {"pause": {"duration": "10m"}}
        spec["strategy"] = {"canary": {"steps": [{"setWeight": 10}, pause, {"setWeight": 50}, pause]}}
        spec["progressDeadlineAbort"] = True
    else:
        spec["strategy"] = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    return _object(api_version, kind, home, name, spec=spec)


def _pod(name: str, position: int) -> Manifest:
    spread = {"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "ScheduleAnyway"}
    containers = [_container("api", 8080)]
    if position % 2:
        containers.append(_container("exporter", 9100))
    return {
        "serviceAccountName": name,
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 45,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
        "topologySpreadConstraints": [{**spread, "labelSelector": {"matchLabels": {LABEL: name}}}],
        "initContainers": [_short("migrate")],
        "containers": containers,
        "volumes": [
            {"name": "scratch", "emptyDir": {"sizeLimit": "64Mi"}},
            {"name": "settings", "configMap": {"name": name}},
        ],
    }


def _short(name: str) -> Manifest:
    return {
        "name": name,
        "image": f"registry.example.com/team/{name}:1.4.2",
        "command": ["/bin/run", "--once"],
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"cpu": "500m", "memory": "128Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "scratch", "mountPath": "/tmp"}],  # noqa: S108 - inside the container
    }


def _container(name: str, port: int) -> Manifest:
    secret = {"secretKeyRef": {"name": "database", "key": "url"}}
    return {
        **_short(name),
        "ports": [{"name": "http" if name == "api" else "metrics", "containerPort": port}],
        "env": [{"name": f"SETTING_{i}", "value": f"value-{i}"} for i in range(6)]
        + [{"name": "DATABASE_URL", "valueFrom": secret}],
        "livenessProbe": {"httpGet": {"path": "/live", "port": port}, "periodSeconds": 10, "failureThreshold": 3},
        "readinessProbe": {"httpGet": {"path": "/ready", "port": port}, "periodSeconds": 5},
        "lifecycle": {"preStop": {"exec": {"command": ["sleep", "5"]}}},
    }


def _scaler(workload: Manifest) -> Manifest:
    target = {"apiVersion": workload["apiVersion"], "kind": workload["kind"], "name": workload["metadata"]["name"]}
    cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}
    metrics = [{"type": "Resource", "resource": cpu}]
    return {"scaleTargetRef": target, "minReplicas": 3, "maxReplicas": 9, "metrics": metrics}


def _dns() -> Manifest:
    cluster_dns = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
    }
    ports = [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]
    return {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [cluster_dns], "ports": ports}]}


def _neighbours(name: str, position: int) -> Manifest:
    def peer(number: int) -> Manifest:
        return {"podSelector": {"matchLabels": {LABEL: f"service-{number % SERVICES:02}"}}}

    return {
        "podSelector": {"matchLabels": {LABEL: name}},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": [peer(position + 1)], "ports": [{"port": 8080}]}],
        "egress": [{"to": [peer(position - 1)], "ports": [{"port": 8080}]}],
    }


def _ingress(home: str, name: str) -> Manifest:
    host = f"{name}.{home}.example.com"
    backend = {"service": {"name": name, "port": {"name": "http"}}}
    paths = [{"path": "/", "pathType": "Prefix", "backend": backend}]
    tls = [{"hosts": [host], "secretName": f"{name}-tls"}]
    return {"ingressClassName": "edge", "tls": tls, "rules": [{"host": host, "http": {"paths": paths}}]}


def _cron_job(home: str, name: str) -> Manifest:
    """A service's nightly report, which runs as the service does."""
    pod = {**_pod(name, 0), "restartPolicy": "Never", "containers": [_short("report")]}
    job = {"backoffLimit": 2, "activeDeadlineSeconds": 600, "template": {"spec": pod}}
    job_template = {"spec": {**job, "ttlSecondsAfterFinished": 3600}}
    spec = {"schedule": "17 3 * * *", "concurrencyPolicy": "Forbid", "startingDeadlineSeconds": 300}
    return _object("batch/v1", "CronJob", home, f"{name}-report", spec={**spec, "jobTemplate": job_template})


def _none(_: Manifest) -> None:
    """Make no mistake."""


def _main(workload: Manifest) -> Manifest:
    container: Manifest = workload["spec"]["template"]["spec"]["containers"][0]
    return container


def _latest(workload: Manifest) -> None:
    _main(workload)["image"] = "registry.example.com/team/api:latest"


def _unlimited(workload: Manifest) -> None:
    del _main(workload)["resources"]


def _privileged(workload: Manifest) -> None:
    _main(workload)["securityContext"] = {"privileged": True}


def _unprobed(workload: Manifest) -> None:
    del _main(workload)["livenessProbe"], _main(workload)["readinessProbe"]


def _host(workload: Manifest) -> None:
    pod = workload["spec"]["template"]["spec"]
    pod.update(hostNetwork=True, hostPID=True)
    pod["volumes"].append({"name": "root", "hostPath": {"path": "/"}})


def _unrelated(workload: Manifest) -> None:
    workload["spec"]["selector"] = {"matchLabels": {LABEL: "nobody"}}


MISTAKES: tuple[Callable[[Manifest], None], ...] = (_latest, _unlimited, _privileged, _unprobed, _host, _unrelated)
"""What may be wrong with a workload."""
