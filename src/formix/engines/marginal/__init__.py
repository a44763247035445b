"""Gaussian multilevel models with all effects integrated: few numbers sampled, the rest exact."""
