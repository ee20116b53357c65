"""The one place that knows which components exist and how they are wired."""
