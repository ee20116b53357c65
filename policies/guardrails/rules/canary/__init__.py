"""How a new version takes over in stages."""
