"""NUTS in whitened coordinates: the same posterior, by programs that are compiled already."""

from __future__ import annotations

import numpy as np
import pytest
from whitened_shapes import assert_same, data

import formix as fx
from formix.engines.decline import Decline
from formix.engines.whitened import sampling, turning
from formix.engines.whitened.drawing import Drawing
from formix.engines.whitened.turning import Turning

SETTINGS = {"draws": 500, "chains": 4}


@pytest.fixture(scope="module")
def model() -> fx.Model:
    return fx.Model("y ~ x + (1 | g)", data())


@pytest.fixture(scope="module")
def exact(model: fx.Model):
    return model.sample(engine="marginal", draws=5000, seed=4)["posterior"]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chains whose trajectories are of one length agree on nothing."""
    agreed = Drawing.agreed

    def refused(self, *given, **named):
        if isinstance(self.walk, Turning):
            return agreed(self, *given, **named)
        raise Decline("they are of one length")

    monkeypatch.setattr(Drawing, "agreed", refused)


@pytest.mark.parametrize("single", [False, True])
def test_a_gaussian_posterior_is_that_of_exact_integration(model, exact, single, monkeypatch):
    if single:
        monkeypatch.setattr(sampling, "_MANY", 0)
    drawn = sampling.run(model.spec, model.program, seed=3, **SETTINGS)
    assert_same(exact, drawn)
    assert drawn.attributes["trajectories"] == "nuts"
    assert drawn.attributes["trajectories_reason"] == "they are of one length"


def test_what_is_said_of_draws_is_of_their_trees(model: fx.Model):
    drawn = sampling.run(model.spec, model.program, seed=3, **SETTINGS)
    stats = drawn.stats
    assert {x.shape for x in stats.values()} == {(4, 500)}
    assert np.all(stats["n_steps"] % 3 == 0)
    leaps = stats["n_steps"] // 3
    depth = stats["tree_depth"]
    # A tree whose last branch turned has all its points, and some of that branch.
    assert np.all((leaps >= 2**depth - 1) & (leaps < 2 ** (depth + 1)))
    assert stats["acceptance_rate"].mean() > 0.8
    assert not stats["diverging"].any()
    assert drawn.attributes["nested_rhat"] < 1.01


def test_a_seed_gives_the_same_draws_and_more_go_on_from_them(model: fx.Model):
    some, again = (sampling.run(model.spec, model.program, seed=5, **SETTINGS) for _ in range(2))
    less, more = (
        sampling.run(model.spec, model.program, draws=draws, state=some.state)
        for draws in (250, 500)
    )
    for site, values in more.values.items():
        np.testing.assert_array_equal(again.values[site], some.values[site])
        apart, before = (x.reshape(4, 25, -1, x[0, 0].size) for x in (values, less.values[site]))
        np.testing.assert_array_equal(apart[:, :, :10], before)
    assert more.attributes["trajectories_reason"] == "they are of one length"


def test_a_fit_is_extended_from_its_file(model: fx.Model, tmp_path):
    fit = model.sample(engine="whitened", seed=5, progress=False, **SETTINGS)
    assert fit.attributes["trajectories"] == "nuts"
    path = tmp_path / "fit.nc"
    fx.write(fit, path)
    longer = fx.extend(fx.read(path), draws=100)
    assert longer["posterior"]["beta"].shape == (4, 600, 2)
    np.testing.assert_array_equal(
        longer["posterior"]["beta"][:, :500].to_numpy(), fit["posterior"]["beta"].to_numpy()
    )


def test_trajectories_that_are_too_long_hand_the_model_on(model: fx.Model, monkeypatch):
    monkeypatch.setattr(turning, "LONGEST", 0.5)
    with pytest.raises(Decline, match="of one length; by NUTS, its trajectories do not turn back"):
        sampling.run(model.spec, model.program, seed=3, **SETTINGS)
