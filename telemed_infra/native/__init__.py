"""Texts → the words of the platforms' own programs."""
