"""Waiting until what was applied is ready, and until what was deleted is gone."""
