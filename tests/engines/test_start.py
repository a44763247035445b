from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest
from engines.programs import line, program

import formix as fx
from formix.engines.chain import Counters, Own
from formix.engines.kernel import Stand
from formix.engines.latent import LatentSite
from formix.engines.start import begun
from formix.errors import EngineError

SITES = (LatentSite("beta", (2,), (2,)), LatentSite("z_g", (9, 1), (9, 1)))


@dataclass
class Kernel:
    """Stands in for a compiled program: chains are bad where `bad` says so of a try."""

    chains: int
    bad: dict[int, set[int]]
    seen: list[np.ndarray] = field(default_factory=list)
    keys: list[np.ndarray] = field(default_factory=list)
    effects: np.ndarray = field(default_factory=lambda: np.empty(0))

    def blank(self) -> Stand:
        state = State(rng_key=np.zeros((self.chains, 2), np.uint32))
        return Stand(Counters(np.int64(-1), np.int64(0)), Own(state, {}, {}))

    def advance(self, stand, steps, target, data):
        assert (steps, target, data) == (0, 0.8, "data")
        self.seen.append(stand.own.state.z["beta"])
        self.effects = stand.own.state.z["z_g"]
        self.keys.append(stand.own.state.rng_key)
        bad = self.bad.get(len(self.seen), self.bad.get(0, set()))
        value = np.array([np.inf if chain in bad else 1.0 for chain in range(self.chains)])
        slope = {"beta": np.zeros((self.chains, 2))}
        state = stand.own.state._replace(potential_energy=value, z_grad=slope)
        return stand._replace(own=stand.own._replace(state=state)), None


class State(SimpleNamespace):
    def _replace(self, **changes):
        return State(**vars(self) | changes)


def start(kernel: Kernel, seed: int = 1, study=None):
    walk = SimpleNamespace(kernel=kernel, target=0.8, data="data")
    return begun(walk, SITES, study or line(), seed)


def test_points_are_within_two_and_keys_differ():
    kernel = Kernel(50, {})
    start(kernel)
    (points,) = kernel.seen
    assert np.abs(points).max() <= 2.0
    assert points.std() > 1.0
    # The line has 40 rows.
    assert np.abs(kernel.effects).max() <= 2.0 / np.sqrt(40)
    assert kernel.effects.shape == (50, 9, 1)
    assert len(np.unique(kernel.keys[0], axis=0)) == 50


def test_a_chains_point_and_key_do_not_depend_on_the_number_of_chains():
    few, many = Kernel(2, {}), Kernel(7, {})
    start(few)
    start(many)
    np.testing.assert_array_equal(few.seen[0], many.seen[0][:2])
    np.testing.assert_array_equal(few.keys[0], many.keys[0][:2])
    other = Kernel(2, {})
    start(other, seed=2)
    assert not np.isin(other.seen[0], few.seen[0]).any()


def test_a_chain_without_a_density_tries_again_closer_and_the_others_stay():
    kernel = Kernel(3, {1: {1}, 2: {1}})
    start(kernel)
    assert len(kernel.seen) == 3
    for later in kernel.seen[1:]:
        np.testing.assert_array_equal(later[[0, 2]], kernel.seen[0][[0, 2]])
        assert not np.isin(later[1], kernel.seen[0][1]).any()
    assert np.abs(kernel.seen[2][1]).max() <= 2.0 * 0.8**2


def test_a_slope_that_is_not_finite_is_no_start_either():
    class Steep(Kernel):
        def advance(self, stand, *rest):
            after, _ = super().advance(stand, *rest)
            slope = np.full((self.chains, 2), np.nan if len(self.seen) == 1 else 0.0)
            state = after.own.state._replace(z_grad={"beta": slope})
            return after._replace(own=after.own._replace(state=state)), None

    kernel = Steep(2, {})
    start(kernel)
    assert len(kernel.seen) == 2


def test_where_there_is_no_start_the_site_at_fault_is_named():
    study = line()
    data = dict(study.data) | {"y": np.full(40, np.nan)}
    kernel = Kernel(2, {0: {1}})
    with pytest.raises(EngineError, match="log density is not finite at `y`") as caught:
        start(kernel, study=program(study.text, data, "y"))
    assert "no starting point was found in 30 tries" in caught.value.message
    assert len(kernel.seen) == 30


@pytest.mark.filterwarnings("ignore::formix.errors.ConvergenceWarning")
@pytest.mark.parametrize("family", ["poisson(sqrt)", "gamma(identity)"])
def test_links_that_give_half_the_numbers_no_mean_start_where_the_prior_is(family: str):
    generator = np.random.default_rng(3)
    age = generator.uniform(20.0, 80.0, 60)
    y = generator.poisson(1.0 + age / 20.0) + (1.0 if family.startswith("gamma") else 0.0)
    model = fx.Model("y ~ age", {"y": y, "age": age}, family)
    found = model.sample(draws=20, warmup=40, chains=2, seed=1, progress=False)
    eta = fx.predict(found, kind="linpred", summary=False)["eta"].to_numpy()
    assert np.all(eta > 0.0)
