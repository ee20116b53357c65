"""Resources as the engine names them and Kubernetes objects as a cluster does; the one place that knows both names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from guardrails.model.node import Node, Record
from guardrails.model.values import UNMARKED, Plain, Unknown, WireMarkers, plain

PACKAGE = "kubernetes"
ANY = "*"
"""The kind of an object that could be of any kind, because its list is unknown."""

_OF_A_LIST = frozenset({"apiVersion", "kind", "metadata", "items"})
_NO_DEPENDENCIES: Mapping[str, frozenset[str]] = {}
_NESTING = 8
"""Lists inside lists that are opened; a cluster opens one."""


@dataclass(frozen=True)
class Kind:
    """An object's group, version and kind. `apps`, `v1`, `Deployment`; the core group is written `core`."""

    group: str
    version: str
    name: str

    @classmethod
    @lru_cache(maxsize=1024)
    def of_token(cls, token: str) -> "Kind | None":
        """Read a type token such as `kubernetes:apps/v1:Deployment`; None if it is no Kubernetes object's."""
        package, _, rest = token.partition(":")
        api_version, _, name = rest.rpartition(":")
        return cls.of(api_version, name) if package == PACKAGE and api_version and name else None

    @classmethod
    def of(cls, api_version: str, name: str) -> "Kind":
        """Read an `apiVersion` and a `kind` as manifests write them: `v1` and `core/v1` are the same."""
        group, _, version = api_version.rpartition("/")
        return cls(group or "core", version, name)

    @property
    def api_version(self) -> str:
        """As a manifest writes it."""
        return self.version if self.group == "core" else f"{self.group}/{self.version}"

    @property
    def token(self) -> str:
        """As the engine writes it."""
        return f"{PACKAGE}:{self.group}/{self.version}:{self.name}"

    @property
    def id(self) -> str:
        """What rules list under `kinds`: `apps/Deployment`, whatever the version."""
        return f"{self.group}/{self.name}"


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource as a pack, a state file or a manifest presents it."""

    type: str
    """The type token: `kubernetes:apps/v1:Deployment`, `aws:eks/cluster:Cluster`."""
    name: str
    """The name in the program; a manifest's file or position serves as well."""
    props: Plain
    urn: str = ""
    cluster: str = ""
    """Which of several clusters it is for: anything that tells one from another; all the same where nobody says."""
    dependencies: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Field to the URNs of the resources that its value is made from, as far as an engine says."""
    ignored_changes: frozenset[str] = frozenset()
    """Paths that a deployment leaves as they are (`ignoreChanges`): `spec.http`."""

    @classmethod
    def read(cls, type_: str, name: str, props: object, urn: str = "", signs: WireMarkers = UNMARKED) -> "Resource":
        """Build a resource from what an engine or a parser hands over; see `plain` for what becomes of its values."""
        return cls(type=type_, name=name, props=plain(props, signs), urn=urn)


@dataclass(eq=False, slots=True)
class Object(Node):
    """A resource, or one item of a list resource, as a rule sees it."""

    kind: Kind | None
    """None for resources of other packages."""
    id: str
    """`apps/Deployment`, the type token for other packages, or `ANY`."""
    dependencies: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """As `Resource.dependencies`; nothing for Kubernetes objects, whose names are known."""
    ignored_changes: frozenset[str] = frozenset()
    """As `Resource.ignored_changes`; nothing for an item of a list."""

    @property
    def place(self) -> tuple[str, str]:
        """What tells it from every other object of a run: its resource, and where in it."""
        return self.urn, self.path

    @property
    def namespace(self) -> str | None:
        """The namespace it says; None when it says none or can't be read."""
        return _text(self.raw("metadata", "namespace"))

    def ignores_changes_of(self, path: str) -> bool:
        """Whether a deployment leaves a field, or all around it, as it is. `spec.http`."""
        steps = path.split(".")
        return any(".".join(steps[:depth]) in self.ignored_changes for depth in range(1, len(steps) + 1))


def objects(resource: Resource, record: Record) -> Iterator[Object]:
    """Every object of a resource: itself, or each item of a `*List`, with `*Patch` kinds marked as partial."""
    kind = Kind.of_token(resource.type)
    if kind is None:
        where = f"{resource.type.rpartition(':')[2]} {resource.name}"
        alone = Node(resource.props, resource.urn, where, "", partial=False, record=record)
        yield _seen(alone, kind=None, id_=resource.type, dependencies=resource.dependencies)
        return
    root = Node(resource.props, resource.urn, resource.name, "", partial=False, record=record)
    for each in _opened(kind, root, 0):
        each.ignored_changes = frozenset() if each.path else resource.ignored_changes
        yield each


def _opened(kind: Kind, node: Node, depth: int) -> Iterator[Object]:
    if not kind.name.endswith("List"):
        yield _object(kind, node)
        return
    item = replace(kind, name=kind.name.removesuffix("List"))
    items = node.raw("items")
    if items is None and not isinstance(node.plain, Unknown):
        yield _object(kind, node)
    elif isinstance(items, list) and depth < _NESTING:
        for i, element in enumerate(items):
            child = replace(node, plain=element, path=f"{node.at('items').path}[{i}]")
            yield from _opened(_own_kind(element, item), child, depth + 1)
        # A kind may be called a list without being one: what it says beside its items counts as well.
        if isinstance(node.plain, dict) and node.plain.keys() - _OF_A_LIST:
            yield _object(kind, node)
    else:
        lost = items if isinstance(items, Unknown) else Unknown.UNREADABLE
        yield _object(item, replace(node, plain=lost, path=node.at("items").path))


def _own_kind(element: Plain, default: Kind) -> Kind:
    """An item of a plain `List` says its kind; an item of a `DeploymentList` need not."""
    api_version = _text(element.get("apiVersion")) if isinstance(element, dict) else None
    name = _text(element.get("kind")) if isinstance(element, dict) else None
    return Kind.of(api_version, name) if api_version and name else default


def _object(kind: Kind, node: Node) -> Object:
    partial = kind.name.endswith("Patch") and kind.name != "Patch"
    kind = replace(kind, name=kind.name.removesuffix("Patch")) if partial else kind
    name = _text(node.raw("metadata", "name")) or node.where
    namespace = _text(node.raw("metadata", "namespace"))
    where = f"{kind.name or 'item'} {namespace}/{name}" if namespace else f"{kind.name or 'item'} {name}"
    # An item that doesn't say what it is, in a list that doesn't either, may be anything.
    told = kind.id if kind.name else ANY
    seen = Node(node.plain, node.urn, where, node.path, partial, node.record)
    return _seen(seen, kind=kind, id_=told, dependencies=_NO_DEPENDENCIES)


def _seen(node: Node, *, kind: Kind | None, id_: str, dependencies: Mapping[str, frozenset[str]]) -> Object:
    return Object(
        node.plain,
        node.urn,
        node.where,
        node.path,
        node.partial,
        node.record,
        kind=kind,
        id=id_,
        dependencies=dependencies,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
