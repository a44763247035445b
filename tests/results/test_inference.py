"""ArviZ works on a result as it is, whichever ArviZ is installed."""

import warnings

import numpy as np
import pytest
import xarray as xr
from made_fits import drawn, sleepstudy

import formix as fx
from formix.results import inference_data
from formix.results.container import ARVIZ_1

az = pytest.importorskip("arviz")


@pytest.fixture(scope="module")
def groups():
    return sleepstudy(draws=120)


@pytest.fixture(scope="module", params=["made", "file", "store", "odd"])
def fit(request, groups, tmp_path_factory):
    if request.param == "made":
        return inference_data(groups)
    if request.param == "file":
        return az.from_netcdf(str(fx.write(groups, tmp_path_factory.mktemp("fits") / "fit.nc")))
    if request.param == "store":
        return fx.read(fx.write(groups, tmp_path_factory.mktemp("fits") / "fit.zarr"))
    n = 40
    rng = np.random.default_rng(5)
    data = {
        "y/n": rng.normal(size=n),
        "größe": rng.normal(size=n),
        "obs": np.repeat(["u", "v", "ü/w", "x"], 10),
        "coef": np.tile([1.0, 2.0, 3.0, 4.0, 5.0], 8),
    }
    text = "`y/n` ~ größe + (größe | obs) + (1 | coef)"
    return inference_data(drawn(text, data, draws=120))


def test_the_container_is_that_of_the_version(fit):
    expected = xr.DataTree if ARVIZ_1 else az.InferenceData
    assert type(fit) is expected


# The diagonal of a correlation matrix is constant, and ArviZ divides nothing by nothing for it.
@pytest.mark.filterwarnings("ignore:invalid value encountered in scalar divide:RuntimeWarning")
def test_summary(fit):
    table = az.summary(fit, round_to=6) if not ARVIZ_1 else az.summary(fit, round_to="none")
    ours = fx.summary(fit, ranef=True).frame
    shared = [name for name in ours.index if name in table.index]
    assert len(shared) == len(ours)
    for column, theirs in {"mean": "mean", "sd": "sd", "ess_bulk": "ess_bulk"}.items():
        found = table.loc[shared, theirs].astype(float)
        np.testing.assert_allclose(ours.loc[shared, column], found, rtol=1e-4, atol=1e-4)


def test_loo(fit):
    with warnings.catch_warnings():
        # Made-up draws have poor Pareto k.
        warnings.simplefilter("ignore", UserWarning)
        found = az.loo(fit)
    assert np.isfinite(found.elpd if ARVIZ_1 else found.elpd_loo)


def test_plots(fit):
    if ARVIZ_1:
        trace = az.plot_trace_dist(fit, var_names=["beta", "sigma"], backend="none")
        forest = az.plot_forest(fit, var_names=["beta"], backend="none")
        assert "beta" in trace.viz["dist"]
        assert "beta" in forest.viz["trunk"]
    else:
        plt = pytest.importorskip("matplotlib.pyplot")
        plt.switch_backend("agg")
        axes = az.plot_trace(fit, var_names=["beta", "sigma"])
        assert axes.shape == (2, 2)
        assert len(az.plot_forest(fit, var_names=["beta"])) == 1
        plt.close("all")
