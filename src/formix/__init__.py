"""Bayesian multilevel models, written as a formula."""

import lazy_loader

from formix.versions import version_of

__version__ = version_of("formix")

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
