"""A model and the model of a fit as graphs."""

from made_fits import sleepstudy

import formix as fx


def test_a_fit_has_that_of_its_model():
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    assert fx.graph(sleepstudy(draws=4)) == fx.graph(model)
