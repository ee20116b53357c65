"""The releases of a stack: their history, the way back to one, and what it needs."""
