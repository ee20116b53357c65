"""The offline AWS provider."""

from toolchain.plugins.aws_types import (
    AUTONAMED,
    COMPUTED_INSIDE,
    DEFAULT_IMMUTABLE,
    IMMUTABLE,
    NAME_DIGITS,
    PREFIXES,
)
from toolchain.plugins.checks import Check
from toolchain.plugins.paths import Path, below, parse
from toolchain.plugins.provider import Asked, Provider, inside
from toolchain.plugins.values import UNKNOWN, Properties, Secret, has_unknown, plain

DEFAULTS = "__defaults"
"""Where the ordinary provider notes which inputs it has made up itself."""


class Aws(Provider):
    """Previews AWS resources without an account."""

    name = "aws"
    check = Check(lenient=True)

    def prepare(self, asked: Asked) -> Properties:
        """Add the provider's default tags, and an automatic name where the type has one."""
        inputs = dict(asked.new)
        properties = self.shape(asked.token).inputs.properties
        tags = inside(inside(self.configuration.get("defaultTags")).get("tags"))
        if tags and "tags" in properties and (inputs.get("tags") is None or inside(inputs["tags"])):
            merged: Properties = {**tags, **inside(inputs.get("tags"))}
            inputs["tags"] = Secret(merged) if isinstance(inputs.get("tags"), Secret) else merged
        named = AUTONAMED.get(asked.token, "name")
        free = named in properties and named not in self.shape(asked.token).inputs.required
        if free and inputs.get(named) is None and inputs.get(f"{named}Prefix") is None:
            kept = asked.old.get(named) if _automatic(asked.old, named) else None
            prefix = PREFIXES.get(asked.token, "")
            inputs[named] = kept or f"{prefix}{asked.automatic_name(NAME_DIGITS)}"
            inputs[DEFAULTS] = [named]
        return inputs

    def planned(self, token: str, inputs: Properties, old: Properties) -> Properties:
        """Return inputs, with unknowns for identities, addresses and all else that AWS decides."""
        outputs = super().planned(token, inputs, old)
        outputs["id"] = old.get("id", UNKNOWN)
        if inputs.get("region") is None and "region" in outputs:
            outputs["region"] = self.configuration.get("region") or UNKNOWN
        if "tagsAll" in outputs and not has_unknown(inputs.get("tags")):
            outputs["tagsAll"] = inputs.get("tags") or {}
        for field in COMPUTED_INSIDE.get(token, ()):
            section, name = field.split(".")
            known = below(old, parse(field))
            if isinstance(outputs.get(section), dict) and not below(outputs, parse(field)):
                outputs[section] = {**inside(outputs[section]), name: known[0] if known else UNKNOWN}
        return outputs

    def immutable(self, token: str, inputs: Properties) -> list[Path]:
        """List what AWS can't change in place; of types that aren't in the table, only names and the region."""
        return [parse(field) for field in (*DEFAULT_IMMUTABLE, *IMMUTABLE.get(token, ()))]

    def keeps_name(self, token: str, old: Properties, new: Properties) -> bool:
        """Say whether the program itself named the resource, and leaves the name as it is."""
        named = AUTONAMED.get(token, "name")
        given = plain(new.get(named))
        return isinstance(given, str) and given == plain(old.get(named)) and not _automatic(new, named)


def _automatic(inputs: Properties, named: str) -> bool:
    made_up = inputs.get(DEFAULTS)
    return isinstance(made_up, list) and named in made_up
