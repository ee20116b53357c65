"""Sound resources for the examples of the rules, to be spoilt in one place."""
