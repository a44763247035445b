"""Data at the edges: each gives a right answer, or one error or warning that names the matter.

Warnings are errors here, so that whatever is not said below is not said.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest
from r_results import design_and_encoding, new_design
from scipy import special, stats

import formix as fx
from formix.engines.density import log_density
from formix.engines.latent import arrays, latent_sites
from formix.errors import DataError, DataWarning, FormulaError, RankWarning, UnknownLevelError
from formix.program.program import Program
from formix.results.ess import mcse_mean

ROWS = 24
AT = np.arange(ROWS)
NORMAL = np.random.default_rng(90).normal(size=(3, ROWS))


def table(**columns: Any) -> pd.DataFrame:
    """Twenty-four rows in six levels of `g` and four of `h`, and what is given instead."""
    letters = np.array(list("abcd"))[AT // 6]
    return pd.DataFrame({"y": NORMAL[0], "x": NORMAL[1], "g": AT % 6, "h": letters, **columns})


@dataclass(frozen=True)
class Refused:
    """Data that are an error, and what it says."""

    said: str
    formula: str = "y ~ x + (1 | g)"
    columns: dict[str, Any] = field(default_factory=dict[str, Any])
    family: str = "gaussian"
    rows: int = ROWS
    error: type[Exception] = DataError


def with_first(value: float) -> np.ndarray:
    return np.append(value, NORMAL[2, 1:])


REFUSED = {
    "no_rows": Refused("the data has no rows", rows=0),
    "one_level": Refused("`h` has one level only", "y ~ h", {"h": "a"}, error=FormulaError),
    "nothing": Refused("`x` has no values: every row of it is missing", columns={"x": np.nan}),
    "infinite_y": Refused("`y` is infinite in 1 row", columns={"y": with_first(np.inf)}),
    "infinite_x": Refused("`x` is infinite in 1 row", columns={"x": with_first(-np.inf)}),
    "beyond_squares": Refused(
        "`x` is too large to square in 1 row",
        columns={"x": with_first(1e200)},
        error=FormulaError,
    ),
    "computed": Refused(
        "`exp(x)` is too large to square", "y ~ exp(x)", {"x": AT * 16.0}, error=FormulaError
    ),
    "half_counts": Refused("`y` is not in 24 rows: 0.5", columns={"y": AT + 0.5}, family="poisson"),
    "fewer_trials": Refused(
        "between 0 and its trials", "y | trials(g) ~ x", {"y": 5, "g": AT % 5 + 1}, "binomial"
    ),
    "negative_time": Refused(
        "a gamma response is a number above 0", columns={"y": AT - 1.0}, family="gamma"
    ),
    "one_answer": Refused("has one level only", columns={"y": "a"}, family="categorical"),
}


@pytest.mark.filterwarnings("ignore::formix.errors.DataWarning")
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_fitted_is_one_error(name: str):
    case = REFUSED[name]
    with pytest.raises(case.error) as caught:
        fx.Model(case.formula, table(**case.columns).iloc[: case.rows], case.family)
    assert case.said in str(caught.value)


FITTED = {
    "constant": ("y ~ x", {"x": 2.0}, [RankWarning], ("Intercept",)),
    "collinear": ("y ~ x + z", {"z": 3.0 * NORMAL[1] - 1.0}, [RankWarning], ("Intercept", "x")),
    "twice": ("y ~ x + z", {"z": NORMAL[1]}, [RankWarning], ("Intercept", "x")),
    "constant_alone": ("y ~ 0 + x", {"x": 2.0}, [], ("x",)),
    "called_intercept": ("y ~ Intercept", {"Intercept": AT}, [], ("Intercept", "`Intercept`")),
    "one_group": ("y ~ x + (1 | g)", {"g": 1}, [DataWarning], ("Intercept", "x")),
    "group_a_row": ("y ~ x + (1 | g)", {"g": AT}, [DataWarning], ("Intercept", "x")),
    "missing": ("y ~ x + (1 | h)", {"h": [None, *"abc" * 7, "a", "b"]}, [], ("Intercept", "x")),
}


@pytest.mark.parametrize("name", FITTED)
def test_what_can_be_fitted_all_the_same_is_said_in_one_warning(name: str):
    formula, columns, expected, labels = FITTED[name]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = fx.Model(formula, table(**columns))
    assert [each.category for each in caught] == expected
    assert model.design.columns == labels
    assert len(model.design.X) == ROWS - (name == "missing")


SAME = "`y` is the same in every row"
CONSTANT = {
    "gaussian": ("y ~ x + (1 | g)", 0.0, SAME),
    "lognormal": ("y ~ x + (1 | g)", 2.0, SAME),
    "gamma": ("y ~ x + (1 | g)", 2.0, SAME),
    "beta": ("y ~ x + (1 | g)", 0.5, SAME),
    "poisson": ("y ~ x + (1 | g)", 0, SAME),
    "negative_binomial": ("y ~ x + (1 | g)", 0, SAME),
    "bernoulli": ("y ~ x + (1 | g)", 1, SAME),
    "binomial": ("y | trials(7) ~ x + (1 | g)", 0, "`y` has no success in any row"),
}


def at(program: Program, seed: int = 91) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """A point of the program's positive orthant, and its log density there."""
    generator = np.random.default_rng(seed)
    sites = latent_sites(program.function, arrays(program))
    point = {s.name: np.exp(0.5 * generator.normal(size=s.shape)) for s in sites}
    return point, log_density(program, point)


@pytest.mark.parametrize("family", CONSTANT)
def test_a_response_without_variation_has_proper_priors(family: str):
    """All counts 0, all answers yes: the likelihood has no maximum, the posterior is proper."""
    formula, value, said = CONSTANT[family]
    with pytest.warns(DataWarning) as caught:
        model = fx.Model(formula, table(y=value), family)
    assert [str(each.message) for each in caught] == [said]
    assert all(np.isfinite(entry.prior.arguments).all() for entry in model.priors)
    assert np.isfinite(at(model.program)[1])


SCALES = (1e-8, 1e8)
PREDICTED = {
    "gaussian": "y",
    "poisson": "count",
    "bernoulli": "yes",
    "cumulative": "rated",
}
OTHERS = {
    "count": AT % 4,
    "yes": AT % 2,
    "rated": pd.Categorical.from_codes(AT % 3, list("abc"), ordered=True),
}


@pytest.mark.parametrize("family", PREDICTED)
def test_a_column_of_any_scale_has_the_density_of_scale_one(family: str):
    """With its coefficient over the scale, whose prior density is then the scale times as high."""
    formula = f"{PREDICTED[family]} ~ x + (1 | g)"
    point, expected = at(fx.Model(formula, table(**OTHERS), family).program)
    slope = "slopes" if "slopes" in point else "beta"
    for scale in SCALES:
        changed = fx.Model(formula, table(**OTHERS, x=NORMAL[1] * scale), family).program
        found = log_density(changed, {**point, slope: point[slope] / scale})
        assert found == pytest.approx(expected + np.log(scale), rel=1e-9)


def test_a_response_of_any_scale_has_the_density_of_scale_one():
    """With everything in its units at that scale: 24 rows and four parameters."""
    point, expected = at(fx.Model("y ~ x + (1 | g)", table()).program)
    for scale in SCALES:
        changed = fx.Model("y ~ x + (1 | g)", table(y=NORMAL[0] * scale)).program
        scaled = {site: value if site == "z_g" else value * scale for site, value in point.items()}
        found = log_density(changed, scaled)
        assert found == pytest.approx(expected - (ROWS + 4) * np.log(scale), rel=1e-9)


def test_counts_of_billions():
    y = 10**9 + AT * 10**7
    model = fx.Model("y ~ 0 + x", table(y=y, x=1.0), "poisson", priors={"beta": "Normal(20, 2)"})
    found = log_density(model.program, {"beta": np.array([20.7])})
    expected = stats.norm.logpdf(20.7, 20, 2) + stats.poisson.logpmf(y, np.exp(20.7)).sum()
    assert found == pytest.approx(expected, rel=1e-9)


def test_empty_cells_are_neither_columns_nor_levels():
    f = np.array(list("uvw"))[AT % 3]
    k = np.where((f == "w") & (AT % 2 == 1), "a", np.array(list("ab"))[AT % 2])
    data = table(f=f, k=k)
    with pytest.warns(RankWarning, match="f\\[w\\]:k\\[b\\]"):
        model = fx.Model("y ~ f * k + (1 | f:k)", data)
    assert {"u:a", "u:b", "v:a", "v:b", "w:a"} == set(model.design.blocks[0].levels)
    cells = pd.get_dummies(data["f"] + data["k"]).to_numpy(float)
    X = model.design.X
    assert X.shape[1] == np.linalg.matrix_rank(X) == np.linalg.matrix_rank(cells) == 5
    assert np.linalg.matrix_rank(np.hstack([X, cells])) == 5


def test_unused_levels_change_nothing():
    data = table()
    categories = pd.Categorical(data["h"], list("zabqcd"))
    found = fx.Model("y ~ h + (1 | h)", data.assign(h=categories))
    plain = fx.Model("y ~ h + (1 | h)", data)
    assert found.source == plain.source
    assert found.design.columns == plain.design.columns
    np.testing.assert_array_equal(found.design.X, plain.design.X)


def test_levels_that_the_training_data_lack():
    """Of a group they have no effect yet; of a factor of the common effects, no coefficient."""
    _, encoding = design_and_encoding("y ~ x + (1 | h)", table())
    new = new_design("y ~ x + (1 | h)", encoding, table(h="new"))
    assert np.all(new.blocks[0].index == -1)
    _, encoding = design_and_encoding("y ~ h", table())
    with pytest.raises(UnknownLevelError) as caught:
        new_design("y ~ h", encoding, table(h="new"))
    assert '"new"' in str(caught.value)


UNBOUNDED = {
    "separated": ("yes ~ x", "bernoulli", {"yes": (AT > 11) * 1, "x": AT - 11.5}),
    "no_counts": ("y ~ x", "poisson", {"y": 0}),
    "no_failures": ("y | trials(5) ~ x", "binomial", {"y": 5}),
}
"""Data whose likelihood has no maximum."""


def log_likelihood(family: str, y: np.ndarray, eta: np.ndarray) -> np.ndarray:
    """Of every row, by SciPy."""
    if family == "poisson":
        return stats.poisson.logpmf(y, np.exp(eta))
    trials = 5 if family == "binomial" else 1
    return y * special.log_expit(eta) + (trials - y) * special.log_expit(-eta)


def by_quadrature(model: fx.Model, family: str) -> np.ndarray:
    """The posterior means of the intercept and the slope, on a grid of their priors' quantiles."""
    x, y = model.design.X[:, 1], model.design.response.values
    priors = [model.priors[key].prior.arguments for key in ("beta[Intercept@means]", "beta[x]")]
    spread = np.linspace(-6.0, 6.0, 401)
    (m, s), (_, s_x) = priors
    centre, slope = m + s * spread[:, None], s_x * spread[None, :]
    density = stats.norm.logpdf(spread)[:, None] + stats.norm.logpdf(spread)[None, :]
    for each, successes in zip(x - x.mean(), y, strict=True):
        density = density + log_likelihood(family, successes, centre + slope * each)
    weights = np.exp(density - density.max())
    intercept = centre - slope * x.mean()
    return np.array([np.sum(weights * b) / np.sum(weights) for b in (intercept, slope)])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::formix.errors.DataWarning")
@pytest.mark.parametrize("name", UNBOUNDED)
def test_the_posterior_is_that_of_quadrature_where_there_is_no_maximum(name: str):
    """Within 4 Monte Carlo standard errors of two means, at one seed: by chance once in 8,000."""
    formula, family, columns = UNBOUNDED[name]
    model = fx.Model(formula, table(**columns), family)
    beta = (
        model.fit(draws=2000, seed=92, progress=False, target_accept=0.99)
        .posterior["beta"]
        .to_numpy()
    )
    for k, expected in enumerate(by_quadrature(model, family)):
        x = beta[..., k]
        assert abs(x.mean() - expected) < 4.0 * float(mcse_mean(x))
        assert float(mcse_mean(x)) < 0.05 * x.std()
