"""Torch lives here: only the training process imports this package."""
