"""Volumes, Services, Ingresses and the rest become ready as the ordinary provider has it."""

import pytest

from tests.support.awaited import Object, live
from toolchain.plugins.awaiting import filled_in, storage, traffic
from toolchain.plugins.awaiting.kinds import FAMILIES
from toolchain.plugins.awaiting.outcome import Outcome, Ready, Settling, Waiting


def claim(phase: str = "Pending", storage_class: str = "late") -> Object:
    status = {"phase": phase} if phase else {}
    return live("v1", "PersistentVolumeClaim", spec={"storageClassName": storage_class}, status=status)


def storage_class(name: str, mode: str) -> Object:
    return {"metadata": {"name": name}, "volumeBindingMode": mode}


CLASSES = {
    "StorageClass": [storage_class("late", "WaitForFirstConsumer"), storage_class("now", "Immediate")],
}


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param(claim("Bound", "now"), Ready(), id="bound"),
        pytest.param(claim("Bound"), Ready(), id="bound early"),
        pytest.param(claim(), Ready(), id="waits for its first consumer"),
        pytest.param(claim(""), Waiting("waiting for a volume (the claim is new)"), id="not seen by the controller"),
        pytest.param(claim("Lost"), Waiting("waiting for a volume (the claim is Lost)"), id="lost"),
        pytest.param(
            claim("Pending", "now"), Waiting("waiting for a volume (the claim is Pending)"), id="binds immediately"
        ),
        pytest.param(
            claim("Pending", "unknown"), Waiting("waiting for a volume (the claim is Pending)"), id="unknown class"
        ),
    ],
)
def test_claim(seen: Object, expected: Outcome) -> None:
    assert storage.claim(seen, CLASSES) == expected


def test_a_claim_whose_class_may_not_be_read_has_to_be_bound() -> None:
    assert isinstance(storage.claim(claim(), {}), Waiting)
    [classes, _] = storage.related_of_claim(claim())
    assert (classes.fields, classes.namespace, classes.needed) == ("metadata.name=late", None, False)


@pytest.mark.parametrize(("phase", "ready"), [("Available", True), ("Bound", True), ("Failed", False), ("", False)])
def test_volume(phase: str, ready: bool) -> None:  # noqa: FBT001 - a column of a table
    assert (storage.volume(live("v1", "PersistentVolume", status={"phase": phase}), {}) == Ready()) is ready


def service(kind: str = "ClusterIP", **spec: object) -> Object:
    parts = {"type": kind, "clusterIP": "10.0.0.1", "selector": {"app": "web"}, **spec}
    return live("v1", "Service", spec=parts, status={"loadBalancer": {}})


def endpoints(*states: str, service: str = "web") -> Object:
    spoken: dict[str, Object] = {
        "ready": {"ready": True},
        "silent": {},
        "unready": {"ready": False},
        "ending": {"ready": False, "serving": True, "terminating": True},
    }
    return {
        "kind": "EndpointSlice",
        "metadata": {"name": f"{service}-abc", "labels": {"kubernetes.io/service-name": service}},
        "endpoints": [{"conditions": spoken[state]} for state in states] or None,
    }


SETTLING = Settling("waiting for the endpoints to settle", "EndpointSlice", 10)


@pytest.mark.parametrize(
    ("seen", "slices", "expected"),
    [
        pytest.param(service(), [endpoints("ready")], SETTLING, id="a ready pod"),
        pytest.param(service(), [endpoints()], SETTLING, id="no pod at all"),
        pytest.param(service(), [endpoints("silent")], SETTLING, id="no word means ready"),
        pytest.param(service(), [endpoints("ready", "ending")], SETTLING, id="a pod that ends is not waited for"),
        pytest.param(
            service(),
            [endpoints("ready"), endpoints("ready", "unready")],
            Waiting("1 of 3 endpoints are not ready"),
            id="an unready pod in another slice",
        ),
        pytest.param(service(), [], Waiting("waiting for the first endpoints"), id="no slice yet"),
        pytest.param(service(selector=None), [], Ready(), id="no selector"),
        pytest.param(service(clusterIP="None"), [], Ready(), id="headless"),
        pytest.param(service("ExternalName"), [], Ready(), id="ExternalName"),
        pytest.param(service("NodePort"), [endpoints("ready")], SETTLING, id="NodePort"),
        pytest.param(
            service("LoadBalancer"),
            [endpoints("ready")],
            Waiting("waiting for an address of the load balancer"),
            id="no address",
        ),
        pytest.param(
            {**service("LoadBalancer"), "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}},
            [endpoints("ready")],
            SETTLING,
            id="an address",
        ),
        pytest.param(
            service("LoadBalancer", selector=None),
            [],
            Waiting("waiting for an address of the load balancer"),
            id="no selector, no address",
        ),
    ],
)
def test_service(seen: Object, slices: list[Object], expected: Outcome) -> None:
    assert traffic.service(seen, {"EndpointSlice": slices}) == expected


def ingress(*services: str, address: bool = True) -> Object:
    paths = [{"path": "/", "backend": {"service": {"name": name}}} for name in services]
    rules = [{"http": {"paths": [*paths, {"backend": {"resource": {"kind": "Bucket"}}}]}}, {"host": "no.paths"}]
    status = {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}} if address else {}
    return live("networking.k8s.io/v1", "Ingress", spec={"rules": rules}, status=status)


@pytest.mark.parametrize(
    ("seen", "slices", "expected"),
    [
        pytest.param(ingress("web"), [endpoints("ready")], Ready(), id="address and endpoints"),
        pytest.param(ingress(), [], Ready(), id="no service to wait for"),
        pytest.param(ingress("web", address=False), [endpoints()], Waiting("waiting for an address"), id="no address"),
        pytest.param(ingress("outside"), [], Ready(), id="ExternalName has no endpoints"),
        pytest.param(
            ingress("web", "late", "early"),
            [endpoints()],
            Settling("waiting for the endpoints of early, late", "EndpointSlice", 10),
            id="some have none",
        ),
        pytest.param(
            ingress("web"),
            [],
            Settling("waiting for the endpoints of web", "EndpointSlice", 60),
            id="there are none at all",
        ),
    ],
)
def test_ingress(seen: Object, slices: list[Object], expected: Outcome) -> None:
    outside = live("v1", "Service", "outside", spec={"type": "ExternalName"})
    assert traffic.ingress(seen, {"EndpointSlice": slices, "Service": [outside, service()]}) == expected


@pytest.mark.parametrize(
    ("spec", "status", "ready"),
    [
        ({"hard": {"pods": "3"}}, {"hard": {"pods": "3"}}, True),
        ({"hard": {"pods": "4"}}, {"hard": {"pods": "3"}}, False),
        ({"hard": {"pods": "3"}}, {}, False),
        ({}, {}, False),
    ],
)
def test_quota(spec: Object, status: Object, ready: bool) -> None:  # noqa: FBT001 - a column of a table
    assert (filled_in.quota(live("v1", "ResourceQuota", spec=spec, status=status), {}) == Ready()) is ready


@pytest.mark.parametrize(
    ("kind", "data", "ready"),
    [
        ("Opaque", None, True),
        ("kubernetes.io/service-account-token", None, False),
        ("kubernetes.io/service-account-token", {}, False),
        ("kubernetes.io/service-account-token", {"token": "x"}, True),
    ],
)
def test_secret(kind: str, data: Object | None, ready: bool) -> None:  # noqa: FBT001 - a column of a table
    assert (filled_in.secret(live("v1", "Secret", type=kind, data=data), {}) == Ready()) is ready


def test_kinds_have_the_ordinary_providers_default_times() -> None:
    others = {kind: family.timeout for (_, kind), family in FAMILIES.items() if family.timeout != 600}
    assert others == {
        "PersistentVolume": 300,
        "PersistentVolumeClaim": 300,
        "ResourceQuota": 60,
        "Secret": 5,
    }


def test_a_refresh_looks_at_what_the_ordinary_provider_looks_at() -> None:
    assert {kind for (_, kind), family in FAMILIES.items() if family.on_refresh} == {
        "DaemonSet",
        "Deployment",
        "Ingress",
        "Job",
        "Pod",
        "Service",
        "StatefulSet",
    }
