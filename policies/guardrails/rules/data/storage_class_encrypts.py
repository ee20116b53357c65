"""Disks of AWS are encrypted.

Asked of a `StorageClass` of EBS (`provisioner` `ebs.csi.aws.com`, `ebs.csi.eks.amazonaws.com` or the old
`kubernetes.io/aws-ebs`): `parameters.encrypted` is "true". The parameters are text; a bare true no cluster accepts.
"""

from guardrails.examples.kubernetes import bad_example, declared
from guardrails.model.findings import Violations
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain
from guardrails.rule import EachObject, Rule, Severity

DRIVERS = ("ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com", "kubernetes.io/aws-ebs")
PROBLEM = "makes disks that are not encrypted"


def check(class_: Object) -> Violations:
    """Name each class that leaves its disks open."""
    if class_.read("provisioner") in DRIVERS and class_.is_not("parameters", "encrypted", value="true"):
        yield class_.fails(PROBLEM, "parameters", "encrypted")


def _class(encrypted: Plain, provisioner: Plain = DRIVERS[0]) -> tuple[Resource, ...]:
    parameters: Plain = {"type": "gp3", "encrypted": encrypted}
    return (
        declared(
            "kubernetes:storage.k8s.io/v1:StorageClass",
            "gp3",
            namespace=None,
            provisioner=provisioner,
            parameters=parameters,
        ),
    )


RULE = Rule(
    id="storage-class-encrypts",
    title="Storage classes encrypt their disks",
    why="A disk or a snapshot that gets into other hands is readable to the last byte.",
    fix='Set parameters.encrypted to "true".',
    severity=Severity.HIGH,
    covers=("go-live-readiness:94",),
    kinds=frozenset({"storage.k8s.io/StorageClass"}),
    check=EachObject(check),
    allows={"encrypted": _class("true"), "of another driver": _class(None, "efs.csi.aws.com")},
    refuses={
        "unset": bad_example(_class(None), f"StorageClass gp3 {PROBLEM}"),
        "false": bad_example(_class("false"), f"StorageClass gp3 {PROBLEM}"),
        "no text": bad_example(_class(encrypted=True), f"StorageClass gp3 {PROBLEM}"),
        "an old driver": bad_example(_class(None, DRIVERS[2]), f"StorageClass gp3 {PROBLEM}"),
    },
)
