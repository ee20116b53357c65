"""How much a container may use."""
