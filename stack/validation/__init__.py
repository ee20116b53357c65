"""The checks of a stack file against the catalogue. Each returns every fault that it finds."""
