"""What the API server would write down otherwise is no difference, and nothing else is let through."""

from decimal import Decimal

import pytest

from toolchain.plugins import objects
from toolchain.plugins.deploying.fields import handover, left_alone, passing
from toolchain.plugins.differences import Change
from toolchain.plugins.normalised import adds_nothing, quantity, respelt
from toolchain.plugins.paths import parse
from toolchain.plugins.values import Properties, Secret, Value, plain

QUANTITIES = {
    "1": 1, "1000m": 1, "0.5": Decimal("0.5"), "500m": Decimal("0.5"), "1k": 1000, "1Ki": 1024, "1024Mi": 2**30,
    "1Gi": 2**30, "1e3": 1000, "-2": -2, "3E": 3 * 10**18, "100n": Decimal("1e-7"), ".5": Decimal("0.5"),
}  # fmt: skip


@pytest.mark.parametrize("text", QUANTITIES)
def test_reads_quantities(text: str) -> None:
    assert quantity(text) == QUANTITIES[text]


@pytest.mark.parametrize("value", ["", "1 Gi", "1gi", "v1", "1.2.3", "m", True, None, [], "1GiB"])
def test_reads_nothing_else(value: Value) -> None:
    assert quantity(value) is None


@pytest.mark.parametrize(
    ("path", "old", "new", "same"),
    [
        ("spec.containers[0].resources.limits.cpu", "1", "1000m", True),
        ("spec.containers[0].resources.requests.memory", "1Gi", "1024Mi", True),
        ("spec.hard.pods", "10", 10.0, True),
        ("spec.volumes[0].emptyDir.sizeLimit", "1Gi", "1024Mi", True),
        ("spec.containers[0].resources.limits.cpu", "1", "1001m", False),
        ("data.limits.cpu", "1", "1000m", False),
        ('metadata.annotations["cpu"]', "1", "1000m", False),
        ("spec.containers[0].env[0].value", "1", "1000m", False),
        ("spec.replicas", "1", "1000m", False),
    ],
)
def test_only_quantities_have_two_spellings(path: str, old: Value, new: Value, *, same: bool) -> None:
    assert respelt(Change(path=parse(path), verb="UPDATE", old=old, new=new)) is same


@pytest.mark.parametrize("value", ["", False, 0.0, [], {}, {"a": {"b": []}}])
def test_what_is_empty_adds_nothing(value: Value) -> None:
    assert adds_nothing(Change(path=("spec", "a"), verb="ADD", new=value))
    assert not adds_nothing(Change(path=("spec", "a"), verb="UPDATE", old="x", new=value))


@pytest.mark.parametrize("value", ["x", True, 1.0, [0.0], {"a": {"b": "c"}}])
def test_anything_else_does(value: Value) -> None:
    assert not adds_nothing(Change(path=("spec", "a"), verb="ADD", new=value))


def test_whole_numbers_and_schema_keys_are_sent_as_the_api_has_them() -> None:
    inputs: Properties = {"a": 1.0, "b": 1.5, "x_kubernetes_list_type": Secret("map"), "__internal": "x"}
    assert objects.body(inputs) == {"a": 1, "b": 1.5, "x-kubernetes-list-type": "map"}
    assert objects.properties({"x-kubernetes-list-type": "map", "a": 1}) == {"x_kubernetes_list_type": "map", "a": 1.0}


def test_secrecy_is_carried_over() -> None:
    inputs: Properties = {"a": {"b": Secret("x"), "c": "y"}, "l": [{"s": Secret("x")}, {"s": "y"}], "w": Secret("z")}
    live: Properties = {"a": {"b": "x", "c": "y", "d": "z"}, "l": [{"s": "y"}, {"s": "x"}], "w": "z", "n": "n"}
    marked = objects.marked(live, inputs)
    assert marked == {
        "a": {"b": Secret("x"), "c": "y", "d": "z"},
        "l": Secret([{"s": "y"}, {"s": "x"}]),
        "w": Secret("z"),
        "n": "n",
    }
    assert objects.marked({"kind": "Secret", "data": {"a": "b"}}, {})["data"] == Secret({"a": "b"})


def test_a_secrets_texts_become_data() -> None:
    given: Properties = {"apiVersion": "v1", "kind": "Secret", "data": {"a": "eA=="}, "stringData": {"b": "y"}}
    assert plain(objects.encoded(given)["data"]) == {"a": "eA==", "b": "eQ=="}
    other: Properties = {"apiVersion": "v1", "kind": "ConfigMap", "stringData": {"b": "y"}}
    assert objects.encoded(other) == other


def test_pruning_follows_places_in_lists() -> None:
    live: Properties = {"l": [{"a": 1.0, "b": 2.0}, {"a": 3.0}], "m": {"x": 1.0}, "s": "t"}
    assert objects.pruned(live, {"l": [{"a": 0.0}], "m": {}, "s": {}}) == {"l": [{"a": 1.0}], "m": {}, "s": "t"}


def entry(manager: str, operation: str, *names: str, sub: str = "") -> dict[str, object]:
    fields: dict[str, dict[str, object]] = {"f:data": {f"f:{name}": {} for name in names}}
    found: dict[str, object] = {"manager": manager, "operation": operation, "fieldsV1": fields}
    return {**found, "subresource": sub} if sub else found


def test_earlier_managers_hand_their_fields_over() -> None:
    others = [entry("hpa", "Update", "h"), entry("pulumi-kubernetes", "Update", "s", sub="status")]
    mine = [entry("pulumi-kubernetes", "Update", "a"), entry("us", "Apply", "b"), entry("kubectl-edit", "Update", "c")]
    live = {"metadata": {"resourceVersion": "7", "managedFields": [*others, *mine]}}
    operations = handover(live, "us")
    assert operations is not None
    assert operations[0]["value"][:2] == others
    ours = operations[0]["value"][2]
    assert (ours["manager"], ours["operation"]) == ("us", "Apply")
    assert set(ours["fieldsV1"]["f:data"]) == {"f:a", "f:b", "f:c"}
    assert operations[1] == {"op": "replace", "path": "/metadata/resourceVersion", "value": "7"}
    settled = {"metadata": {"resourceVersion": "8", "managedFields": [*others, entry("us", "Apply", "a")]}}
    assert handover(settled, "us") is None


def test_ignored_fields_follow_their_managers() -> None:
    held = [entry("us", "Apply", "ours", "both"), entry("hpa", "Update", "theirs", "both")]
    live = {"metadata": {"managedFields": held}, "data": {"ours": "1", "theirs": "1", "both": "1", "free": "1"}}
    wanted = {"data": {"ours": "2", "theirs": "2", "both": "2", "free": "2", "new": "2"}}
    paths = [parse(f"data.{name}") for name in ("ours", "theirs", "both", "free", "new")]
    assert left_alone(wanted, live, paths, "us")["data"] == {"ours": "1", "both": "1", "free": "1", "new": "2"}


@pytest.mark.parametrize(
    ("conflicts", "ours"),
    [
        (['conflict with "kubectl-patch" using v1'], True),
        (['conflict with "kubectl-edit" using v1', 'conflict with "pulumi-kubernetes" using v1'], True),
        (['conflict with "kubectl-edit" using v1', 'conflict with "hpa" using v1'], False),
        (['conflict with "kubectl" with subresource "scale" using apps/v1'], False),
        (['conflict with "pulumi-kubernetes-1234abcd"'], False),
        (["something else"], False),
        ([], False),
    ],
)
def test_a_preview_forgives_only_what_the_update_will_take_over(conflicts: list[str], *, ours: bool) -> None:
    assert passing(conflicts) is ours
