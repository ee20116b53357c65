"""Give a secret's generated keys new values, in the four steps that Secrets Manager asks for.

The store of each credential reads it from the very secret (CloudNativePG's managed roles, Strimzi's users and the like
follow the copy that External Secrets makes), so that this function has nothing to set anywhere else.
"""

import json
from typing import Any

GENERATED = "golive-generated"
"""The tag that names the generated keys, joined by spaces; what else the secret holds is kept as it is."""
LENGTH = 40


def handler(event: dict[str, str], _context: object) -> None:
    """Entry point of the function."""
    import boto3  # type: ignore[import-untyped]  # noqa: PLC0415  # the function's runtime has it

    step(boto3.client("secretsmanager"), event["Step"], event["SecretId"], event["ClientRequestToken"])


def step(secrets: Any, name: str, secret: str, token: str) -> None:  # noqa: ANN401  # a client of the SDK
    """Do one step. Each may be called again and then changes nothing; an unknown step raises ``ValueError``."""
    described = secrets.describe_secret(SecretId=secret)
    stages = described["VersionIdsToStages"].get(token)
    if stages is None:
        raise ValueError("The secret has no version for this rotation.")
    if "AWSCURRENT" in stages:
        return
    if name == "createSecret":
        _create(secrets, secret, token, described)
    elif name == "testSecret":
        _test(secrets, secret, token)
    elif name == "finishSecret":
        _finish(secrets, secret, token, described)
    elif name != "setSecret":
        raise ValueError(f"There is no step {name}.")


def _create(secrets: Any, secret: str, token: str, described: dict[str, Any]) -> None:  # noqa: ANN401
    """Write the pending version, unless an earlier call did."""
    try:
        secrets.get_secret_value(SecretId=secret, VersionId=token, VersionStage="AWSPENDING")
    except secrets.exceptions.ResourceNotFoundException:
        values = json.loads(secrets.get_secret_value(SecretId=secret, VersionStage="AWSCURRENT")["SecretString"])
        for key in _generated(described):
            answer = secrets.get_random_password(PasswordLength=LENGTH, ExcludePunctuation=True)
            values[key] = answer["RandomPassword"]
        secrets.put_secret_value(
            SecretId=secret,
            ClientRequestToken=token,
            SecretString=json.dumps(values, sort_keys=True),
            VersionStages=["AWSPENDING"],
        )


def _test(secrets: Any, secret: str, token: str) -> None:  # noqa: ANN401
    """Refuse a pending version that lacks a key of the current one, for a pod would start without it."""
    pending = secrets.get_secret_value(SecretId=secret, VersionId=token, VersionStage="AWSPENDING")
    current = secrets.get_secret_value(SecretId=secret, VersionStage="AWSCURRENT")
    missing = sorted(set(json.loads(current["SecretString"])) - set(json.loads(pending["SecretString"])))
    if missing:
        raise ValueError(f"The new version lacks {', '.join(missing)}.")


def _finish(secrets: Any, secret: str, token: str, described: dict[str, Any]) -> None:  # noqa: ANN401
    """Make the pending version the current one."""
    current = next(
        (version for version, stages in described["VersionIdsToStages"].items() if "AWSCURRENT" in stages), None
    )
    secrets.update_secret_version_stage(
        SecretId=secret, VersionStage="AWSCURRENT", MoveToVersionId=token, RemoveFromVersionId=current
    )


def _generated(described: dict[str, Any]) -> list[str]:
    tags: dict[str, str] = {tag["Key"]: tag["Value"] for tag in described.get("Tags", ())}
    keys = tags.get(GENERATED, "").split()
    if not keys:
        raise ValueError(f"The secret has no tag {GENERATED}, so there is nothing to rotate.")
    return keys
