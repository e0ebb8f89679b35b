"""The full screen: what the player sees and touches. Holds no rules of the game."""

import os

# Textual paints once in a while at most, and what a key changes is followed by what comes of it: with its usual 60
# paints a second, a key that is pressed meanwhile would wait for up to 17 ms. Textual reads this when it is imported.
os.environ.setdefault("TEXTUAL_FPS", "500")
