"""Commands for those who write chapters: begin one, draw it, count it, look up its format."""
