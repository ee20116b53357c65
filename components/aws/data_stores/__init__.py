"""Stores that AWS runs, for the products that choose them over the cluster's own."""
