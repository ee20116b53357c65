"""Build one environment: what it has on AWS, then a closed namespace and the services of each product."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pulumi
import pulumi_kubernetes as k8s

from catalog import PRODUCTS
from components.args import Awaited
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
from components.workload.migration import Migration, account
from components.workload.network_policies import (
    Callee,
    Caller,
    EgressProxy,
    NetworkPolicies,
    NetworkPoliciesArgs,
    ServiceEdges,
    StoreEndpoint,
)
from components.workload.service_deployment import ChangeOver, Replicas, ServiceDeployment, ServiceDeploymentArgs
from components.workload.service_levels import ServiceLevels, ServiceLevelsArgs, gates_name
from components.workload.smoke_test import SmokeTest, SmokeTestArgs
from settings.holds import fingerprint
from settings.models import Settings
from stack.migration_args import arguments, files, resources, warnings
from stack.quota import quota
from stack.resolve import Workload, join, namespaces
from stack.retained import labels_of, secret_keys
from stack.slo_queries import objectives
from stack.validation.migrations import untimely

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


def build(settings: Settings, *, credentials: bool = True, at: datetime | None = None) -> Stack:
    """Declare every resource of the environment and return the stack's outputs.

    Without ``credentials`` the AWS providers are set so that they never ask for any, which is enough for a preview.

    ``at`` is the time: a migration that is dated later is refused, and without a time every one.

    Raises ``SettingsError`` before the first resource is declared, if the settings and the catalogue don't fit.
    """
    workloads = join(settings, PRODUCTS)
    if early := tuple(untimely(settings, at)):
        raise settings.origin.refuse(early)
    for sentence in warnings(workloads):
        pulumi.log.warn(sentence)
    outputs: dict[str, pulumi.Input[object]] = {
        "environment": settings.environment,
        "releases": {workload.name: workload.image for workload in workloads},
        "settings": fingerprint(settings),
    }
    awaited: Awaited = ()
    kubeconfig = None
    if settings.aws is not None and settings.cluster is not None:
        from stack.aws.environment import found  # noqa: PLC0415 - the SDK of AWS takes seconds to load; dev needs none

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
    labels = labels_of(settings, product)
    secrets = secret_keys(members)
    closed = NamespaceArgs(namespace=name, labels=labels, quota=quota(members), mesh=members[0].mesh)
    namespace = Namespace(product, closed, opts).namespace
    first = _first(settings, members, namespace, awaited, opts)
    jobs = {workload.name: arguments(workload, namespace, labels, secrets, first) for workload in members}
    # A product is released as one: no pod of it changes before all its databases have.
    first += tuple(Migration(f"{name}-migration", job, opts) for name, job in jobs.items() if job is not None)
    for workload in members:
        levels = _levels(settings, workload, namespace, labels)
        made: Awaited = (ServiceLevels(f"{workload.name}-levels", levels, opts),) if levels else ()
        if workload.smoke_test and (workload.canary or workload.blue_green):
            smoke = _smoke_test(workload, namespace, labels, workload.smoke_test)
            made = (*made, SmokeTest(f"{workload.name}-test", smoke, opts))
        if workload.mesh and workload.canary:
            route = MeshRouteArgs(service=workload.name, namespace=namespace, home=workload.namespace, labels=labels)
            made = (*made, MeshRoute(f"{workload.name}-route", route, opts))
        gates = Gates(template=gates_name(workload.name), scrape=levels.prometheus.scrape) if levels else None
        service = _service(workload, namespace, labels, secrets, gates, (*first, *made))
        ServiceDeployment(workload.name, service, opts)


def _first(
    settings: Settings,
    members: Sequence[Workload],
    namespace: pulumi.Output[str],
    awaited: Awaited,
    opts: pulumi.ResourceOptions,
) -> Awaited:
    """Make what the pods of one product need before they start: their secrets, and the ways that are open."""
    product = members[0].product
    labels = labels_of(settings, product)
    return (
        ExternalSecrets(
            f"{product}-secrets",
            ExternalSecretsArgs(
                namespace=namespace,
                labels=labels,
                environment=settings.environment,
                product=product,
                store=_store(settings),
                secrets=secret_keys(members),
                after=awaited,
            ),
            opts,
        ),
        NetworkPolicies(
            f"{product}-edges",
            NetworkPoliciesArgs(
                namespace=namespace,
                labels=labels,
                services=tuple(edges for workload in members for edges in _edges(workload)),
                gateway=settings.platform.gateway.namespace,
                monitoring=settings.platform.monitoring.namespace,
                proxy=EgressProxy(namespace=settings.platform.egress.namespace, port=settings.platform.egress.port),
            ),
            opts,
        ),
    )


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


def _edges(workload: Workload) -> Iterator[ServiceEdges]:
    """Open the ways of a service, and to its stores those of its migration."""
    stores = tuple(
        StoreEndpoint(name=store.name, port=store.port, namespace=store.namespace, cidrs=store.cidrs)
        for store in workload.stores
    )
    if workload.migration is not None:
        yield ServiceEdges(service=account(workload.name), port=None, stores=stores)
    yield ServiceEdges(
        service=workload.name,
        port=workload.port,
        callers=tuple(Caller(namespace=peer.namespace, service=peer.service) for peer in workload.callers),
        callees=tuple(
            Callee(namespace=peer.namespace, service=peer.service, port=peer.port) for peer in workload.calls
        ),
        stores=stores,
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
    replicas, green = workload.capacity.replicas, workload.blue_green
    strategy = workload.canary or green
    return ServiceDeploymentArgs(
        service=workload.name,
        namespace=namespace,
        labels=labels,
        image=workload.image,
        port=workload.port,
        health=workload.health,
        resources=resources(workload),
        replicas=Replicas(min=replicas.min, max=replicas.max),
        environment=workload.environment,
        secrets=files(workload, secrets),
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
