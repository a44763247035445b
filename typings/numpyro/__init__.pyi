# What formix uses of NumPyro, whose functions have few types of their own.
from numpyro import distributions as distributions, handlers as handlers
