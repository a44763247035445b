"""Draws in whitened coordinates: the same posterior, the same draws for a seed, more on request."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from whitened_shapes import assert_same, data

import formix as fx
from formix.engines.decline import Decline
from formix.engines.whitened import attempts, drawing, sampling, tuning, walk
from formix.engines.whitened.leaps import LENGTH
from formix.engines.whitened.plan import TARGET
from formix.errors import ArgumentError, DataWarning, EngineError, UnsupportedError
from formix.results.ess import mcse_mean

SETTINGS = {"draws": 500, "chains": 4}


@pytest.fixture(scope="module")
def model() -> fx.Model:
    return fx.Model("y ~ x + (1 | g)", data())


@pytest.fixture(scope="module")
def drawn(model: fx.Model):
    return sampling.run(model.spec, model.program, seed=3, **SETTINGS)


@pytest.fixture(scope="module")
def exact(model: fx.Model):
    return model.sample(engine="marginal", draws=5000, seed=4)["posterior"]


def test_a_gaussian_posterior_is_that_of_exact_integration(exact, drawn):
    """Each mean is within four of its standard errors, in all but 3e-3 of seeds; this is one."""
    assert_same(exact, drawn)


def test_other_data_and_other_numbers_of_priors_do_not_compile(monkeypatch):
    """The default priors depend on the columns, and the program has the means of these."""
    frame = data().drop_duplicates(["count", "x", "g"])
    moved = frame.assign(x=2.0 * frame["x"] + 0.5)
    one, other = (fx.Model("count ~ x + (1 | g)", f, "poisson") for f in (frame, moved))
    assert one.source != other.source
    first = sampling.run(one.spec, one.program, seed=3, **SETTINGS)

    def refused(*given):
        raise AssertionError("compiled again")

    monkeypatch.setattr(walk, "compiled", refused)
    second = sampling.run(other.spec, other.program, seed=3, **SETTINGS)
    # The prior of the slope moves with the column: the posteriors are one.
    ours, theirs = (found.values["beta"][..., 1] for found in (first, second))
    apart = ours.mean() - 2.0 * theirs.mean()
    assert abs(apart) < 4.0 * np.hypot(mcse_mean(ours), 2.0 * mcse_mean(theirs))


def test_slopes_in_single_precision_leave_draws_exact(model: fx.Model, exact, drawn, monkeypatch):
    """As above, at another seed: single precision is of trajectories, not of what is accepted."""
    monkeypatch.setattr(sampling, "_MANY", 0)
    single = sampling.run(model.spec, model.program, seed=6, **SETTINGS)
    assert single.values["beta"].dtype == np.float64
    assert_same(exact, single)
    # The density that is recorded has all its digits: it is the program's at the recorded sites.
    spread = single.stats["lp"].std()
    assert spread == pytest.approx(drawn.stats["lp"].std(), rel=0.2)


def test_chains_have_the_shape_that_was_asked_for_and_say_how_they_went(drawn):
    assert drawn.values["r_g"].shape == (4, 500, 6, 1)
    assert drawn.stats["lp"].shape == (4, 500)
    assert drawn.attributes["nested_rhat"] < drawing.RHAT
    assert not drawn.stats["diverging"].any()
    rate = drawn.stats["acceptance_rate"].mean()
    # Strides aim at the rate, and are no longer than a trajectory may be.
    longest = drawn.stats["step_size"].mean() == pytest.approx(LENGTH, rel=0.01)
    assert rate > TARGET - 0.06
    assert longest or rate < TARGET + 0.06


def test_a_seed_gives_the_same_draws_bit_by_bit(model: fx.Model, drawn):
    again = sampling.run(model.spec, model.program, seed=3, **SETTINGS)
    other = sampling.run(model.spec, model.program, seed=4, **SETTINGS)
    for site, values in drawn.values.items():
        np.testing.assert_array_equal(again.values[site], values)
        assert not np.array_equal(other.values[site], values)


def test_draws_and_more_are_those_of_one_run(model: fx.Model, drawn):
    """Every short chain goes on: they are 25 of 20 draws, and then of 20 more."""
    whole = sampling.run(model.spec, model.program, seed=3, draws=1000, chains=4)
    more = sampling.run(model.spec, model.program, draws=500, state=drawn.state)
    for site, values in whole.values.items():
        apart = values.reshape(4, 25, 40, -1)
        np.testing.assert_array_equal(apart[:, :, :20].reshape(-1), drawn.values[site].ravel())
        np.testing.assert_array_equal(apart[:, :, 20:].reshape(-1), more.values[site].ravel())
    assert more.stats["lp"].shape == (4, 500)


def test_a_fit_is_extended(model: fx.Model, drawn):
    fit = model.sample(engine="whitened", seed=3, progress=False, **SETTINGS)
    assert fit.attributes["engine"] == "whitened"
    longer = fx.extend(fit, draws=250)
    beta = longer["posterior"]["beta"].to_numpy()
    assert beta.shape == (4, 750, 2)
    np.testing.assert_array_equal(beta[:, :500], drawn.values["beta"])


def test_a_state_of_another_model_is_refused(model: fx.Model, drawn):
    broken = dict(drawn.state) | {"root": np.eye(5)}
    with pytest.raises(EngineError, match="`root` is missing or differs"):
        sampling.run(model.spec, model.program, draws=10, state=broken)


def test_moments_take_the_place_of_draws(model: fx.Model, drawn):
    summed = sampling.run(model.spec, model.program, seed=3, keep_groups="summary", **SETTINGS)
    assert "r_g" not in summed.values
    moments = summed.moments["r_g"]
    assert moments.count == 2000
    np.testing.assert_allclose(moments.mean, drawn.values["r_g"].mean(axis=(0, 1)), rtol=1e-10)
    none = sampling.run(model.spec, model.program, seed=3, keep_groups="none", **SETTINGS)
    assert not none.moments


def test_what_is_not_supported_is_refused(model: fx.Model):
    spec = replace(model.spec, blocks=(), gaussian=())
    with pytest.raises(UnsupportedError, match="no group-level effects"):
        sampling.run(spec, model.program)


def test_chains_that_never_agree_hand_the_model_on_once_weights_are_new(model, monkeypatch):
    tried = []
    monkeypatch.setattr(drawing, "RHAT", 0.0)
    monkeypatch.setattr(drawing, "by_chance", lambda *given: 0.0)
    monkeypatch.setattr(drawing, "MOST_THIN", 1)
    settle = attempts.tuned

    def tuned(*given):
        tried.append((given[3], given[1].given["frozen"]["base"]))
        return settle(*given)

    monkeypatch.setattr(attempts, "tuned", tuned)
    with pytest.raises(Decline, match=r"do not agree .*; by NUTS, its chains do not agree"):
        sampling.run(model.spec, model.program, seed=1, **SETTINGS)
    assert [number for number, _ in tried] == [0, 1, 2]
    assert not np.array_equal(tried[0][1], tried[1][1])
    assert not np.array_equal(tried[1][1], tried[2][1])


def test_another_acceptance_rate_is_aimed_at(model: fx.Model, drawn):
    careful = sampling.run(model.spec, model.program, seed=3, target_accept=0.97, **SETTINGS)
    assert careful.stats["acceptance_rate"].mean() == pytest.approx(0.97, abs=0.02)
    assert careful.stats["step_size"].max() < drawn.stats["step_size"].min()
    with pytest.raises(ArgumentError, match="target_accept is 1"):
        sampling.run(model.spec, model.program, target_accept=1.0)


def test_the_rate_is_found_where_many_coordinates_make_the_first_stride_far_too_long():
    """Of 3,000 groups of four rows; the warm-up is of 22 steps, whatever it begins with."""
    generator = np.random.default_rng(3)
    group = np.repeat(np.arange(3000), 4)
    eta = 0.3 + generator.normal(0, 0.7, 3000)[group]
    many = pd.DataFrame({"y": generator.poisson(np.exp(eta)), "g": group})
    model = fx.Model("y ~ 1 + (1 | g)", many, "poisson")
    found = sampling.run(model.spec, model.program, seed=2, draws=20, chains=2, target_accept=0.9)
    assert found.stats["acceptance_rate"].mean() == pytest.approx(0.9, abs=0.04)


def test_strides_are_halved_where_trajectories_diverge(monkeypatch):
    """Where every count is 0 the rate falls without end one way, and explodes the other way."""
    generator = np.random.default_rng(1)
    frame = pd.DataFrame({"y": 0, "x": generator.normal(size=120), "g": np.repeat(range(12), 10)})
    with pytest.warns(DataWarning, match="same in every row"):
        model = fx.Model("y ~ x + (1 | g)", frame, "poisson")
    halved = sampling.run(model.spec, model.program, seed=1)
    assert not halved.stats["diverging"].any()
    monkeypatch.setattr(drawing, "MOST_HALVED", 0)
    whole = sampling.run(model.spec, model.program, seed=1)
    assert whole.stats["diverging"].sum() > 10
    assert halved.stats["step_size"].max() < 0.7 * whole.stats["step_size"].min()


@pytest.mark.parametrize("ever", [True, False])
def test_strides_that_become_too_short_hand_the_model_on_once_weights_are_new(
    model, exact, ever, monkeypatch
):
    bases = []
    settle = attempts.tuned

    def tuned(*given):
        bases.append(given[1].given["frozen"]["base"])
        short = 10.0 if ever or len(bases) == 1 else 0.02
        monkeypatch.setattr(tuning, "SHORTEST", short)
        return settle(*given)

    monkeypatch.setattr(attempts, "tuned", tuned)
    if ever:
        with pytest.raises(Decline, match="very short"):
            sampling.run(model.spec, model.program, seed=1, **SETTINGS)
    else:
        found = sampling.run(model.spec, model.program, seed=1, **SETTINGS)
        assert found.attributes["refreshed"] == 1
        assert_same(exact, found)
    assert not np.array_equal(*bases[:2])
