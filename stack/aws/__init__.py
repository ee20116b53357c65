"""What an environment has on AWS, wired part by part."""
