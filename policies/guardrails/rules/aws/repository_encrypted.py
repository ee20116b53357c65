"""Images are encrypted with a key of ours.

Field: `encryptionConfigurations`, all of whose entries have `encryptionType` KMS; unset means Amazon's own. Reference:
FSBP ECR.5.
"""

from guardrails.amazon import made
from guardrails.examples import refusal
from guardrails.plain import Plain, Unknown
from guardrails.resources import Object
from guardrails.rule import EachObject, Faults, Rule, Severity

REPOSITORY = "aws:ecr/repository:Repository"
FIELD = "encryptionConfigurations"
WRONG = "is not encrypted with a key of ours"


def check(repository: Object) -> Faults:
    """Ask each entry, of which there is one at least."""
    entries = repository.at(FIELD)
    entries.noted()
    types = [entry.read("encryptionType") for entry in entries.elements()]
    if isinstance(entries.plain, Unknown) or (
        types and all(each == "KMS" or isinstance(each, Unknown) for each in types)
    ):
        return
    yield repository.fails(WRONG, FIELD)


def _repository(*types: Plain) -> Plain:
    return [{"encryptionType": each} for each in types]


RULE = Rule(
    id="repository-encrypted",
    title="Repositories are encrypted with a customer's key",
    why="Images hold our programs whole, and Amazon's own key has no list of who may read them.",
    fix="Set encryptionConfigurations to one entry with encryptionType KMS and the key's ARN.",
    severity=Severity.LOW,
    covers=("go-live-readiness:94",),
    kinds=frozenset({REPOSITORY}),
    check=EachObject(check),
    allows={
        "KMS": made(REPOSITORY, encryptionConfigurations=_repository("KMS")),
        "KMS and a key": made(
            REPOSITORY, encryptionConfigurations=[{"encryptionType": "KMS", "kmsKey": "arn:aws:kms"}]
        ),
    },
    refuses={
        "unset": refusal(made(REPOSITORY), f"Repository shop {WRONG}"),
        "null": refusal(made(REPOSITORY, encryptionConfigurations=None), f"Repository shop {WRONG}"),
        "Amazon's key": refusal(
            made(REPOSITORY, encryptionConfigurations=_repository("AES256")), f"Repository shop {WRONG}"
        ),
    },
)
