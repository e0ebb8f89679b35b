"""``tutor check``: what is wrong in chapters, and the proof of their lessons."""
