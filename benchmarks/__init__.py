"""How fast the guardrails are, measured beside the field's own tools in one run. Not part of ``make test``."""
