"""What identities may do in the cluster."""
