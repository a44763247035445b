"""Fits made by hand, in every file format."""

import pytest
from made_fits import make

# Imports ArviZ once, without its daily notice, which would be an error here.
import formix.results.container  # noqa: F401


@pytest.fixture(scope="session")
def made():
    return make()
