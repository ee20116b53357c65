"""Settings say everything at once, echo no secret, and never end in a traceback."""

import copy
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings, strategies

from settings.errors import SettingsError
from settings.load import parse, schema
from settings.models import Settings
from tests.support.stack_data import REMOVED, Place, changed, valid

LABEL = "a DNS label (lower-case letters, digits, hyphens, at most 63), for example 'marketplace'"
PORT = "a port from 1 to 65535, without quotes, for example 8015"
UNKNOWN = (
    "found an unknown key; expected one of "
    "environment, owner, aws, cluster, platform, stores, products, capacity, releases, migrations, maintenance, "
    "promotion, holds"
)


def refusals(data: object) -> list[str]:
    """List what the settings say against this data."""
    with pytest.raises(SettingsError) as caught:
        parse(data, "Pulumi.prod.yaml")
    return [str(fault) for fault in caught.value.faults]


def test_a_misspelt_key_is_one_fault_and_not_two() -> None:
    data = changed((("releases",), REMOVED), (("relases",), valid()["releases"]))
    assert refusals(data) == [f"relases: {UNKNOWN}. Did you mean 'releases'?"]


def test_faults_of_many_parts_are_found_at_once() -> None:
    data = changed(
        (("platform", "egress", "port"), 99999),
        (("colour",), 1),
        (("cluster",), REMOVED),
        (("stores", "redis", "cidrs", 0), "x"),
    )
    cluster = "the cluster of prod, for example cluster: {version: '1.34', nodes: {...}, ...}"
    network = "a network in CIDR notation, with no host bits set, for example '10.20.0.0/16'"
    assert refusals(data) == [
        f"cluster: found nothing; expected {cluster}.",
        f"platform.egress.port: found 99999 (a number); expected {PORT}.",
        f'stores.redis.cidrs[0]: found "x"; expected {network}.',
        f"colour: {UNKNOWN}.",
    ]


@pytest.mark.parametrize("data", [None, [], "text", 1, True])
def test_refuses_what_is_no_map(data: object) -> None:
    (said,) = refusals(data)
    assert said.endswith("; expected a map, for example golive:settings: {environment: dev, ...}.")


def test_a_list_of_faults_has_a_first_line_that_counts_them() -> None:
    with pytest.raises(SettingsError) as caught:
        parse(changed((("owner",), "A"), (("platform", "egress", "port"), 0)), "Pulumi.prod.yaml")
    assert str(caught.value) == (
        "Pulumi.prod.yaml: 2 faults in golive:settings\n"
        f'  owner: found "A"; expected {LABEL}.\n'
        f"  platform.egress.port: found 0 (a number); expected {PORT}."
    )


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("releases", "api-token"), {"image": "Hunter2!"}),
        (("releases", "db-password"), "Hunter2!"),
        (("stores", "redis", "host"), "user:Hunter2!@redis"),
        (("stores", "redis", "host"), "-----BEGIN RSA PRIVATE KEY----- Hunter2!"),
        (("owner",), "AKIAIOSFODNN7EXAMPLE-Hunter2!"),
        (("password",), "Hunter2!"),
        (("platform", "secrets", "token"), "Hunter2!"),
    ],
)
def test_echoes_nothing_that_may_be_secret(place: Place, value: object) -> None:
    said = refusals(changed((place, value)))
    assert said
    assert "Hunter2" not in "".join(said)


def test_says_that_it_hides_a_value() -> None:
    assert refusals(changed((("releases", "db-password"), "Hunter2!"))) == [
        "releases.db-password: found a value that is not shown, because it may be secret; expected a map."
    ]


def test_refuses_the_settings_of_another_environment() -> None:
    data = changed((("environment",), "staging"))
    assert refusals(data) == ['environment: found "staging" in Pulumi.prod.yaml; expected environment: prod.']
    assert parse(data, "Pulumi.staging-eu.yaml").environment == "staging"


@pytest.mark.parametrize(
    "value", ["a" * 200_000, "a:" * 100_000, 10**5000, -(10**90)], ids=["text", "colons", "big", "low"]
)
def test_enormous_values_are_refused_quickly_and_shortly(value: object) -> None:
    (said,) = refusals(changed((("owner",), value)))
    assert len(said) < 300


def test_shortens_long_values() -> None:
    (said,) = refusals(changed((("owner",), "A" * 500)))
    assert said == f'owner: found "{"A" * 80}..."; expected {LABEL}.'


def test_settings_are_frozen() -> None:
    parsed = parse(valid(), "Pulumi.prod.yaml")
    with pytest.raises(ValueError, match="frozen"):
        parsed.owner = "someone-else"  # type: ignore[misc]  # the test is that this is refused


def test_settings_are_equal_wherever_they_were_written() -> None:
    assert parse(valid(), "one", {("owner",): 1}) == parse(valid(), "two")


def test_every_key_of_the_schema_refuses_unknown_keys() -> None:
    parts = {"Settings": schema(), **schema()["$defs"]}
    assert [name for name, part in parts.items() if part.get("additionalProperties") is not False] == []


PLAIN = strategies.recursive(
    strategies.none()
    | strategies.booleans()
    | strategies.integers()
    | strategies.floats()
    | strategies.text(max_size=8),
    lambda inner: (
        strategies.lists(inner, max_size=3) | strategies.dictionaries(strategies.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def refusal(call: Callable[[], Settings]) -> SettingsError | None:
    """Give what the call is refused with, or nothing; any other exception is a failure."""
    try:
        call()
    except SettingsError as error:
        return error
    return None


def places(data: object, place: Place = ()) -> Iterator[Place]:
    """List every place in the data."""
    children: Iterator[tuple[str | int, object]] = iter(())
    if isinstance(data, dict):
        children = iter(data.items())
    elif isinstance(data, list):
        children = iter(enumerate(data))
    for key, value in children:
        yield (*place, key)
        yield from places(value, (*place, key))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(place=strategies.sampled_from(list(places(valid()))), value=PLAIN)
def test_no_value_ends_in_a_traceback(place: Place, value: object) -> None:
    error = refusal(lambda: parse(changed((place, copy.deepcopy(value))), "Pulumi.prod.yaml"))
    assert error is None or error.faults
    assert "pydantic" not in str(error)
