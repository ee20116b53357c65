"""Images are encrypted with a key of ours.

Field: `encryptionConfigurations`, all of whose entries have `encryptionType` KMS and a `kmsKey`; unset means AWS's own.
Reference: FSBP ECR.5.
"""

from guardrails.aws.relations import is_own_key
from guardrails.examples.aws import aws_resource
from guardrails.examples.kubernetes import bad_example
from guardrails.model.findings import Violations
from guardrails.model.node import Node
from guardrails.model.resources import Object, Resource
from guardrails.model.values import Plain, Unknown
from guardrails.rule import EachObject, Rule, Severity

REPOSITORY = "aws:ecr/repository:Repository"
FIELD = "encryptionConfigurations"
PROBLEM = "is not encrypted with a key of ours"


def check(repository: Object) -> Violations:
    """Ask each entry, of which there is one at least."""
    entries = repository.at(FIELD)
    entries.record_unknown()
    sound = [_is_sound(entry) for entry in entries.elements()]
    if not isinstance(entries.plain, Unknown) and not (sound and all(sound)):
        yield repository.fails(PROBLEM, FIELD)


def _is_sound(entry: Node) -> bool:
    kind = entry.record_unknown() if isinstance(entry.plain, Unknown) else entry.read("encryptionType")
    return isinstance(kind, Unknown) or (kind == "KMS" and is_own_key(entry, "kmsKey"))


def _repository(kind: str, key: Plain = "arn:aws:kms:us-east-1:111122223333:key/shop") -> tuple[Resource, ...]:
    return aws_resource(REPOSITORY, encryptionConfigurations=[{"encryptionType": kind, "kmsKey": key}])


RULE = Rule(
    id="repository-encrypted",
    title="Repositories are encrypted with a customer's key",
    why="Images hold our programs whole, and Amazon's own key has no list of who may read them.",
    fix="Set encryptionConfigurations to one entry with encryptionType KMS and the key's ARN.",
    severity=Severity.LOW,
    covers=("go-live-readiness:94",),
    kinds=frozenset({REPOSITORY}),
    check=EachObject(check),
    known_after_deploy=("encryptionConfigurations.kmsKey",),
    allows={
        "a key": _repository("KMS"),
        "a key of the same program": _repository("KMS", Unknown.LATER),
    },
    refuses={
        "unset": bad_example(aws_resource(REPOSITORY), f"Repository shop {PROBLEM}"),
        "null": bad_example(aws_resource(REPOSITORY, encryptionConfigurations=None), f"Repository shop {PROBLEM}"),
        "Amazon's key": bad_example(_repository("AES256"), f"Repository shop {PROBLEM}"),
        "AWS's key for ECR": bad_example(_repository("KMS", None), f"Repository shop {PROBLEM}"),
    },
)
