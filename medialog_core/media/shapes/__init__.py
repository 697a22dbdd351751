"""What is turned in the hand: 3-D objects and molecules."""
