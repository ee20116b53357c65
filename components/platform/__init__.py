"""What every product of a cluster stands on."""
