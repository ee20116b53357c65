"""Where the engine starts the pack. A pack that can't load says so in one sentence, and the engine refuses."""

import sys

try:
    from guardrails.pack import serve
except Exception as error:  # noqa: BLE001 - whatever it was, the user needs one sentence
    reason = " ".join(str(error).split()) or "no reason given"
    sys.exit(
        f"golive-guardrails can't be loaded, so all is refused ({type(error).__name__}: {reason}). "
        "Repair policies/ and .venv, for example with git status and make clean setup."
    )

serve()
