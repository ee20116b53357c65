"""What a cluster says of rollouts, read for people: stages, weights, gates, and why one went back."""
