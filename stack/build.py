"""Build one environment: what it has on AWS, then a closed namespace and the services of each product."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from catalog import PRODUCTS
from components.args import ENVIRONMENT, MANAGED_BY, OWNER, PART_OF, Awaited
from components.platform.external_secrets import (
    AwsSecrets,
    ExternalSecrets,
    ExternalSecretsArgs,
    FakeSecrets,
    SecretKeys,
)
from components.platform.namespace import Namespace, NamespaceArgs
from components.workload.canary_stages import Gates, Stage
from components.workload.gates import Prometheus
from components.workload.mesh_route import MeshRoute, MeshRouteArgs
from components.workload.network_policies import (
    Callee,
    Caller,
    EgressProxy,
    NetworkPolicies,
    NetworkPoliciesArgs,
    ServiceEdges,
    StoreEndpoint,
)
from components.workload.pod import Resources, SecretFiles
from components.workload.service_deployment import ChangeOver, Replicas, ServiceDeployment, ServiceDeploymentArgs
from components.workload.service_levels import ServiceLevels, ServiceLevelsArgs, gates_name
from components.workload.smoke_test import SmokeTest, SmokeTestArgs
from settings.holds import fingerprint
from settings.models import Settings
from stack.aws.region import MANAGER
from stack.join import Workload, join, namespaces
from stack.kept import secret_keys
from stack.objectives import objectives
from stack.quota import quota

ADOPT = True
"""A rollback returns to a ConfigMap that the release after it left in the cluster, so it takes over what exists."""
PREVAIL = True
"""What somebody changed by hand in a field that the program sets is set right again, and the preview shows it."""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What the program says about itself once it is built."""

    outputs: Mapping[str, pulumi.Input[object]]
    """``environment``, ``releases`` (service to image), ``settings``, and what the foundation says of itself.

    ``settings`` is the fingerprint of all that was asked for: it says which release is deployed.
    """


def build(settings: Settings, *, credentials: bool = True) -> Stack:
    """Declare every resource of the environment and return the stack's outputs.

    Without ``credentials`` the AWS providers are set so that they never ask for any, which is enough for a preview.

    Raises ``SettingsError`` before the first resource is declared, if the settings and the catalogue don't fit.
    """
    workloads = join(settings, PRODUCTS)
    outputs: dict[str, pulumi.Input[object]] = {
        "environment": settings.environment,
        "releases": {workload.name: workload.image for workload in workloads},
        "settings": fingerprint(settings),
    }
    awaited: Awaited = ()
    kubeconfig = None
    if settings.aws is not None and settings.cluster is not None:
        from stack.aws.foundation import found  # noqa: PLC0415 - the SDK of AWS takes seconds to load; dev needs none

        foundation = found(settings, settings.aws, settings.cluster, workloads, credentials=credentials)
        kubeconfig, awaited = foundation.kubeconfig, foundation.secrets
        outputs.update(foundation.outputs)
    provider = k8s.Provider(
        "kubernetes", kubeconfig=kubeconfig, upsert_existing_objects=ADOPT, enable_patch_force=PREVAIL
    )
    for members in namespaces(workloads).values():
        _product(settings, members, awaited, pulumi.ResourceOptions(providers=[provider]))
    return Stack(outputs=outputs)


def _product(settings: Settings, members: Sequence[Workload], awaited: Awaited, opts: pulumi.ResourceOptions) -> None:
    """Make one product's namespace, closed; its secrets; the edges that open; then the services that need all three."""
    product, name = members[0].product, members[0].namespace
    labels = {
        PART_OF: product,
        MANAGED_BY: MANAGER,
        OWNER: settings.owner,
        ENVIRONMENT: settings.environment,
    }
    secrets = secret_keys(members)
    closed = NamespaceArgs(namespace=name, labels=labels, quota=quota(members), mesh=members[0].mesh)
    namespace = Namespace(product, closed, opts)
    first: Awaited = (
        ExternalSecrets(
            f"{product}-secrets",
            ExternalSecretsArgs(
                namespace=namespace.namespace,
                labels=labels,
                environment=settings.environment,
                product=product,
                store=_store(settings),
                secrets=secrets,
                after=awaited,
            ),
            opts,
        ),
        NetworkPolicies(
            f"{product}-edges",
            NetworkPoliciesArgs(
                namespace=namespace.namespace,
                labels=labels,
                services=tuple(_edges(workload) for workload in members),
                gateway=settings.platform.gateway.namespace,
                monitoring=settings.platform.monitoring.namespace,
                proxy=EgressProxy(namespace=settings.platform.egress.namespace, port=settings.platform.egress.port),
            ),
            opts,
        ),
    )
    for workload in members:
        levels = _levels(settings, workload, namespace.namespace, labels)
        made: Awaited = (ServiceLevels(f"{workload.name}-levels", levels, opts),) if levels else ()
        if workload.smoke_test and (workload.canary or workload.blue_green):
            smoke = _smoke_test(workload, namespace.namespace, labels, workload.smoke_test)
            made = (*made, SmokeTest(f"{workload.name}-test", smoke, opts))
        if workload.mesh and workload.canary:
            route = MeshRouteArgs(
                service=workload.name, namespace=namespace.namespace, home=workload.namespace, labels=labels
            )
            made = (*made, MeshRoute(f"{workload.name}-route", route, opts))
        gates = Gates(template=gates_name(workload.name), scrape=levels.prometheus.scrape) if levels else None
        service = _service(workload, namespace.namespace, labels, secrets, gates, (*first, *made))
        ServiceDeployment(workload.name, service, opts)


def _smoke_test(
    workload: Workload, namespace: pulumi.Output[str], labels: Mapping[str, str], image: str
) -> SmokeTestArgs:
    return SmokeTestArgs(
        service=workload.name,
        namespace=namespace,
        home=workload.namespace,
        labels=labels,
        port=workload.port,
        health=workload.health,
        image=image,
    )


def _levels(
    settings: Settings, workload: Workload, namespace: pulumi.Output[str], labels: Mapping[str, str]
) -> ServiceLevelsArgs | None:
    """Say what the service promises, where somebody measures it."""
    prometheus = settings.platform.monitoring.prometheus
    if prometheus is None:
        return None
    return ServiceLevelsArgs(
        service=workload.name,
        namespace=namespace,
        home=workload.namespace,
        labels=labels,
        metrics_path=workload.metrics,
        objectives=objectives(workload.slos),
        prometheus=Prometheus(address=prometheus.address, scrape=prometheus.scrape),
        runbooks=prometheus.runbooks,
        gated=workload.canary is not None or workload.blue_green is not None,
    )


def _store(settings: Settings) -> AwsSecrets | FakeSecrets:
    secrets = settings.platform.secrets
    return AwsSecrets(region=secrets.region) if secrets.provider == "aws" else FakeSecrets()


def _files(workload: Workload, secrets: Sequence[SecretKeys]) -> tuple[SecretFiles, ...]:
    """Mount what the service reads of each secret, from the Secret that all of the product's services share."""
    objects = {secret.name: secret.object for secret in secrets}
    return tuple(
        SecretFiles(name=secret.name, object=objects[secret.name], keys=secret.keys) for secret in workload.secrets
    )


def _edges(workload: Workload) -> ServiceEdges:
    return ServiceEdges(
        service=workload.name,
        port=workload.port,
        callers=tuple(Caller(namespace=peer.namespace, service=peer.service) for peer in workload.callers),
        callees=tuple(
            Callee(namespace=peer.namespace, service=peer.service, port=peer.port) for peer in workload.calls
        ),
        stores=tuple(
            StoreEndpoint(name=store.name, port=store.port, namespace=store.namespace, cidrs=store.cidrs)
            for store in workload.stores
        ),
        edge=workload.edge,
        internet=workload.internet,
    )


def _service(
    workload: Workload,
    namespace: pulumi.Output[str],
    labels: Mapping[str, str],
    secrets: Sequence[SecretKeys],
    gates: Gates | None,
    after: Awaited,
) -> ServiceDeploymentArgs:
    capacity, green = workload.capacity, workload.blue_green
    strategy = workload.canary or green
    return ServiceDeploymentArgs(
        service=workload.name,
        namespace=namespace,
        labels=labels,
        image=workload.image,
        port=workload.port,
        health=workload.health,
        resources=Resources(
            cpu_request=capacity.cpu.request,
            cpu_limit=capacity.cpu.limit,
            memory_request=capacity.memory.request,
            memory_limit=capacity.memory.limit,
        ),
        replicas=Replicas(min=capacity.replicas.min, max=capacity.replicas.max),
        environment=workload.environment,
        secrets=_files(workload, secrets),
        after=after,
        stages=tuple(Stage(weight=stage.weight, soak=stage.soak) for stage in workload.canary.stages)
        if workload.canary
        else (),
        change_over=ChangeOver(soak=green.soak, warm=green.warm) if green else None,
        gates=gates if workload.slos else None,
        tested=workload.smoke_test is not None,
        routed=workload.mesh is not None,
        warm=workload.canary.warm if workload.canary else None,
        waits=strategy is None or strategy.waits is not False,
    )
