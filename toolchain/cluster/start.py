"""What the supervisor does from its first breath: ports, certificates, components, manifests.

``python -m toolchain.cluster.start`` runs one cluster until it is told to stop.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence

import yaml

from toolchain.cluster import health, identities, manifests, ports
from toolchain.cluster.components import PORTS, WITHOUT_PROMETHEUS, Component, Plan
from toolchain.cluster.layout import HERE, Layout
from toolchain.cluster.processes import identify, sign
from toolchain.cluster.record import Phase, Record, Seen, State, read
from toolchain.cluster.supervisor import Supervisor
from toolchain.locks import take
from toolchain.recipes import KUBERNETES

LOCK_SECONDS = 5.0
"""Who only looks whether the lock is held holds it for a moment; another supervisor holds it for good."""
SERVING = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")


def prepare(layout: Layout, plan: Plan) -> None:
    """Write all that the components read: certificates, kubeconfigs, configuration."""
    layout.folder.chmod(0o700)
    for folder in (layout.private, layout.data, layout.logs, layout.generated):
        folder.mkdir(mode=0o700, exist_ok=True)
    _certificates(layout, plan)
    (layout.generated / "stages.yaml").write_text(manifests.stages(), encoding="utf-8")
    (layout.generated / "objects.json").write_text(manifests.as_list(manifests.objects()), encoding="utf-8")
    (layout.generated / "prometheus.yaml").write_text(yaml.safe_dump(plan.scraped()), encoding="utf-8")


def _certificates(layout: Layout, plan: Plan) -> None:
    trusted = identities.authority(layout.private, "authority")
    database = identities.authority(layout.private, "etcd-authority")
    identities.issue(database, identities.Identity("etcd"), server=True).write(layout.private, "etcd")
    identities.issue(database, identities.Identity("kube-apiserver")).write(layout.private, "etcd-client")
    proxy = identities.authority(layout.private, "front-proxy-authority")
    identities.issue(proxy, identities.Identity("front-proxy-client")).write(layout.private, "front-proxy-client")
    identities.signing_key(layout.private, "service-accounts")
    for name in SERVING:
        identities.issue(trusted, identities.Identity(name), server=True).write(layout.private, name)
    for name, identity in identities.IDENTITIES.items():
        client = identities.issue(trusted, identity)
        kubeconfig = identities.kubeconfig(plan.server, trusted, client)
        identities.write_private(layout.private / f"{name}.kubeconfig", kubeconfig)
        if name in ("supervisor", "prometheus"):  # these read certificates, not kubeconfigs
            client.write(layout.private, name)
    identities.write_private(layout.kubeconfig, (layout.private / "admin.kubeconfig").read_bytes())


def prometheus(plan: Plan) -> Component | Seen:
    """Prometheus from ``PATH``, or what the record says where there is none."""
    found = shutil.which("prometheus")
    if found is None:
        return Seen(name="prometheus", state=State.MISSING, version="", port=0, said=WITHOUT_PROMETHEUS)
    return plan.prometheus(found, _version(found))


def _version(found: str) -> str:
    """Read the third word of "prometheus, version 2.42.0"; an empty string where the answer is another."""
    try:
        answer = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    words = re.match(r"prometheus, version (\S+)", answer.stdout or answer.stderr)
    return words[1].rstrip(",") if words else ""


def apply(layout: Layout, supervisor: Supervisor) -> None:
    """Server-side apply definitions, roles and nodes, and wait until the definitions are served."""
    kubectl = [
        str(KUBERNETES.result / "kubectl"),
        f"--kubeconfig={layout.private / 'supervisor.kubeconfig'}",
        f"--cache-dir={layout.generated / 'kubectl'}",
    ]
    applied = [*kubectl, "apply", "--server-side", "--force-conflicts", "--field-manager=golive-cluster"]
    files = [*manifests.definitions(), layout.generated / "objects.json"]
    supervisor.note(Phase.STARTING, f"applying {len(files) - 1} files of definitions, and roles and nodes")
    supervisor.run([*applied, *(f"--filename={file}" for file in files)], "kubectl")
    served = ["wait", "--for=condition=Established", "customresourcedefinition", "--all", "--timeout=60s"]
    supervisor.run([*kubectl, *served], "kubectl")


def run(layout: Layout) -> None:
    """Run the cluster in ``layout`` to its end."""
    before = read(layout.record)
    plan = Plan(layout, ports.choose(PORTS, before.ports if before else {}))
    prepare(layout, plan)
    optional = prometheus(plan)
    missing = [optional] if isinstance(optional, Seen) else []
    present = [optional] if isinstance(optional, Component) else []
    controllers = [plan.controller_manager(), plan.scheduler(), plan.kwok(), plan.rollouts(), plan.secrets(), *present]
    record = Record(
        folder=os.path.realpath(layout.folder),
        phase=Phase.STARTING,
        supervisor=identify(os.getpid()),
        server=plan.server,
        prometheus=plan.prometheus_address if present else None,
        ports=plan.ports,
    )
    supervisor = Supervisor(layout, record, [plan.etcd(), plan.api_server(), *controllers], missing)
    supervisor.stop_when_asked()
    supervisor.live(lambda: _begin(layout, plan, supervisor, [each.name for each in controllers]))


def _begin(layout: Layout, plan: Plan, supervisor: Supervisor, controllers: Sequence[str]) -> None:
    supervisor.start(["etcd"])
    supervisor.start(["kube-apiserver"])
    apply(layout, supervisor)
    supervisor.start(controllers)
    _, version = health.ask(f"{plan.server}/version", health.context(layout.private, "supervisor"))
    supervisor.note(Phase.RUNNING, version=json.loads(version)["gitVersion"])


def main() -> int:
    """Run this checkout's cluster, unless it runs already."""
    lock = take(HERE.lock, LOCK_SECONDS)
    if lock is None:
        return 1
    with lock:
        sign(lock)
        run(HERE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
