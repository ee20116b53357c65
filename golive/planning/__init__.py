"""The plan of a stack without an engine: what the program asks for, and the manifests in it."""
