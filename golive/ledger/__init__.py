"""What the engine's history knows of each release, and what the verbs that move releases share."""
