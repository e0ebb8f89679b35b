"""Pictures of a network, as rows of characters with inks that are named by meaning; no screen, no torch."""
