"""The processes of the cluster, all on loopback: what each is started with, and where it says that it is well."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from toolchain.cluster.layout import Layout
from toolchain.recipes import ETCD, KUBERNETES, KWOK, ROLLOUTS, SECRETS, Recipe

PORTS = (
    "etcd",
    "etcd-peer",
    "etcd-health",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kwok",
    "argo-rollouts",
    "argo-rollouts-metrics",
    "external-secrets",
    "prometheus",
)
"""Names of the ports that the components listen on."""
WITHOUT_PROMETHEUS = (
    "not on PATH: the analyses of canaries have nobody to ask. Install Debian's package, or put on PATH "
    "what `make prometheus` builds"
)
"""What the cluster lacks without it."""
SERVICES = "10.96.0.0/16"
PODS = "10.0.0.1/16"
ISSUER = "https://kubernetes.default.svc.cluster.local"
FAKE_NODES = "kwok.x-k8s.io/node=fake"
"""Annotation of the nodes that kwok plays the kubelet of."""


@dataclass(frozen=True, kw_only=True)
class Component:
    """One process under supervision."""

    name: str
    version: str
    command: tuple[str, ...]
    port: int
    """The one that others speak to, or that its health is asked on."""
    health: str
    """Address that answers 200 when it is well."""
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What the command lines are made from."""

    layout: Layout
    ports: Mapping[str, int]

    @property
    def server(self) -> str:
        """Address of the API server."""
        return f"https://127.0.0.1:{self.ports['kube-apiserver']}"

    @property
    def prometheus_address(self) -> str:
        """Address of Prometheus, where it runs."""
        return f"http://127.0.0.1:{self.ports['prometheus']}"

    def etcd(self) -> Component:
        """The database. Without fsync, a crash of the machine may cost its data, which ``make up`` makes again."""
        client, peer, health = (
            f"{scheme}://127.0.0.1:{self.ports[name]}"
            for scheme, name in (("https", "etcd"), ("https", "etcd-peer"), ("http", "etcd-health"))
        )
        options = {
            "name": "golive",
            "data-dir": self.layout.data / "etcd",
            "listen-client-urls": client,
            "advertise-client-urls": client,
            "listen-peer-urls": peer,
            "initial-advertise-peer-urls": peer,
            "initial-cluster": f"golive={peer}",
            "listen-metrics-urls": health,
            "client-cert-auth": "true",
            "trusted-ca-file": self._file("etcd-authority.crt"),
            "cert-file": self._file("etcd.crt"),
            "key-file": self._file("etcd.key"),
            "peer-client-cert-auth": "true",
            "peer-trusted-ca-file": self._file("etcd-authority.crt"),
            "peer-cert-file": self._file("etcd.crt"),
            "peer-key-file": self._file("etcd.key"),
            "unsafe-no-fsync": "true",
            "auto-compaction-retention": "1h",
        }
        return self._built(ETCD, "etcd", options, f"{health}/health")

    def api_server(self) -> Component:
        """The API server: RBAC, Pod Security and the usual admission, nobody without a certificate or a token."""
        options = {
            "bind-address": "127.0.0.1",
            "secure-port": self.ports["kube-apiserver"],
            "advertise-address": "127.0.0.1",
            "endpoint-reconciler-type": "none",
            "etcd-servers": f"https://127.0.0.1:{self.ports['etcd']}",
            "etcd-cafile": self._file("etcd-authority.crt"),
            "etcd-certfile": self._file("etcd-client.crt"),
            "etcd-keyfile": self._file("etcd-client.key"),
            "client-ca-file": self._file("authority.crt"),
            "tls-cert-file": self._file("kube-apiserver.crt"),
            "tls-private-key-file": self._file("kube-apiserver.key"),
            "anonymous-auth": "false",
            "authorization-mode": "Node,RBAC",
            "enable-admission-plugins": "NodeRestriction",
            "allow-privileged": "true",  # as every installer sets it: Pod Security decides who may
            "proxy-client-cert-file": self._file("front-proxy-client.crt"),
            "proxy-client-key-file": self._file("front-proxy-client.key"),
            "requestheader-client-ca-file": self._file("front-proxy-authority.crt"),
            "requestheader-allowed-names": "front-proxy-client",
            "requestheader-extra-headers-prefix": "X-Remote-Extra-",
            "requestheader-group-headers": "X-Remote-Group",
            "requestheader-username-headers": "X-Remote-User",
            "service-account-issuer": ISSUER,
            "service-account-key-file": self._file("service-accounts.pub"),
            "service-account-signing-key-file": self._file("service-accounts.key"),
            "service-cluster-ip-range": SERVICES,
            "profiling": "false",
        }
        return self._kubernetes("kube-apiserver", options, "readyz")

    def controller_manager(self) -> Component:
        """The controllers of Kubernetes, each with its own service account."""
        options = {
            **self._delegating("kube-controller-manager"),
            "use-service-account-credentials": "true",
            "service-account-private-key-file": self._file("service-accounts.key"),
            "root-ca-file": self._file("authority.crt"),
        }
        return self._kubernetes("kube-controller-manager", options, "healthz")

    def scheduler(self) -> Component:
        """The scheduler."""
        return self._kubernetes("kube-scheduler", self._delegating("kube-scheduler"), "readyz")

    def kwok(self) -> Component:
        """The kubelet of the fake nodes: pods get ready, jobs complete, volumes are bound; no container runs."""
        options = {
            "kubeconfig": self._file("kwok.kubeconfig"),
            "config": self.layout.generated / "stages.yaml",
            "manage-nodes-with-annotation-selector": FAKE_NODES,
            "node-lease-duration-seconds": 40,
            "cidr": PODS,
            "server-address": f"127.0.0.1:{self.ports['kwok']}",
        }
        return self._built(KWOK, "kwok", options)

    def rollouts(self) -> Component:
        """The controller of Argo Rollouts."""
        options = {
            "kubeconfig": self._file("argo-rollouts.kubeconfig"),
            "healthzPort": self.ports["argo-rollouts"],
            "metricsPort": self.ports["argo-rollouts-metrics"],
            "leader-elect": "false",
        }
        return self._built(ROLLOUTS, "rollouts-controller", options)

    def secrets(self) -> Component:
        """The controller of External Secrets, with the fake store alone."""
        options = {"live-addr": f"127.0.0.1:{self.ports['external-secrets']}", "metrics-addr": "0"}
        connected = {"KUBECONFIG": self._file("external-secrets.kubeconfig")}
        return replace(self._built(SECRETS, "external-secrets", options), environment=connected)

    def prometheus(self, executable: str, version: str) -> Component:
        """Prometheus, which the analyses of canaries ask."""
        options = {
            "config.file": self.layout.generated / "prometheus.yaml",
            "storage.tsdb.path": self.layout.data / "prometheus",
            "storage.tsdb.retention.time": "2d",
            "web.listen-address": f"127.0.0.1:{self.ports['prometheus']}",
        }
        return Component(
            name="prometheus",
            version=version,
            command=(executable, *_options(options)),
            port=self.ports["prometheus"],
            health=f"{self.prometheus_address}/-/ready",
        )

    def scraped(self) -> dict[str, object]:
        """Configuration of Prometheus: the API server and the rollouts controller are what is real here."""
        return {
            "global": {"scrape_interval": "5s", "evaluation_interval": "5s"},
            "scrape_configs": [
                {
                    "job_name": "kube-apiserver",
                    "scheme": "https",
                    "tls_config": {
                        "ca_file": self._file("authority.crt"),
                        "cert_file": self._file("prometheus.crt"),
                        "key_file": self._file("prometheus.key"),
                    },
                    "static_configs": [{"targets": [self.server.removeprefix("https://")]}],
                },
                {
                    "job_name": "argo-rollouts",
                    "static_configs": [{"targets": [f"127.0.0.1:{self.ports['argo-rollouts-metrics']}"]}],
                },
            ],
        }

    def _delegating(self, name: str) -> dict[str, object]:
        """Options of a component that asks the API server who speaks to it."""
        own = self._file(f"{name}.kubeconfig")
        return {
            "bind-address": "127.0.0.1",
            "secure-port": self.ports[name],
            "tls-cert-file": self._file(f"{name}.crt"),
            "tls-private-key-file": self._file(f"{name}.key"),
            "kubeconfig": own,
            "authentication-kubeconfig": own,
            "authorization-kubeconfig": own,
            "leader-elect": "false",
            "profiling": "false",
        }

    def _kubernetes(self, name: str, options: Mapping[str, object], health: str) -> Component:
        return Component(
            name=name,
            version=KUBERNETES.version,
            command=(str(KUBERNETES.result / name), *_options(options)),
            port=self.ports[name],
            health=f"https://127.0.0.1:{self.ports[name]}/{health}",
        )

    def _built(self, recipe: Recipe, executable: str, options: Mapping[str, object], health: str = "") -> Component:
        """The one component that a recipe builds, named as the recipe; it says that it is well as most do."""
        port = self.ports[recipe.name]
        return Component(
            name=recipe.name,
            version=recipe.version,
            command=(str(recipe.result / executable), *_options(options)),
            port=port,
            health=health or f"http://127.0.0.1:{port}/healthz",
        )

    def _file(self, name: str) -> str:
        return str(self.layout.private / name)


def _options(values: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(f"--{name}={value}" for name, value in values.items())
