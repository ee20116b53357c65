"""How services are reached, from inside and from outside."""
