"""Packages that would bring resources which nobody sees."""
