"""The material of the rules' examples: a workload that keeps every rule, to be spoilt in one place.

Examples are ordinary resources as `judge` takes them. Each starts from a sound one and changes the one thing it shows.
"""

from guardrails.kubernetes.pods import POD_SPECS
from guardrails.model.resources import Kind, Resource
from guardrails.model.values import Plain
from guardrails.rule import BadExample


def a_container(name: str = "api", **changes: Plain) -> dict[str, Plain]:
    """A sound container. A change replaces a field whole; None takes it away."""
    probe: dict[str, Plain] = {"httpGet": {"path": "/health", "port": 8015}}
    sound: dict[str, Plain] = {
        "name": name,
        "image": "254carbon/marketplace:v1.0.0",
        "livenessProbe": probe,
        "readinessProbe": probe,
        "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }
    return {key: value for key, value in {**sound, **changes}.items() if value is not None}


def hardened(name: str = "api", **changes: Plain) -> dict[str, Plain]:
    """A sound container with changes in its security context."""
    sound = a_container(name)["securityContext"]
    security = {**(sound if isinstance(sound, dict) else {}), **changes}
    return a_container(name, securityContext={key: value for key, value in security.items() if value is not None})


def workload(
    *containers: dict[str, Plain], type_: str = "kubernetes:apps/v1:Deployment", **pod: Plain
) -> tuple[Resource, ...]:
    """One workload of a known kind around these containers; further names are fields of the pod's spec.

    It has an owner, selects its own pods, and runs as its own service account without a token, unless a field says
    otherwise; None stands as null.
    """
    kind = Kind.of_token(type_)
    first, *below = POD_SPECS[kind.id if kind else type_]
    account: dict[str, Plain] = {"serviceAccountName": "marketplace", "automountServiceAccountToken": False}
    spec: dict[str, Plain] = {"containers": list(containers), **account, **pod}
    named: dict[str, Plain] = {"app.kubernetes.io/name": "marketplace"}
    for key in reversed(below):
        spec = {key: spec, "metadata": {"labels": named}} if key == "spec" and below[0] == "template" else {key: spec}
    if type_.startswith("kubernetes:apps/"):
        spec["selector"] = {"matchLabels": named}
    metadata: Plain = {"name": "marketplace", "namespace": "shop", "labels": {"golive/owner": "market-data"}}
    fields: dict[str, Plain] = {"metadata": metadata, first: spec}
    return (declared(type_, "marketplace", namespace="shop", **fields),)


def declared(type_: str, name: str, *, namespace: str | None = "shop", **fields: Plain) -> Resource:
    """One resource with its metadata, as a program declares it."""
    kind = Kind.of_token(type_)
    named: dict[str, Plain] = {"apiVersion": kind.api_version, "kind": kind.name} if kind else {}
    metadata: dict[str, Plain] = {"name": name} if namespace is None else {"name": name, "namespace": namespace}
    props: dict[str, Plain] = {**named, "metadata": metadata, **fields}
    return Resource(type=type_, name=name, props=props, urn=f"urn:pulumi:prod::golive::{type_}::{name}")


def bad_example(resources: tuple[Resource, ...], *says: str) -> BadExample:
    """These resources, refused in these words."""
    return BadExample(resources=resources, says=says)


def spoilt(container: dict[str, Plain], *says: str) -> BadExample:
    """A Deployment around one container named api, and what its refusal says about that container."""
    return bad_example(
        workload(container), *(f"container 'api' (Deployment shop/marketplace) {problem}" for problem in says)
    )


def elsewhere(container: dict[str, Plain], *says: str) -> dict[str, BadExample]:
    """Refusals of one container among the init containers, as a sidecar and among the ephemeral ones.

    `says` is what its refusal says about it, as in `spoilt`; the container is to have another name than the sound one.
    """
    lists: dict[str, tuple[str, str, dict[str, Plain]]] = {
        "among the init containers": ("initContainers", "init container", {}),
        "as a sidecar": ("initContainers", "init container", {"restartPolicy": "Always"}),
        "among the ephemeral containers": ("ephemeralContainers", "ephemeral container", {}),
    }
    examples: dict[str, BadExample] = {}
    for name, (field, role, more) in lists.items():
        (resource,) = workload(a_container(), **{field: [{**container, **more}]})  # type: ignore[arg-type]  # not type_
        examples[name] = bad_example(
            (resource,), *(f"{role} {container['name']!r} (Deployment shop/marketplace) {problem}" for problem in says)
        )
    return examples


def switched(field: str, problem: str) -> tuple[dict[str, tuple[Resource, ...]], dict[str, BadExample]]:
    """What a rule allows and what it refuses that wants a field of the pod's spec to be false or unset."""
    says = f"Deployment shop/marketplace {problem}"
    off: dict[str, Plain] = {"false": False, "null": None}
    on: dict[str, Plain] = {"true": True, "a word that is no boolean": "true", "a number is no boolean": 1}
    allows = {name: workload(a_container(), **{field: value}) for name, value in off.items()}  # type: ignore[arg-type]  # as above
    refuses = {name: bad_example(workload(a_container(), **{field: value}), says) for name, value in on.items()}  # type: ignore[arg-type]  # as above
    return {"unset": workload(a_container()), **allows}, refuses


def running(
    labels: Plain = None, *containers: dict[str, Plain], type_: str = "kubernetes:apps/v1:Deployment", **changes: Plain
) -> Resource:
    """A workload named api whose pods carry these labels, or app=api; `namespace` and fields of its spec may change."""
    namespace = changes.pop("namespace", "shop")
    pod: dict[str, Plain] = {"containers": list(containers or (a_container(),))}
    template: Plain = {"metadata": {"labels": {"app": "api"} if labels is None else labels}, "spec": pod}
    spec: dict[str, Plain] = {"template": template, **changes}
    return declared(type_, "api", metadata={"name": "api", "namespace": namespace}, spec=spec)
