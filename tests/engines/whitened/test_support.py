from __future__ import annotations

import pytest
from whitened_shapes import data

import formix as fx
from formix.engines.whitened import support
from formix.engines.whitened.support import supports


@pytest.mark.parametrize(
    ("formula", "family", "says"),
    [
        ("count ~ x + (1 | g); shape ~ z", "negative_binomial", None),
        ("count ~ x + (1 | g); shape ~ z + (1 | g)", "negative_binomial", "(1 | g): shape has"),
        ("y ~ x + (1 | p | g); sigma ~ (1 | p | g)", "gaussian", "sigma has group-level effects"),
        ("count ~ x + (1 | g); zi ~ z", "zero_inflated_poisson", "is not concave in the linear"),
        ("count ~ x; shape ~ z", "negative_binomial", "there are no group-level effects"),
        ("f ~ x + (1 | g)", "categorical", "log density of categorical is not concave"),
        ("level ~ x + (1 | g)", "cumulative(mu=cauchit)", "under the link cauchit"),
        ("level ~ x + (1 | g)", "cumulative", None),
    ],
)
def test_what_is_taken_and_why_other_models_are_not(formula: str, family: str, says: str | None):
    reason = supports(fx.Model(formula, data(), family).spec)
    assert (reason is None) if says is None else says in str(reason), reason


def test_many_numbers_beside_the_main_coefficients_are_too_many(monkeypatch):
    model = fx.Model("level ~ x + (x | g); disc ~ 0 + f", data(), "cumulative")
    # Two standard deviations, a correlation, three thresholds and a coefficient for each `f`.
    monkeypatch.setattr(support, "MOST_SAMPLED", 9)
    assert supports(model.spec) is None
    monkeypatch.setattr(support, "MOST_SAMPLED", 8)
    assert supports(model.spec) == (
        "9 standard deviations, correlations, thresholds and coefficients of other parameters, "
        "more than 8"
    )
