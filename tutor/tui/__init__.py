"""The full screen: what the player sees and touches. Holds no rules of the game."""
