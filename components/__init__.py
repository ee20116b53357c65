"""Typed components: they know their arguments, and neither the catalogue nor the stack."""
