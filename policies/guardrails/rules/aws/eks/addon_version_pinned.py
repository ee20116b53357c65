"""A cluster's add-ons change when somebody decides it.

Field: `addonVersion`; unset means whatever AWS recommends on the day. Reference: the EKS best practices for upgrades.
"""

from guardrails.examples.aws import made
from guardrails.examples.kubernetes import refusal
from guardrails.model.findings import Faults
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

ADDON = "aws:eks/addon:Addon"
FIELD = "addonVersion"
WRONG = "is installed in whatever version AWS recommends"


def check(addon: Object) -> Faults:
    """Ask for the version."""
    version = addon.read(FIELD)
    if not isinstance(version, Unknown) and not (isinstance(version, str) and version.strip()):
        yield addon.fails(WRONG, FIELD)


RULE = Rule(
    id="addon-version-pinned",
    title="Add-ons name their version",
    why="Two environments that were made on different days run different networks, and nobody tested the newer one.",
    fix="Set addonVersion, for example v1.20.4-eksbuild.2.",
    severity=Severity.MEDIUM,
    covers=("production:41", "go-live-readiness:124"),
    kinds=frozenset({ADDON}),
    check=EachObject(check),
    allows={
        "a version": made(ADDON, addonName="vpc-cni", addonVersion="v1.20.4-eksbuild.2"),
        "another": made(ADDON, addonName="coredns", addonVersion="v1.12.4-eksbuild.1"),
    },
    refuses={
        "unset": refusal(made(ADDON, addonName="vpc-cni"), f"Addon shop {WRONG}"),
        "null": refusal(made(ADDON, addonName="vpc-cni", addonVersion=None), f"Addon shop {WRONG}"),
        "empty": refusal(made(ADDON, addonName="vpc-cni", addonVersion=""), f"Addon shop {WRONG}"),
    },
)
