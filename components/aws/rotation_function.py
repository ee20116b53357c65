"""The function that rotates secrets, with the right to touch this environment's secrets and no others."""

from collections.abc import Mapping
from pathlib import Path

import pulumi
import pulumi_aws as aws

from components.args import Args, Wire
from components.aws.iam import EVERYTHING, Place, Statement, policy, trust

CODE = Path(__file__).parent / "rotation" / "handler.py"
RUNTIME, TIMEOUT, MEMORY = "python3.13", 30, 128
"""The runtime of AWS Lambda, seconds and MiB."""
LOG_DAYS = 365
SERVICE = "secretsmanager.amazonaws.com"
PASSWORDS = "secretsmanager:GetRandomPassword makes up a value and touches no resource, so it has none to name"


class RotationArgs(Args):
    """Where it runs and what its logs are encrypted with."""

    place: Place
    prefix: str
    """The first part of the names of the secrets that it may rotate: ``prod``."""
    logs_key: Wire[str]
    tags: Mapping[str, str]


class Rotation(pulumi.ComponentResource):
    """Owns the function, its role, its log group, and the right of Secrets Manager to call it.

    Answers go-live-readiness:96 (automated rotation).
    """

    arn: pulumi.Output[str]
    """The function's ARN."""
    ready: tuple[pulumi.Resource, ...]
    """What a rotation schedule waits for, since Secrets Manager tries the function at once."""

    def __init__(self, name: str, args: RotationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("golive:aws:Rotation", name, None, opts)
        called = f"{args.place.name}-secret-rotation"
        role, granted = self._role(name, called, args)
        function = self._function(name, called, args, role, granted)
        permission = aws.lambda_.Permission(
            f"{name}-permission",
            action="lambda:InvokeFunction",
            function=function.name,
            principal=SERVICE,
            source_account=args.place.account,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn, self.ready = function.arn, (function, granted, permission)
        self.register_outputs({"arn": self.arn})

    def _role(self, name: str, called: str, args: RotationArgs) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            f"{name}-role",
            name=called,
            description=f"Rotates the secrets of {args.place.name}",
            assume_role_policy=trust("lambda.amazonaws.com"),
            tags=args.tags,
            opts=child,
        )
        granted = aws.iam.RolePolicy(
            f"{name}-policy", role=role.name, policy=policy(*rights(args.place, args.prefix, called)), opts=child
        )
        return role, granted

    def _function(
        self, name: str, called: str, args: RotationArgs, role: aws.iam.Role, granted: pulumi.Resource
    ) -> aws.lambda_.Function:
        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/aws/lambda/{called}",
            retention_in_days=LOG_DAYS,
            kms_key_id=args.logs_key,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return aws.lambda_.Function(
            name,
            name=called,
            description="Gives the generated keys of a secret new values",
            role=role.arn,
            runtime=RUNTIME,
            architectures=["arm64"],
            handler="handler.handler",
            code=pulumi.AssetArchive({"handler.py": pulumi.StringAsset(CODE.read_text(encoding="utf-8"))}),
            timeout=TIMEOUT,
            memory_size=MEMORY,
            reserved_concurrent_executions=10,
            tracing_config={"mode": "PassThrough"},
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[logs, granted]),
        )


def rights(place: Place, prefix: str, called: str) -> tuple[Statement, ...]:
    """Say what the function may do."""
    return (
        Statement(
            sid="Rotate",
            actions=(
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
                "secretsmanager:PutSecretValue",
                "secretsmanager:UpdateSecretVersionStage",
            ),
            resources=(place.arn("secretsmanager", f"secret:{prefix}/*"),),
        ),
        Statement(
            sid="MakeUp", actions=("secretsmanager:GetRandomPassword",), resources=(EVERYTHING,), reason=PASSWORDS
        ),
        place.by_key("UseKey", ("kms:Decrypt", "kms:GenerateDataKey"), "secrets", via="secretsmanager"),
        Statement(
            sid="Log",
            actions=("logs:CreateLogStream", "logs:PutLogEvents"),
            resources=(place.arn("logs", f"log-group:/aws/lambda/{called}:*"),),
        ),
    )
