"""The examples of every docstring run, and print what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import numpy as np
import pytest
from made_fits import sleepstudy

import formix
from formix.results import inference_data

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(formix.__path__, "formix.")
    if not module.name.endswith("__main__")
)


def test_the_modules_were_found():
    assert len(MODULES) > 40


@pytest.fixture(scope="module")
def given() -> dict[str, object]:
    """What examples may use without saying so: NumPy, formix, and `fit`, of the sleep study."""
    return {"np": np, "fx": formix, "fit": inference_data(sleepstudy())}


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str, given: dict[str, object]):
    module = importlib.import_module(name)
    found = doctest.testmod(
        module,
        extraglobs=given,
        optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS,
    )
    assert not found.failed
