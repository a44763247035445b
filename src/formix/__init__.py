"""Bayesian multilevel models, written as a formula."""
