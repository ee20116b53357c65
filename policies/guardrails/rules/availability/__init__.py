"""What keeps serving through updates, drains and load."""
