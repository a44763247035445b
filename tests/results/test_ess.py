"""R-hat, ESS and E-BFMI equal ArviZ's, whichever ArviZ is installed."""

import arviz as az
import numpy as np
import pytest
import xarray as xr

from formix.results import ess


def chains(kind, chain=4, draw=250, seed=7):
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(chain, draw))
    if kind == "independent":
        return noise
    if kind == "heavy":
        return noise / rng.normal(size=(chain, draw))
    if kind == "shifted":
        return noise + np.arange(chain)[:, None]
    if kind == "scaled":
        return noise * (1.0 + np.arange(chain))[:, None]
    if kind == "ties":
        return np.round(noise, 1)
    if kind == "binary":
        return (noise > 1.0).astype(float)
    if kind == "stuck":
        return np.repeat(noise[:, :1], draw, axis=1)
    if kind == "constant":
        return np.full((chain, draw), 1.0)
    if kind == "missing":
        return np.where(np.arange(draw) == 3, np.nan, noise)
    phi = {"slow": 0.97, "antithetic": -0.9}[kind]
    walk = noise.copy()
    for t in range(1, draw):
        walk[:, t] += phi * walk[:, t - 1]
    return walk


KINDS = [
    "independent", "heavy", "shifted", "scaled", "ties", "binary", "stuck", "constant", "missing",
    "slow", "antithetic",
]  # fmt: skip


def arviz(function, values, **options):
    data = xr.Dataset({"x": (("chain", "draw"), values)})
    with np.errstate(all="ignore"):
        answer = getattr(az, function)(data, **options)
    return float(answer["x"])


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize(
    "shape", [(4, 250), (4, 251), (2, 1000), (3, 11), (2, 4), (2, 5), (1, 100)]
)
@pytest.mark.parametrize("kind", KINDS)
def test_every_diagnostic_equals_arviz(kind, shape):
    x = chains(kind, *shape)
    found = ess.convergence(x)
    expected = {
        "rhat": arviz("rhat", x),
        "ess_bulk": arviz("ess", x, method="bulk"),
        "ess_tail": arviz("ess", x, method="tail", prob=(0.05, 0.95)),
    }
    if kind == "constant":
        # ArviZ divides nothing by nothing here too; only its ESS is defined.
        assert np.isnan(found.rhat)
        expected.pop("rhat")
    for name, value in expected.items():
        np.testing.assert_allclose(getattr(found, name), value, rtol=1e-10, err_msg=name)
    if kind != "constant":
        np.testing.assert_allclose(ess.ess_mean(x), arviz("ess", x, method="mean"), rtol=1e-10)
        np.testing.assert_allclose(ess.mcse_mean(x), arviz("mcse", x, method="mean"), rtol=1e-10)


def test_elements_do_not_see_one_another_whatever_the_chunk(monkeypatch):
    x = np.stack([chains(kind) for kind in KINDS], axis=-1)
    whole = ess.convergence(x)
    monkeypatch.setattr(ess, "_CHUNK", 2500)
    pieces = ess.convergence(x.reshape(4, 250, 1, -1))
    for name in ("rhat", "ess_bulk", "ess_tail"):
        one = [getattr(ess.convergence(x[..., j]), name) for j in range(x.shape[-1])]
        np.testing.assert_array_equal(getattr(whole, name), one)
        np.testing.assert_array_equal(getattr(pieces, name)[0], one)


def test_bfmi_equals_arviz():
    energy = chains("slow")
    data = xr.Dataset({"energy": (("chain", "draw"), energy)})
    if int(az.__version__.split(".")[0]) >= 1:
        tree = xr.DataTree.from_dict({"sample_stats": data, "posterior": data})
        expected = az.bfmi(tree)["energy"].to_numpy()
    else:
        expected = az.bfmi(energy)
    np.testing.assert_allclose(ess.bfmi(energy), expected, rtol=1e-12)


def test_too_few_draws_have_no_diagnostics():
    found = ess.convergence(np.zeros((4, 3, 2)))
    assert np.isnan(found.rhat).all()
    assert np.isnan(found.ess_bulk).all()
    assert found.ess_tail.shape == (2,)


@pytest.mark.parametrize("count", [1, 3])
def test_too_few_draws_have_no_errors_nor_energy_and_no_warning(count):
    assert np.isnan(ess.mcse_mean(np.zeros((1, count, 2)))).all()
    np.testing.assert_array_equal(ess.bfmi(np.zeros((2, count))), [np.nan, np.nan])


def test_no_elements_and_scalars():
    assert ess.rhat(np.zeros((4, 100, 0))).shape == (0,)
    assert ess.rhat(chains("independent")).shape == ()


def test_draws_that_share_a_value_lie_on_one_side_of_a_quantile_whatever_its_digits():
    """Of 200 bounds some are met by the rounding of a mean of two equal numbers."""
    x = np.random.default_rng(6).standard_normal((4, 200, 200))
    bounds = np.quantile(x, np.linspace(0.1, 0.4, 200), axis=(0, 1)).diagonal()
    higher = np.nextafter(bounds, 1.0)
    tied = ess.ess_tail(np.maximum(x, bounds))
    np.testing.assert_array_equal(tied, ess.ess_tail(np.maximum(x, higher)))
