"""The language: from text to a tree with the place of everything in it, and back."""
