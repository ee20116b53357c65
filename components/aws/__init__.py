"""What AWS gives a stack."""
