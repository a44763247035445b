"""A family of the user's own: a value, given as it is, asked for again where a file needs it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import formix as fx


def _log_density(y, of):
    return -np.abs(y - of["mu"]) / of["sigma"] - np.log(2.0 * of["sigma"])


def _draw(generator, of):
    return generator.laplace(of["mu"], of["sigma"])


def _mean(of):
    return of["mu"]


def _variance(of):
    return 2.0 * np.square(of["sigma"])


def _check(_response):
    return None


def laplace(**more) -> fx.Family:
    given = {
        "name": "laplace",
        "parameters": (
            fx.FamilyParameter("mu", ("identity",), "real"),
            fx.FamilyParameter("sigma", ("log",), "positive"),
        ),
        "distribution": "dist.Laplace({mu}, {sigma})",
        "log_density": _log_density,
        "draw": _draw,
        "mean": _mean,
        "variance": _variance,
        "check": _check,
    }
    return fx.Family(**{**given, **more})


def data() -> pd.DataFrame:
    generator = np.random.default_rng(3)
    x = np.arange(40.0)
    return pd.DataFrame({"x": x, "g": np.arange(40) % 5, "y": 2.0 + generator.laplace(size=40)})


@pytest.fixture(scope="module")
def fit():
    model = fx.Model("y ~ x + (1 | g); sigma ~ x", data(), laplace())
    return model, model.fit(draws=60, warmup=100, chains=1, seed=1, progress=False)


pytestmark = pytest.mark.filterwarnings("ignore::formix.errors.ConvergenceWarning")


def test_it_is_sampled_with_its_own_density(fit):
    model, drawn = fit
    assert "dist.Laplace(eta, sigma)" in model.source
    post, frame = drawn.posterior, data()
    beta, r = post["beta"].to_numpy()[0], post["r_g"].to_numpy()[0, :, :, 0]
    sigma = np.exp(post["sigma.beta"].to_numpy()[0] @ model.design["sigma"].X.T)
    eta = beta @ model.design.X.T + r[:, frame["g"]]
    expected = stats.laplace(eta, sigma).logpdf(frame["y"].to_numpy())
    np.testing.assert_allclose(drawn.log_likelihood["y"].to_numpy()[0], expected, rtol=1e-9)


def test_a_file_asks_for_it_again(fit, tmp_path: Path):
    model, drawn = fit
    fx.write(drawn, tmp_path / "fit.nc")
    read = fx.read(tmp_path / "fit.nc")
    assert "laplace" in str(fx.summary(read))
    with pytest.raises(fx.ResultError, match="your own family `laplace`"):
        fx.source(read)
    with pytest.raises(fx.ResultError, match="your own family `laplace`"):
        fx.source(read, family=laplace(name="other"))
    assert fx.source(read, family=laplace()) == model.source


def test_a_family_of_the_package_is_not_asked_for():
    assert "family" not in fx.Model("y ~ x", data(), fx.gaussian(mu="log")).recipe.needs


def test_what_its_distribution_needs_is_imported_by_the_program():
    line = "from numpyro.distributions import Laplace"
    own = laplace(distribution="Laplace({mu}, {sigma})", imports=(line,))
    source = fx.Model("y ~ x", data(), own).source
    assert line in source.splitlines()
    assert "Laplace(eta, sigma)" in source
