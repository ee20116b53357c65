"""The offline random provider: it says what will be random, and makes nothing up."""

from toolchain.plugins.checks import Check
from toolchain.plugins.paths import Path
from toolchain.plugins.provider import Provider
from toolchain.plugins.values import UNKNOWN, Properties, Secret

CHARACTERS: Properties = {
    "lower": True,
    "minLower": 0.0,
    "minNumeric": 0.0,
    "minSpecial": 0.0,
    "minUpper": 0.0,
    "number": True,
    "numeric": True,
    "special": True,
    "upper": True,
}
DEFAULTS: dict[str, Properties] = {
    "random:index/randomPassword:RandomPassword": CHARACTERS,
    "random:index/randomPet:RandomPet": {"length": 2.0, "separator": "-"},
    "random:index/randomString:RandomString": CHARACTERS,
}
"""What the ordinary provider fills in where the program leaves it open."""
SECRET: dict[str, tuple[str, ...]] = {
    "random:index/randomBytes:RandomBytes": ("base64", "hex"),
    "random:index/randomPassword:RandomPassword": ("bcryptHash", "result"),
}
"""Outputs that are secret whatever the inputs are."""


class Random(Provider):
    """Previews random values: unknown until a deployment draws them, and secret where they are passwords."""

    name = "random"
    check = Check(lenient=True)

    def planned(self, token: str, inputs: Properties, old: Properties) -> Properties:
        """Return inputs and defaults, with unknowns for what will be drawn; an update draws nothing again."""
        outputs = super().planned(token, {**DEFAULTS.get(token, {}), **inputs}, old)
        outputs["id"] = old.get("id", UNKNOWN)
        for name in SECRET.get(token, ()):
            value = outputs[name]
            outputs[name] = value if isinstance(value, Secret) else Secret(value)
        return outputs

    def immutable(self, token: str, inputs: Properties) -> list[Path]:
        """Every input: another wish is another draw."""
        return [("*",)]

    def keeps_name(self, token: str, old: Properties, new: Properties) -> bool:
        """Random values have no names that could clash."""
        return False
