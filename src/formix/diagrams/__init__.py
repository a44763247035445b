"""Diagrams as values: of how groups lie in one another, and of a model."""
