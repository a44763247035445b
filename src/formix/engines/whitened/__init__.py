"""Posteriors of generalised multilevel models in coordinates in which they are all but round."""
