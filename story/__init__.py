"""The tale: chapter files, and the engine that tells them. Knows no torch and no screen."""
