"""Posterior predictive p-values against closed forms, at given draws.

With 4000 replications a p-value errs by 0.008 at most (one standard error): tests allow for 0.04.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fit_at import fit_at, random_fit
from scipy import stats

import formix as fx
from formix.verbs import ppp as made

DRAWS, ERROR = 4000, 0.04


def constant(model: fx.Model, **values: object):
    """A fit whose draws are all the same, so that only the response is random."""
    whole = {
        site.replace("__", "."): np.broadcast_to(np.asarray(x, dtype=float), (DRAWS, *np.shape(x)))
        for site, x in values.items()
    }
    return fit_at(model, whole, chains=4)


def test_of_a_normal_mean_it_is_the_closed_form():
    """Posterior and noise both are normal: so is the mean of a replication."""
    y, sigma, scale = np.linspace(1.0, 4.0, 6), 1.5, 0.5
    priors = {"beta": f"Normal(0, {scale})"}
    model = fx.Model(f"y ~ 1; sigma = {sigma}", {"y": y}, priors=priors)
    variance = 1.0 / (1.0 / scale**2 + 6.0 / sigma**2)
    mean = variance * y.sum() / sigma**2
    draws = stats.norm.ppf((np.arange(DRAWS) + 0.5) / DRAWS, mean, np.sqrt(variance))
    fit = fit_at(model, {"beta": draws[:, None]}, chains=4)
    table = fx.ppp(fit, "mean")
    spread = np.sqrt(variance + sigma**2 / 6.0)
    expected = stats.norm.sf(y.mean(), mean, spread)
    assert 0.001 < expected < 0.2
    assert table.loc["mean", "observed"] == pytest.approx(2.5)
    assert table.loc["mean", "p"] == pytest.approx(expected, abs=ERROR)
    assert table.loc["mean", "mean"] == pytest.approx(mean, abs=5.0 * spread / np.sqrt(DRAWS))
    assert table.loc["mean", "sd"] == pytest.approx(spread, rel=0.06)


def test_of_extremes_and_zeros_it_is_the_closed_form_and_ties_count_half():
    y = np.array([0.0, 0.0, 1.0, 2.0, 3.0, 0.0, 1.0, 1.0])
    fit = constant(fx.Model("y ~ 1", {"y": y}, "poisson"), beta=[0.0])
    table = fx.ppp(fit, ["zeros", "max", "min"])
    zeros = stats.binom(8, np.exp(-1.0))
    assert table.loc["zeros", "p"] == pytest.approx(zeros.sf(3) + 0.5 * zeros.pmf(3), abs=ERROR)
    below, at = stats.poisson.cdf(2, 1.0) ** 8, stats.poisson.cdf(3, 1.0) ** 8
    assert table.loc["max", "p"] == pytest.approx(1.0 - 0.5 * (below + at), abs=ERROR)
    none = (1.0 - np.exp(-1.0)) ** 8
    assert table.loc["min", "p"] == pytest.approx(none + 0.5 * (1.0 - none), abs=ERROR)


def grouped():
    """Three levels of four rows, whose means are far apart."""
    data = pd.DataFrame({"y": np.arange(12.0), "g": np.repeat(list("abc"), 4)})
    model = fx.Model("y ~ 1 + (1 | g); sigma = 2", data)
    r = np.array([[-4.0], [0.0], [6.0]])
    return data, constant(model, beta=[5.5], sd_g=[3.0], r_g=r)


def test_levels_have_p_values_of_their_own():
    data, fit = grouped()
    table = fx.ppp(fit, ["mean", "max"], by="g")
    assert table.index.names == ["statistic", "g"]
    assert table.loc["mean"].index.tolist() == ["a", "b", "c"]
    for level, mean in zip("abc", (1.5, 5.5, 11.5), strict=True):
        mine = data.loc[data["g"] == level, "y"]
        expected = stats.norm.sf(mine.mean(), mean, 1.0)
        assert table.loc[("mean", level), "p"] == pytest.approx(expected, abs=ERROR)
        expected = 1.0 - stats.norm.cdf(mine.max(), mean, 2.0) ** 4
        assert table.loc[("max", level), "p"] == pytest.approx(expected, abs=ERROR)
    by_label = fx.ppp(fit, ["mean", "max"], by=data["g"].to_numpy())
    np.testing.assert_array_equal(by_label["p"], table["p"])
    assert by_label.index.names == ["statistic", "by"]


@pytest.mark.parametrize(
    ("groups", "mean", "variance"),
    [("all", 5.5 + 2.0 / 3.0, 4.0 / 12.0), ("none", 5.5, 4.0 / 12.0), ("new", 5.5, 10.0 / 3.0)],
)
def test_groups_are_those_found_none_or_new(groups: str, mean: float, variance: float):
    """The mean of new levels varies by sd^2 / 3 beside the noise's sigma^2 / 12."""
    _, fit = grouped()
    table = fx.ppp(fit, "mean", groups=groups)
    expected = stats.norm.sf(5.5, mean, np.sqrt(variance))
    assert table.loc["mean", "p"] == pytest.approx(expected, abs=ERROR)
    assert table.loc["mean", "sd"] == pytest.approx(np.sqrt(variance), rel=0.06)


def test_many_rows_are_taken_some_draws_after_another(monkeypatch):
    """Each part has random numbers of its own: no replication comes twice."""
    _, fit = grouped()
    monkeypatch.setattr(made, "_AT_ONCE", 12 * 4 * 7)
    seen: list[float] = []

    def kept(y):
        seen.append(float(y.mean()))
        return seen[-1]

    fx.ppp(fit, kept, groups="new", draws=84)
    assert len(seen) == 1 + 84
    assert len(set(seen)) == len(seen)


def test_the_same_seed_gives_the_same_and_draws_are_thinned():
    _, fit = grouped()
    first, again = (fx.ppp(fit, "mean", seed=4, draws=200) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(fx.ppp(fit, "mean", seed=5, draws=200))


def test_codes_are_for_functions_only():
    data = {"y": pd.Categorical(["a", "b", "c", "b"]), "x": [0.0, 1.0, 2.0, 3.0]}
    fit = random_fit(fx.Model("y ~ x", data, "categorical"))
    with pytest.raises(fx.UnsupportedError, match="`sd` is of a response of numbers"):
        fx.ppp(fit, "sd")
    table = fx.ppp(fit, {"b": lambda y: np.mean(y == 1)})
    assert table.loc["b", "observed"] == 0.5


def test_censored_data_are_refused():
    data = {"y": [1.0, 2.0, 3.0], "c": ["none", "right", "none"]}
    fit = random_fit(fx.Model("y | cens(c) ~ 1", data))
    with pytest.raises(fx.UnsupportedError, match="never censored"):
        fx.ppp(fit)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"stat": "modus"}, "'modus' is no statistic"),
        ({"by": "herd"}, "by='herd' is neither a group nor a column"),
        ({"draws": 0}, "draws is 0"),
        ({"prob": 2.0}, "`prob` is 2.0"),
        ({"stat": lambda y: float("nan")}, "of the data is not finite"),
    ],
)
def test_what_cannot_be_asked_is_refused(arguments, says: str):
    _, fit = grouped()
    with pytest.raises(fx.ArgumentError) as caught:
        fx.ppp(fit, **({"draws": 8} | arguments))
    assert says in str(caught.value)
