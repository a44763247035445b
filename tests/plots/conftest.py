"""Pictures are drawn without a screen, and their figures closed."""

import matplotlib as mpl
import pytest
from fit_at import random_fit
from matplotlib import pyplot as plt

import formix as fx

# Imports ArviZ once, without its daily notice, which would be an error here.
import formix.results.container

mpl.use("Agg")


@pytest.fixture(autouse=True)
def _closed_figures():
    plt.close("all")
    yield
    plt.close("all")


@pytest.fixture(autouse=True)
def _settings_are_left_alone():
    before = dict(mpl.rcParams)
    yield
    assert dict(mpl.rcParams) == before


@pytest.fixture(scope="session")
def sleep():
    """The sleep study, with draws of its prior."""
    return random_fit(fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy")), 40)
