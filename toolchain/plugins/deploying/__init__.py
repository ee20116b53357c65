"""Kubernetes objects on a real cluster: created, updated, deleted and read as the ordinary provider does it."""
