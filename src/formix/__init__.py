"""Bayesian multilevel models, written as a formula."""

from importlib.metadata import version

import lazy_loader

__version__ = version("formix")

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
