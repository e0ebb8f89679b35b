"""The same game line by line: no full screen, for pipes, screen readers and transcripts."""
