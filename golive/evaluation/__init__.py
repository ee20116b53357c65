"""Judging manifests outside a preview: the rules, the exceptions of a stack, and a report of where each finding is."""
