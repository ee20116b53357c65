"""One run of the rules over resources, one by one and together, and its transcript."""
