"""The hierarchy of the data of a model and of its fit."""

from made_fits import sleepstudy

import formix as fx


def test_a_fit_has_that_of_its_model():
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    assert fx.hierarchy(sleepstudy(draws=4)) == fx.hierarchy(model)
