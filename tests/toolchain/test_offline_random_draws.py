"""The offline random provider draws what the options allow, once, and hides what is secret."""

import base64
import re
import string
import uuid
from collections.abc import Iterator

import bcrypt
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2

from tests.support.served_plugin import Plugin, running, urn
from toolchain.plugins.random import BYTES, ID, INTEGER, PASSWORD, PET, SHUFFLE, STRING, UUID, UUID4, UUID7, Random
from toolchain.plugins.values import Properties, Secret, plain, read, write

DRAWS = 50


@pytest.fixture
def plugin() -> Iterator[Plugin]:
    with running(Random()) as found:
        yield found


def drawn(plugin: Plugin, token: str, inputs: Properties) -> tuple[str, Properties]:
    """Return identity and outputs of a real creation."""
    checked, faults = plugin.check(token, inputs)
    assert faults == {}
    answer = plugin.stub.Create(provider_pb2.CreateRequest(urn=urn(token), properties=write(checked)))
    return answer.id, read(answer.properties)


def imported(plugin: Plugin, token: str, named: str) -> tuple[str, Properties, Properties]:
    answer = plugin.stub.Read(provider_pb2.ReadRequest(urn=urn(token), id=named))
    return answer.id, read(answer.properties), read(answer.inputs)


def of(text: str, alphabet: str) -> int:
    return sum(character in alphabet for character in text)


def test_a_password_keeps_to_its_options(plugin: Plugin) -> None:
    options: Properties = {
        "length": 20.0,
        "minUpper": 2.0,
        "minLower": 3.0,
        "minNumeric": 4.0,
        "minSpecial": 5.0,
        "overrideSpecial": "~^",
    }
    for _ in range(DRAWS // 10):
        identity, outputs = drawn(plugin, PASSWORD, options)
        found = str(plain(outputs["result"]))
        assert identity == outputs["id"] == "none", "an identity is shown"
        assert len(found) == 20
        assert of(found, string.ascii_uppercase) >= 2
        assert of(found, string.ascii_lowercase) >= 3
        assert of(found, string.digits) >= 4
        assert of(found, "~^") >= 5
        assert of(found, string.ascii_letters + string.digits + "~^") == 20
        assert isinstance(outputs["result"], Secret)
        assert isinstance(outputs["bcryptHash"], Secret)
        assert bcrypt.checkpw(found.encode(), str(plain(outputs["bcryptHash"])).encode())


def test_a_password_of_any_length_has_a_hash(plugin: Plugin) -> None:
    _, outputs = drawn(plugin, PASSWORD, {"length": 200.0})
    assert bcrypt.checkpw(str(plain(outputs["result"])).encode()[:72], str(plain(outputs["bcryptHash"])).encode())


ALPHABETS: dict[str, tuple[Properties, str]] = {
    "everything": ({}, string.ascii_letters + string.digits + "!@#$%&*()-_=+[]{}<>:?"),
    "no special ones": ({"special": False}, string.ascii_letters + string.digits),
    "digits alone": ({"special": False, "upper": False, "lower": False}, string.digits),
    "no digits, by the older name": ({"number": False, "special": False}, string.ascii_letters),
    "as texts": ({"special": "false", "numeric": "false", "upper": "false"}, string.ascii_lowercase),
}


@pytest.mark.parametrize("case", ALPHABETS)
def test_a_string_uses_its_whole_alphabet_and_no_other(plugin: Plugin, case: str) -> None:
    options, alphabet = ALPHABETS[case]
    identity, outputs = drawn(plugin, STRING, {"length": 5000.0, **options})
    assert identity == outputs["id"] == outputs["result"]
    assert set(identity) == set(alphabet)
    assert outputs["number"] == outputs["numeric"]


def test_no_two_draws_are_alike(plugin: Plugin) -> None:
    assert len({drawn(plugin, STRING, {"length": 20.0})[0] for _ in range(DRAWS)}) == DRAWS


FAULTS: dict[str, tuple[str, Properties, dict[str, str]]] = {
    "no character": (
        STRING,
        {"length": 8.0, "special": False, "upper": False, "lower": False, "numeric": False},
        {"special": "one of upper, lower, numeric and special has to be true"},
    ),
    "too short": (
        PASSWORD,
        {"length": 4.0, "minUpper": 3.0, "minNumeric": 2.0},
        {"length": "expected at least 5, the sum of all minimums"},
    ),
    "no length": (BYTES, {"length": 0.0}, {"length": "expected at least 1, found 0"}),
    "no bytes": (ID, {"byteLength": 0.0}, {"byteLength": "expected at least 1, found 0"}),
    "an empty range": (INTEGER, {"min": 3.0, "max": 2.0}, {"max": "expected at least 3, which min is"}),
}


@pytest.mark.parametrize("case", FAULTS)
def test_refuses_what_can_not_be_drawn(plugin: Plugin, case: str) -> None:
    token, inputs, faults = FAULTS[case]
    assert plugin.check(token, inputs)[1] == faults


def test_bytes_are_secret(plugin: Plugin) -> None:
    identity, outputs = drawn(plugin, BYTES, {"length": 33.0})
    assert identity == "none"
    assert isinstance(outputs["base64"], Secret)
    assert isinstance(outputs["hex"], Secret)
    assert base64.b64decode(str(plain(outputs["base64"]))).hex() == plain(outputs["hex"])
    assert len(str(plain(outputs["hex"]))) == 66


def test_an_identity_has_five_spellings(plugin: Plugin) -> None:
    identity, outputs = drawn(plugin, ID, {"byteLength": 5.0, "prefix": "a,b"})
    found = base64.urlsafe_b64decode(identity + "===")
    assert len(found) == 5
    assert outputs["b64Url"] == f"a,b{identity}"
    assert outputs["b64Std"] == f"a,b{base64.b64encode(found).decode()}"
    assert outputs["hex"] == f"a,b{found.hex()}"
    assert outputs["dec"] == f"a,b{int.from_bytes(found, 'big')}"
    again = imported(plugin, ID, f"a,b,{identity}")
    assert again[0] == identity
    assert again[1] == outputs
    assert again[2] == {"byteLength": 5.0, "prefix": "a,b"}


def test_an_integer_includes_both_ends(plugin: Plugin) -> None:
    seen = {drawn(plugin, INTEGER, {"min": -1.0, "max": 1.0})[1]["result"] for _ in range(DRAWS)}
    assert seen == {-1.0, 0.0, 1.0}


def test_a_seed_repeats_itself(plugin: Plugin) -> None:
    options: Properties = {"min": 0.0, "max": 1e9, "seed": "here"}
    assert drawn(plugin, INTEGER, options) == drawn(plugin, INTEGER, options)
    assert drawn(plugin, INTEGER, {**options, "seed": "there"})[0] != drawn(plugin, INTEGER, options)[0]


@pytest.mark.parametrize(
    ("inputs", "form"),
    [
        ({}, r"[a-z]+-[a-z]+"),
        ({"length": 1.0}, r"[a-z]+"),
        ({"length": 4.0, "separator": "_"}, r"[a-z]+_[a-z]+_[a-z]+_[a-z]+"),
        ({"prefix": "web"}, r"web-[a-z]+-[a-z]+"),
    ],
)
def test_a_pet_has_words(plugin: Plugin, inputs: Properties, form: str) -> None:
    identity, outputs = drawn(plugin, PET, inputs)
    assert re.fullmatch(form, identity)
    assert outputs["id"] == identity


def test_a_shuffle_repeats_nothing_before_all_were_drawn(plugin: Plugin) -> None:
    identity, outputs = drawn(plugin, SHUFFLE, {"inputs": ["a", "b", "c"], "resultCount": 7.0})
    results = [str(one) for one in outputs["results"]]  # type: ignore[union-attr]  # it is a list
    assert identity == "-"
    assert sorted(results[:3]) == sorted(results[3:6]) == ["a", "b", "c"]
    assert len(results) == 7
    assert drawn(plugin, SHUFFLE, {"inputs": []})[1]["results"] == []


@pytest.mark.parametrize(("token", "version"), [(UUID, 4), (UUID4, 4), (UUID7, 7)])
def test_a_uuid_has_its_version(plugin: Plugin, token: str, version: int) -> None:
    identity, outputs = drawn(plugin, token, {})
    found = uuid.UUID(identity)
    assert (found.version, found.variant) == (version, uuid.RFC_4122)
    assert outputs["result"] == identity
    assert imported(plugin, token, identity.upper())[0] == identity


def test_imports_what_is_named(plugin: Plugin) -> None:
    identity, outputs, inputs = imported(plugin, PASSWORD, "hunter2")
    assert identity == "none"
    assert outputs["result"] == Secret("hunter2")
    assert inputs["length"] == 7.0
    assert "result" not in inputs
    assert imported(plugin, STRING, "abc")[1]["result"] == "abc"
    assert imported(plugin, INTEGER, "5,1,9,s")[2] == {"min": 1.0, "max": 9.0, "seed": "s"}
    assert imported(plugin, BYTES, "AQI=")[1]["hex"] == Secret("0102")


@pytest.mark.parametrize(
    ("token", "named", "words"),
    [
        (INTEGER, "5", "imported as result,min,max"),
        (UUID, "5", "'5' is no UUID"),
        (BYTES, "hunter2", "What is to be imported is not base64."),
        (PET, "rex", "RandomPet can't be imported"),
    ],
)
def test_refuses_to_import_nonsense(plugin: Plugin, token: str, named: str, words: str) -> None:
    assert words in plugin.refusal("Read", provider_pb2.ReadRequest(urn=urn(token), id=named))[1]


def test_what_was_drawn_is_never_drawn_again(plugin: Plugin) -> None:
    identity, outputs = drawn(plugin, PASSWORD, {"length": 20.0})
    update = provider_pb2.UpdateRequest(
        urn=urn(PASSWORD), id=identity, olds=write(outputs), news=write({"length": 20.0, "keepers": {"a": "b"}})
    )
    assert read(plugin.stub.Update(update).properties) == {**outputs, "keepers": {"a": "b"}}
    request = provider_pb2.ReadRequest(urn=urn(PASSWORD), id=identity, properties=write(outputs))
    assert read(plugin.stub.Read(request).properties) == outputs
    assert plugin.stub.Delete(provider_pb2.DeleteRequest(urn=urn(PASSWORD), id=identity)) == empty_pb2.Empty()
