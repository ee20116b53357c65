"""What the environment wants, joined with what the products are: one record for each service that runs here.

Nothing here knows Pulumi. ``join`` refuses, with every fault at once, settings that name what the catalogue doesn't
have or leave out what it needs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from catalog import STORES
from catalog.model import Product, Secret, Service, Slo
from settings.capacity import Capacity
from settings.errors import NOTHING, Fault, Path
from settings.faults import did_you_mean
from settings.holds import environment_fingerprint
from settings.migrations import Migration
from settings.models import DEFAULT, BlueGreen, Canary, Settings
from settings.vocabulary import registry_host, repository, same_image
from stack.validation.maintenance import unclosable
from stack.validation.managed_services import misfits
from stack.validation.migrations import unready
from stack.validation.placement import misplaced
from stack.validation.rollout_strategies import unfit

_PORTS = {store.name: store.port for store in STORES}
MANAGED_PORTS = {"kafka": 9098}
"""Where a store listens that AWS runs, if elsewhere: MSK takes clients that sign in with IAM on a port of their own."""
_VARIABLES = {store.name: store.variable for store in STORES}


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A service at the other end of an edge."""

    namespace: str
    service: str
    port: int
    """The port of whichever end is called."""


@dataclass(frozen=True, kw_only=True)
class StoreAddress:
    """A data store, resolved: where it is and how a network policy names it."""

    name: str
    host: str
    port: int
    namespace: str | None
    """Its namespace, when it runs in the cluster."""
    cidrs: tuple[str, ...]
    """Its networks, when it doesn't."""


@dataclass(frozen=True, kw_only=True)
class Workload:
    """Everything about one service in this environment."""

    product: str
    name: str
    namespace: str
    domain: str
    """The domain under which users reach the product."""
    image: str
    port: int
    health: str
    metrics: str
    websocket: str | None
    edge: bool
    """Whether the gateway may call it."""
    internet: bool
    """Whether it may leave through the egress proxy."""
    capacity: Capacity
    canary: Canary | None
    """The stages of its rollout; absent for a service that nobody calls, since it has no traffic to share out."""
    mesh: str | None
    """The namespace of the mesh whose proxy every pod has; absent where none runs."""
    blue_green: BlueGreen | None
    """How it changes over; absent as the canary is."""
    smoke_test: str | None
    """The image that tests a new version first; absent where none does."""
    calls: tuple[Peer, ...]
    callers: tuple[Peer, ...]
    stores: tuple[StoreAddress, ...]
    secrets: tuple[Secret, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Its configuration, sorted by name: fixed values, and the addresses of what it calls and stores."""
    slos: tuple[Slo, ...] = ()
    migration: Migration | None = None
    """What has to be done to its database before it runs."""
    migrate: tuple[str, ...] = ()
    """The command that does it, but for the revision."""

    @property
    def repository(self) -> str:
        """The path of its image, without registry, tag and digest: ``254carbon/marketplace``."""
        return repository(self.image)

    @property
    def repositories(self) -> tuple[str, ...]:
        """The paths of every image that it needs, the one of its smoke test included."""
        return (self.repository, *([repository(self.smoke_test)] if self.smoke_test else []))


def join(settings: Settings, products: Sequence[Product]) -> tuple[Workload, ...]:
    """Join the settings with the catalogue's ``products``, in the catalogue's order.

    Raises ``SettingsError`` for a product, release or capacity that the catalogue doesn't know, for a release or store
    that is missing, for two products in one namespace, for a call into a product that doesn't run here, and for what
    a hold keeps back.
    """
    chosen = tuple(product for product in products if product.name in settings.products)
    faults = [
        *_products(settings, products),
        *misplaced(settings),
        *_releases(settings, products, chosen),
        *_strangers("capacity", [name for name in settings.capacity if name != DEFAULT], products, chosen),
        *_stores(settings, chosen),
        *_calls(products, chosen),
        *misfits(settings, chosen),
        *unfit(settings),
        *unclosable(settings),
        *_held(settings),
        *unready(settings, chosen),
    ]
    if faults:
        raise settings.origin.refuse(faults)
    peers = {
        service.name: Peer(namespace=settings.products[product.name].namespace, service=service.name, port=service.port)
        for product in chosen
        for service in product.services
    }
    return tuple(_workload(settings, product, service, peers) for product in chosen for service in product.services)


def namespaces(workloads: Sequence[Workload]) -> Mapping[str, tuple[Workload, ...]]:
    """Group workloads by namespace, in their own order."""
    names = dict.fromkeys(workload.namespace for workload in workloads)
    return {name: tuple(workload for workload in workloads if workload.namespace == name) for name in names}


def _workload(settings: Settings, product: Product, service: Service, peers: Mapping[str, Peer]) -> Workload:
    placement = settings.products[product.name]
    calls = tuple(peers[name] for name in service.calls)
    stores = tuple(_address(settings, name) for name in service.stores)
    smoke, called = settings.platform.smoke_test, service.edge or bool(service.called_by)
    return Workload(
        product=product.name,
        name=service.name,
        namespace=placement.namespace,
        domain=placement.domain,
        image=_image(settings, settings.releases[service.name].image),
        port=service.port,
        health=service.health,
        metrics=service.metrics,
        websocket=service.websocket,
        edge=service.edge,
        internet=service.internet,
        capacity=settings.capacity.get(service.name, settings.capacity[DEFAULT]),
        canary=placement.canary if called else None,
        blue_green=placement.blue_green if called else None,
        smoke_test=_image(settings, smoke.image) if smoke and called else None,
        mesh=settings.platform.mesh.namespace if settings.platform.mesh else None,
        calls=calls,
        callers=tuple(_caller(peers[name], service) for name in service.called_by if name in peers),
        stores=stores,
        secrets=service.secrets,
        environment=_environment(settings, service, calls, stores),
        slos=service.slos,
        migration=settings.releases[service.name].migration,
        migrate=service.migrate,
    )


def _image(settings: Settings, image: str) -> str:
    """Take an image from the environment's own registry, unless it names one."""
    if settings.aws is None or registry_host(image):
        return image
    return f"{settings.aws.account}.dkr.ecr.{settings.aws.region}.amazonaws.com/{image}"


def _caller(peer: Peer, service: Service) -> Peer:
    return Peer(namespace=peer.namespace, service=peer.service, port=service.port)


def _address(settings: Settings, name: str) -> StoreAddress:
    store = settings.stores[name]
    managed = settings.aws is not None and name in settings.aws.stores.names
    port = MANAGED_PORTS.get(name, _PORTS[name]) if managed else _PORTS[name]
    return StoreAddress(name=name, host=store.host, port=port, namespace=store.namespace, cidrs=store.cidrs or ())


def _environment(
    settings: Settings, service: Service, calls: Sequence[Peer], stores: Sequence[StoreAddress]
) -> dict[str, str]:
    """Say where everything is, as environment variables."""
    variables = {"ENVIRONMENT": settings.environment, "PORT": str(service.port), **service.environment}
    for peer in calls:
        name = peer.service.upper().replace("-", "_")
        variables[f"{name}_URL"] = f"http://{peer.service}.{peer.namespace}.svc.cluster.local:{peer.port}"
    for store in stores:
        variables[f"{_VARIABLES[store.name]}_HOST"] = store.host
        variables[f"{_VARIABLES[store.name]}_PORT"] = str(store.port)
    if service.internet:
        egress = settings.platform.egress
        variables["HTTPS_PROXY"] = f"http://{egress.namespace}.{egress.namespace}.svc.cluster.local:{egress.port}"
        variables["NO_PROXY"] = ",".join([".svc.cluster.local", *(store.host for store in stores)])
    return dict(sorted(variables.items()))


def _products(settings: Settings, products: Sequence[Product]) -> Iterator[Fault]:
    known = [product.name for product in products]
    for name in settings.products:
        if name not in known:
            yield _unlisted(("products", name), "a product that the catalogue doesn't have", known)


def _releases(settings: Settings, products: Sequence[Product], chosen: Sequence[Product]) -> Iterator[Fault]:
    for product in chosen:
        for service in product.services:
            if service.name not in settings.releases:
                example = f"{service.name}: {{image: 'registry.example/{service.name}:v1.0.0'}}"
                expected = f"the release of a service of {product.name}, for example {example}"
                yield Fault(("releases", service.name), NOTHING, expected)
    yield from _strangers("releases", settings.releases, products, chosen)


def _strangers(
    key: str, names: Mapping[str, object] | Sequence[str], products: Sequence[Product], chosen: Sequence[Product]
) -> Iterator[Fault]:
    """Find entries for services that don't run here, whether unknown or of a product that wasn't chosen."""
    owners = {service.name: product for product in products for service in product.services}
    running = [service.name for product in chosen for service in product.services]
    for name in names:
        if name not in owners:
            yield _unlisted((key, name), "a service that the catalogue doesn't have", running)
        elif name not in running:
            product = owners[name].name
            yield Fault((key, name), f"a service of {product}", f"{product} under products too, or no entry here")


def _stores(settings: Settings, chosen: Sequence[Product]) -> Iterator[Fault]:
    users: dict[str, list[str]] = {}
    for product in chosen:
        for service in product.services:
            for name in service.stores:
                users.setdefault(name, []).append(service.name)
    for name in sorted(users):
        if name not in settings.stores:
            example = f"{name}: {{host: {name}.example.internal, cidrs: [10.20.64.0/20]}}"
            expected = (
                f"the store that {', '.join(users[name])} need{'s' * (len(users[name]) == 1)}, for example {example}"
            )
            yield Fault(("stores", name), NOTHING, expected)
    for name in settings.stores:
        if name not in _PORTS:
            yield _unlisted(("stores", name), "a store that the catalogue doesn't have", sorted(_PORTS))


def _calls(products: Sequence[Product], chosen: Sequence[Product]) -> Iterator[Fault]:
    owners = {service.name: product.name for product in products for service in product.services}
    running = {product.name for product in chosen}
    for product in chosen:
        for service in product.services:
            for name in service.calls:
                if owners.get(name) not in running:
                    owner = owners.get(name, "an unknown product")
                    found = f"{product.name}, whose {service.name} calls {name}"
                    yield Fault(("products", product.name), found, f"{owner} under products too")


def _held(settings: Settings) -> Iterator[Fault]:
    """Refuse what a hold keeps back, whoever asks for it again."""
    for name, hold in settings.holds.items():
        kept = f"which the hold {name} keeps back ({hold.reason})"
        lift = f"once it is good, lift the hold: golive lift {name} --stack {settings.environment}"
        for service, release in settings.releases.items():
            if any(same_image(release.image, held) for held in hold.images):
                yield Fault(("releases", service, "image"), f"'{release.image}', {kept}", f"another image; {lift}")
        if hold.settings == environment_fingerprint(settings):
            yield Fault(("holds", name, "settings"), f"the settings of this file, {kept}", f"other settings; {lift}")


def _unlisted(path: Path, found: str, known: Sequence[str]) -> Fault:
    return Fault(path, found, f"one of {', '.join(known)}", hint=did_you_mean(path[-1], known))
