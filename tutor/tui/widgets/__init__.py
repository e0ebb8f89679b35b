"""Widgets that are given plain data and know nothing of the game."""
