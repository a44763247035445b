"""Spec -> the text of a NumPyro program -> its callable."""
