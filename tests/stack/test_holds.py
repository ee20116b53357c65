"""A hold keeps back what it names, in words that say how to lift it; fingerprints tell what was asked for apart."""

import pytest

from catalog import PRODUCTS
from settings.errors import SettingsError
from settings.holds import environment_fingerprint, fingerprint
from settings.load import parse
from settings.models import Settings
from stack.resolve import join
from tests.support.stack_data import changed, valid

IMAGE = ("releases", "optibid-backend", "image")
BAD = "optibid/optibid-backend:v1.0.0"
HOLD = {"reason": "too many errors", "images": [BAD]}
KEPT = "which the hold release-3 keeps back"
OTHER = "other settings"
LITTLE = "(too little memory)"
LIFT = "once it is good, lift the hold: golive lift release-3 --stack prod."


def settings(*changes: tuple[tuple[str | int, ...], object]) -> Settings:
    return parse(changed(*changes), "Pulumi.prod.yaml")


def refusals(found: Settings) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        join(found, PRODUCTS)
    return [str(fault) for fault in caught.value.faults]


def test_a_held_image_is_refused_with_the_way_out() -> None:
    assert refusals(settings((("holds",), {"release-3": HOLD}))) == [
        f"releases.optibid-backend.image: found '{BAD}', {KEPT} (too many errors); expected another image; {LIFT}"
    ]


@pytest.mark.parametrize("spelt", ["registry.example/{}", "{}@sha256:" + "0" * 64])
def test_a_held_image_is_refused_however_it_is_spelt(spelt: str) -> None:
    found = settings((("holds",), {"release-3": HOLD}), (IMAGE, spelt.format(BAD)))

    assert [KEPT in each for each in refusals(found)] == [True]


def test_of_two_digests_the_one_that_is_held_is_refused() -> None:
    held, other = (f"{BAD}@sha256:{digit * 64}" for digit in "ab")
    hold = (("holds",), {"release-3": {"reason": "bad", "images": [held]}})

    assert [KEPT in each for each in refusals(settings(hold, (IMAGE, held)))] == [True]
    assert join(settings(hold, (IMAGE, other)), PRODUCTS)


def test_another_image_passes_a_hold() -> None:
    assert join(settings((("holds",), {"release-3": HOLD}), (IMAGE, "optibid/optibid-backend:v1.0.1")), PRODUCTS)


def test_held_settings_are_refused_whatever_runs() -> None:
    hold = {"reason": "too little memory", "settings": environment_fingerprint(settings())}

    assert refusals(settings((("holds",), {"release-3": hold}), (IMAGE, "optibid/optibid-backend:v1.0.1"))) == [
        f"holds.release-3.settings: found the settings of this file, {KEPT} {LITTLE}; expected {OTHER}; {LIFT}"
    ]


def test_other_settings_pass_a_hold() -> None:
    hold = {"reason": "too little memory", "settings": environment_fingerprint(settings())}

    assert join(settings((("holds",), {"release-3": hold}), (("owner",), "optibid")), PRODUCTS)


@pytest.mark.parametrize(
    ("hold", "words"),
    [
        ({"reason": "bad"}, "holds.x.images: found nothing; expected what it keeps back"),
        ({"reason": " ", "images": [BAD]}, "holds.x.reason: found"),
        ({"reason": "bad", "settings": "abc"}, "holds.x.settings: found"),
        ({"images": [BAD]}, "holds.x.reason: found nothing"),
    ],
)
def test_a_hold_that_says_too_little_is_refused(hold: dict[str, object], words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings((("holds",), {"x": hold}))
    assert [str(fault).startswith(words) for fault in caught.value.faults] == [True]


def test_a_fingerprint_names_all_that_is_deployed_and_nothing_else() -> None:
    plan = {"source": "staging", "soak": "24h"}

    assert fingerprint(settings((("promotion",), plan))) == fingerprint(settings())
    assert fingerprint(settings((("holds",), {"release-3": HOLD}))) == fingerprint(settings())
    assert fingerprint(settings((IMAGE, "optibid/optibid-backend:v1.0.1"))) != fingerprint(settings())
    assert fingerprint(settings((("owner",), "optibid"))) != fingerprint(settings())
    assert fingerprint(parse(dict(reversed(valid().items())), "Pulumi.prod.yaml")) == fingerprint(settings())


def test_the_environments_fingerprint_leaves_the_releases_out() -> None:
    moved = settings((IMAGE, "optibid/optibid-backend:v1.0.1"))

    assert environment_fingerprint(moved) == environment_fingerprint(settings())
    assert environment_fingerprint(settings((("owner",), "optibid"))) != environment_fingerprint(settings())
