"""``make preview``: the real engine, the real program, the pack."""

from collections.abc import Mapping
from dataclasses import replace

from toolchain.engine import Engine
from toolchain.golang import Say
from toolchain.session import ended, start
from toolchain.state import State

PACK = ("--policy-pack", "policies")
SIGNED_IN = ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_")
"""Variables by which the AWS plugin finds credentials."""


def preview(stack: str, say: Say) -> int:
    """Preview ``stack`` under the guardrails and return the engine's exit code."""
    session = start(stack, say)
    unsigned = credentials(session.engine, session.state, session.environment)
    session = replace(session, environment={**session.environment, **unsigned})
    code = session.run("preview", *PACK, "--non-interactive")
    return ended(session, code, say, "a preview changes nothing")


def credentials(engine: Engine, state: State, inherited: Mapping[str, str]) -> dict[str, str]:
    """Environment under which the ordinary AWS plugin previews without credentials, where there are none.

    That is for the checkout's own state alone: any other was made with credentials, and would show every provider as
    changed.
    """
    if engine.offline or not state.local or any(key.startswith(SIGNED_IN) for key in inherited):
        return {}
    return {"GOLIVE_CREDENTIALS": "none"}
