"""What the platform rents from AWS."""
