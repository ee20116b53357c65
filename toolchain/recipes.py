"""What the toolchain builds from Go modules: the engine, and the parts of a real Kubernetes.

Each recipe has a folder of its name in ``modules/``, whose ``go.mod`` and ``go.sum`` pin every module by hash;
``modules/go.lock`` pins the Go that compiles them (a Python package, so that nothing depends on a system Go).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from toolchain.golang import LOCK
from toolchain.paths import cache

MODULES = Path(__file__).parent / "modules"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Files of a module that are needed as they are; a pattern that matches nothing fails the build."""

    module: str
    pattern: str
    folder: str = "."
    """Where in the result they go."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A change to one file of a module before it is compiled; a pattern that matches nothing fails the build."""

    module: str
    file: str
    pattern: str
    """A regular expression; every match is replaced."""
    replacement: str


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One thing to build; its result is a folder with executables and kept files."""

    name: str
    version: str
    """As upstream tags it, with its ``v`` where it has one; the first part of the result's folder name."""
    packages: Mapping[str, str] = field(default_factory=dict)
    """Name of the executable to the Go package it is built from."""
    flags: str = ""
    """What the linker gets besides stripping: where upstream's own build writes the version."""
    tags: str = ""
    """Which optional parts of a module are compiled, or left out."""
    edits: tuple[Edit, ...] = ()
    kept: tuple[Kept, ...] = ()
    takes: str
    """How long and how much, in the words of the line that announces the build."""

    @property
    def pins(self) -> Path:
        """Folder with the pinned modules."""
        return MODULES / self.name

    @property
    def result(self) -> Path:
        """Folder of the finished build, in the cache; another name for every change of pins, flags, tags or edits."""
        digest = hashlib.sha256()
        digest.update(repr((sorted(self.packages.items()), self.flags, self.edits, self.kept)).encode())
        digest.update(self.tags.encode())
        for file in (LOCK, *sorted(self.pins.iterdir())):
            digest.update(file.read_bytes())
        return cache() / "built" / f"{self.name}-{self.version}-{digest.hexdigest()[:10]}"

    @property
    def done(self) -> bool:
        """Whether it was built before; a result appears whole or not at all."""
        return self.result.is_dir()


ENGINE_SDK = "github.com/pulumi/pulumi/sdk/v3"
LAUNCHER = "pulumi-language-python-exec"


def engine(version: str) -> Recipe:
    """Return the recipe of the Pulumi engine, with the script that the language host starts programs with."""
    return Recipe(
        name="pulumi",
        version=version,
        packages={"pulumi": "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"},
        flags=f"-X {ENGINE_SDK}/go/common/version.Version={version}",
        kept=(Kept(module=ENGINE_SDK, pattern=f"python/cmd/{LAUNCHER}"),),
        takes="some 5 minutes on two cores, 3 GB of disk meanwhile",
    )


KUBERNETES = Recipe(
    name="kubernetes",
    version="v1.36.3",
    packages={
        name: f"k8s.io/kubernetes/cmd/{name}"
        for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")
    },
    flags=" ".join(
        f"-X k8s.io/component-base/version.{symbol}={value}"
        for symbol, value in (("gitVersion", "v1.36.3"), ("gitMajor", "1"), ("gitMinor", "36"))
    ),
    takes="some 6 minutes on two cores",
)

ETCD = Recipe(
    name="etcd",
    version="v3.6.8",
    packages={"etcd": "go.etcd.io/etcd/server/v3"},
    takes="half a minute",
)

_KWOK = "sigs.k8s.io/kwok"
KWOK = Recipe(
    name="kwok",
    version="v0.8.0",
    packages={"kwok": f"{_KWOK}/cmd/kwok"},
    flags=f"-X {_KWOK}/pkg/consts.Version=v0.8.0",
    kept=(
        *(
            Kept(module=_KWOK, pattern=f"kustomize/stage/{kind}/[np]*-*.yaml", folder="stages")
            for kind in ("node/fast", "node/heartbeat-with-lease", "pod/fast")
        ),
        Kept(module=_KWOK, pattern="kustomize/stage/volume/fast/p*-*.yaml", folder="stages"),
        Kept(module=_KWOK, pattern="kustomize/stage/volume/fast/storage-class.yaml", folder="manifests/volume"),
        Kept(module=_KWOK, pattern="kustomize/stage/volume/rbac/role*.yaml", folder="manifests/volume"),
        Kept(module=_KWOK, pattern="kustomize/rbac/[fsr]*_*.yaml", folder="manifests"),
        Kept(module=_KWOK, pattern="kustomize/rbac/role.yaml", folder="manifests"),
    ),
    takes="some 2 minutes",
)

_ROLLOUTS = "github.com/argoproj/argo-rollouts"
ROLLOUTS = Recipe(
    name="argo-rollouts",
    version="v1.10.2",
    packages={"rollouts-controller": f"{_ROLLOUTS}/cmd/rollouts-controller"},
    flags=f"-X {_ROLLOUTS}/utils/version.version=v1.10.2",
    edits=(
        # It has no option for the address that it listens on, and a laptop's neighbours have no business there.
        Edit(module=_ROLLOUTS, file="controller/controller.go", pattern=r"0\.0\.0\.0:%d", replacement="127.0.0.1:%d"),
    ),
    kept=(
        Kept(module=_ROLLOUTS, pattern="manifests/crds/*-crd.yaml", folder="definitions"),
        Kept(module=_ROLLOUTS, pattern="manifests/base/argo-rollouts-sa.yaml", folder="manifests"),
        Kept(module=_ROLLOUTS, pattern="manifests/role/argo-rollouts-clusterrole.yaml", folder="manifests"),
        Kept(
            module=_ROLLOUTS,
            pattern="manifests/cluster-install/argo-rollouts-clusterrolebinding.yaml",
            folder="manifests",
        ),
    ),
    takes="some 4 minutes",
)

_SECRETS = "github.com/external-secrets/external-secrets"
SECRETS = Recipe(
    name="external-secrets",
    # The last one before upstream moved its API into nested modules, which no module proxy serves.
    version="v0.20.4",
    packages={"external-secrets": _SECRETS},
    edits=(
        # Forty vendors' clients for a cluster whose only store is the fake one would take half an hour to compile.
        Edit(
            module=_SECRETS,
            file="pkg/provider/register/register.go",
            pattern=r'\t_ ".*/pkg/provider/(?!fake")[^"]*"\n',
            replacement="",
        ),
        Edit(
            module=_SECRETS,
            file="pkg/generator/register/register.go",
            pattern=r'\t_ ".*/pkg/generator/(?!fake")[^"]*"\n',
            replacement="",
        ),
    ),
    kept=(
        Kept(module=_SECRETS, pattern="config/crds/bases/*external-secrets.io_*.yaml", folder="definitions"),
        Kept(module=_SECRETS, pattern="deploy/charts/external-secrets/templates/rbac.yaml", folder="chart"),
    ),
    takes="some 2 minutes",
)

DEFINITIONS = Recipe(
    name="definitions",
    version="1",
    kept=(
        Kept(module="istio.io/api", pattern="kubernetes/customresourcedefinitions.gen.yaml", folder="istio"),
        Kept(
            module="sigs.k8s.io/gateway-api",
            pattern="config/crd/standard/gateway.networking.k8s.io_*s.yaml",
            folder="gateway-api",
        ),
        *(
            # What programs say about themselves. The other kinds start servers, and are half of all there is to load.
            Kept(
                module="github.com/prometheus-operator/prometheus-operator",
                pattern=f"example/prometheus-operator-crd/*_{kinds}.yaml",
                folder="prometheus-operator",
            )
            for kinds in ("*monitors", "probes", "prometheusrules")
        ),
        Kept(module="github.com/cert-manager/cert-manager", pattern="deploy/crds/*_*.yaml", folder="cert-manager"),
        Kept(
            module="github.com/cloudnative-pg/cloudnative-pg",
            pattern="config/crd/bases/*_*.yaml",
            folder="cloudnative-pg",
        ),
        Kept(module="github.com/kedacore/keda/v2", pattern="config/crd/bases/*_*.yaml", folder="keda"),
    ),
    takes="some seconds",
)
"""Custom resource definitions of operators that don't run in the cluster: objects are judged by their schema alone."""

CLUSTER = (KUBERNETES, ETCD, KWOK, ROLLOUTS, SECRETS, DEFINITIONS)
"""Everything that ``make cluster`` starts or applies, in the order that it is built."""

_PROMETHEUS = "github.com/prometheus/prometheus"
PROMETHEUS = Recipe(
    name="prometheus",
    # Later ones need a module at a version that no module proxy serves.
    version="v0.311.3",
    packages={"prometheus": f"{_PROMETHEUS}/cmd/prometheus"},
    flags="-X github.com/prometheus/common/version.Version=3.11.3",
    tags="remove_all_sd",  # the clients of two dozen clouds, to find targets there
    takes="some 4 minutes on two cores",
)
"""For machines that have none on ``PATH``; its pages are left out, which are built with another toolchain."""
