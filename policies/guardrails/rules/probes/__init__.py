"""How the cluster learns that a container works."""
