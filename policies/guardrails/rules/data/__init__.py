"""What has to outlive its pods."""
