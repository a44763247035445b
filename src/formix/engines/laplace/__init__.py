"""Generalised multilevel models approximated by a Gaussian one around their mode."""
