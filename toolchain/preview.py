"""``make preview``: the real engine, the real program, the pack."""

from toolchain.golang import Say
from toolchain.session import FAILED, start, unknown_stack

PACK = ("--policy-pack", "policies")


def preview(stack: str, say: Say) -> int:
    """Preview ``stack`` under the guardrails and return the engine's exit code."""
    session = start(stack, say)
    code = session.run("preview", *PACK, "--non-interactive")
    if code not in (0, FAILED) and not session.state.local:
        say(unknown_stack(session))
    return code
