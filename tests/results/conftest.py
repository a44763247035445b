"""Fits made by hand, in every file format."""

import pytest

# Imports ArviZ once, without its daily notice, which would be an error here.
import formix.results.container  # noqa: F401
from made_fits import make


@pytest.fixture(scope="session")
def made():
    return make()
