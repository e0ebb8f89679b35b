"""The pictures of the README: made by playing the real program, with real training."""
