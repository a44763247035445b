"""The pointwise log likelihood, made from the draws."""

import numpy as np
import pytest
import xarray as xr
from made_fits import sleepstudy

import formix as fx
from formix.results import datasets, inference_data
from formix.results.groups import Groups, opened


def test_it_is_the_one_that_is_stored(tmp_path):
    fit = sleepstudy(draws=6)
    without = Groups(
        {k: v for k, v in fit.datasets.items() if k != "log_likelihood"}, fit.attributes
    )
    found = fx.log_likelihood(fx.read(fx.write(without, tmp_path / "fit.nc")))
    values = found.log_likelihood["Reaction"]
    np.testing.assert_array_equal(values, fit["log_likelihood"]["Reaction"])
    assert values.dims == ("chain", "draw", "obs")


def test_the_fit_stays_as_it_is_and_what_has_it_is_returned(monkeypatch):
    monkeypatch.setattr(datasets, "MOST", 10)
    fit = inference_data(sleepstudy(draws=6))
    assert "log_likelihood" not in opened(fit)
    found = fx.log_likelihood(fit)
    assert type(found) is type(fit)
    assert "log_likelihood" not in opened(fit)
    assert "log_likelihood" in opened(found)
    assert fx.log_likelihood(found) is found
    for name in ("posterior", "constant_data"):
        xr.testing.assert_identical(opened(found)[name], opened(fit)[name])


def test_one_group_is_integrated_at_a_time():
    made = inference_data(sleepstudy(draws=6))
    with pytest.raises(fx.ArgumentError, match="one group is integrated at a time"):
        fx.log_likelihood(made, integrate=["g", "h"])  # type: ignore[arg-type]
