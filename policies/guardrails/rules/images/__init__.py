"""Which image runs."""
