"""What stands between the internet and the cluster."""
