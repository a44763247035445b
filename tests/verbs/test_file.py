"""Fits <-> files, as users call them."""

import pytest
import xarray as xr
from made_fits import sleepstudy

import formix as fx
from formix.errors import ResultError
from formix.results import inference_data
from formix.results.groups import opened


@pytest.mark.parametrize("ending", ["nc", "zarr"])
def test_a_fit_comes_back_as_what_this_arviz_works_on(tmp_path, ending):
    fit = inference_data(sleepstudy(draws=4))
    path = fx.write(fit, tmp_path / f"fit.{ending}")
    found = fx.read(str(path))
    assert type(found) is type(fit)
    for name, dataset in opened(fit).datasets.items():
        xr.testing.assert_identical(opened(found)[name], dataset)
    assert str(fx.summary(found)) == str(fx.summary(fit))


def test_something_else_is_not_written(tmp_path):
    with pytest.raises(ResultError, match="a dict is not a fit"):
        fx.write({}, tmp_path / "fit.nc")


@pytest.mark.parametrize("path", [None, 3, ""])
def test_what_is_no_path_is_refused(path):
    with pytest.raises(fx.ArgumentError, match="is not the path of a file"):
        fx.read(path)


def test_a_path_is_met_with_how_to_open_it():
    with pytest.raises(ResultError, match=r"fx\.read\('fit\.nc'\)"):
        fx.summary("fit.nc")
    with pytest.raises(ResultError, match=r"^an int is not a fit"):
        fx.summary(3)
