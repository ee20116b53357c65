"""Where the engine starts the pack."""

from guardrails.pack import serve

serve()
