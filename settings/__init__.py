"""What one environment wants: the stack file, as types."""
