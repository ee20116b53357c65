"""A Kubernetes API server over HTTP: which one, by whose credentials, and what it is asked."""
