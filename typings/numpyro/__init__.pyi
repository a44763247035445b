# What formix uses of NumPyro, whose functions have few types of their own.
from typing import Any

from numpyro import distributions as distributions, handlers as handlers

def sample(name: str, fn: Any) -> Any: ...
