"""The verbs of the command ``golive``, one module each."""
