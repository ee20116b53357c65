"""What runs a service, and what may reach it."""
