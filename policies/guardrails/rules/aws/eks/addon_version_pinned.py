"""A cluster's add-ons change when somebody decides it.

Field: `addonVersion`; unset means whatever AWS recommends on the day. Reference: the EKS best practices for upgrades.
"""

from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.resources import Object
from guardrails.model.values import Unknown
from guardrails.rule import EachObject, Rule, Severity

ADDON = "aws:eks/addon:Addon"
FIELD = "addonVersion"
PROBLEM = "is installed in whatever version AWS recommends"


def check(addon: Object) -> Violations:
    """Ask for the version."""
    version = addon.read(FIELD)
    if not isinstance(version, Unknown) and not (isinstance(version, str) and version.strip()):
        yield addon.fails(PROBLEM, FIELD)


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
        "a version": aws_resource(ADDON, addonName="vpc-cni", addonVersion="v1.20.4-eksbuild.2"),
        "another": aws_resource(ADDON, addonName="coredns", addonVersion="v1.12.4-eksbuild.1"),
    },
    refuses={
        "unset": bad_example(aws_resource(ADDON, addonName="vpc-cni"), f"Addon shop {PROBLEM}"),
        "null": bad_example(aws_resource(ADDON, addonName="vpc-cni", addonVersion=None), f"Addon shop {PROBLEM}"),
        "empty": bad_example(aws_resource(ADDON, addonName="vpc-cni", addonVersion=""), f"Addon shop {PROBLEM}"),
    },
)
