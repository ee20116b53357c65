"""Plain data with explicit unknowns, and the views through which rules read it. Knows no kind of object."""
