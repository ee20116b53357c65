"""What any object says about itself."""
