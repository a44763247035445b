"""The program of a fit."""

import warnings

import pytest
from made_fits import sleepstudy

import formix as fx
from formix.errors import FormixWarning
from formix.results.groups import Groups


@pytest.fixture(scope="module")
def fit():
    return sleepstudy(draws=4)


def test_it_is_the_models(fit):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        text = fx.source(fit)
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    assert text == model.source


def test_a_program_that_was_another_is_said(fit):
    attributes = {**fit.attributes, "source_sha256": "f" * 64, "formix_version": "0.0.1"}
    with pytest.warns(FormixWarning, match=r"formix 0\.0\.1 wrote that one"):
        fx.source(Groups(fit.datasets, attributes))


def test_no_code_is_in_the_result(fit):
    """What runs is written again from the formula, so a file can change numbers but run nothing."""
    assert not any("import " in str(value) for value in fit.attributes.values())
