"""The numbers of every table are those of NumPy and ArviZ."""

import numpy as np
import pytest

from formix.errors import ArgumentError
from formix.results.ess import convergence
from formix.verbs.estimates import estimates, percent, quantiles, tails

DRAWS = np.random.default_rng(3).gamma(2.0, size=(4, 50, 2, 3))


def test_columns_are_computed_over_all_chains():
    table = estimates(DRAWS)
    flat = DRAWS.reshape(200, 6)
    np.testing.assert_allclose(table["mean"], flat.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(table["sd"], flat.std(axis=0, ddof=1), rtol=1e-14)
    np.testing.assert_allclose(table["2.5%"], np.quantile(flat, 0.025, axis=0), rtol=1e-14)
    np.testing.assert_allclose(table["97.5%"], np.quantile(flat, 0.975, axis=0), rtol=1e-14)
    assert list(table) == ["mean", "sd", "2.5%", "97.5%"]


def test_diagnostics_follow_when_asked_for():
    table = estimates(DRAWS, diagnostics=True)
    found = convergence(DRAWS)
    for name in ("rhat", "ess_bulk", "ess_tail"):
        np.testing.assert_array_equal(table[name], getattr(found, name).ravel())


@pytest.mark.parametrize(
    ("prob", "names"), [(0.9, ["5%", "95%"]), (0.5, ["25%", "75%"]), (0.99, ["0.5%", "99.5%"])]
)
def test_the_interval_is_named_by_its_ends(prob, names):
    assert list(estimates(DRAWS, prob))[2:] == names
    assert [percent(p) for p in tails(prob)] == names


@pytest.mark.parametrize("prob", [0.0, 1.0, -0.1, 95, float("nan")])
def test_a_probability_outside_its_range_is_refused(prob):
    with pytest.raises(ArgumentError, match="not between 0 and 1"):
        estimates(DRAWS, prob)


def test_one_draw_has_no_spread():
    table = estimates(np.ones((1, 1, 2)))
    assert np.isnan(table["sd"]).all()
    assert (table["mean"] == 1.0).all()


def awkward(samples: int) -> np.ndarray:
    """Elements by sample: plain, repeated, infinite on one side, both, and all; lacking one."""
    generator = np.random.default_rng(samples)
    x = generator.normal(size=(7, samples))
    x[1] = generator.integers(0, 3, samples)
    x[2, ::4] = np.inf
    x[3, ::3], x[3, 1::3] = -np.inf, np.inf
    x[4] = np.inf
    x[5, samples // 2] = np.nan
    x[6] = np.nan
    return x


@pytest.mark.parametrize("samples", [1, 2, 3, 10, 1001])
@pytest.mark.parametrize(
    "probabilities", [(0.025, 0.975), (0.25, 0.5), (0.4999, 0.5001), (1e-9, 1.0 - 1e-9)]
)
def test_quantiles_are_numpys_bit_by_bit(samples: int, probabilities: tuple[float, float]):
    x = awkward(samples)
    with np.errstate(invalid="ignore"):
        expected = np.quantile(x, probabilities, axis=1)
        np.testing.assert_array_equal(quantiles(x.copy(), probabilities), expected)


def test_many_elements_are_described_as_each_alone():
    wide = np.random.default_rng(8).normal(size=(2, 100, 3000))
    whole = estimates(wide)
    for name, column in estimates(wide[..., 2500:2501]).items():
        np.testing.assert_array_equal(whole[name][2500], column)
