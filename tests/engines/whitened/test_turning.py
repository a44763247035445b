"""NUTS in whitened coordinates: the same posterior, by programs that are compiled already."""

from __future__ import annotations

import numpy as np
import pytest
from whitened_shapes import assert_same, data

import formix as fx
from formix.engines.decline import Decline
from formix.engines.latent import arrays, latent_sites
from formix.engines.precision import float64
from formix.engines.whitened import sampling, turning
from formix.engines.whitened.drawing import Drawing
from formix.engines.whitened.frozen import Freezing
from formix.engines.whitened.layout import layout, structure
from formix.engines.whitened.mode import Search, blank
from formix.engines.whitened.plan import Plan
from formix.engines.whitened.rows import distinct
from formix.engines.whitened.target import Target
from formix.engines.whitened.tuning import Tuned
from formix.engines.whitened.turning import WARMED, Turning, turned
from formix.engines.whitened.walk import Place, walk

SETTINGS = {"draws": 500, "chains": 4}


@pytest.fixture(scope="module")
def model() -> fx.Model:
    return fx.Model("y ~ x + (1 | g)", data())


@pytest.fixture(scope="module")
def exact(model: fx.Model):
    return model.sample(engine="marginal", draws=5000, seed=4)["posterior"]


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chains whose trajectories are of one length agree on nothing."""
    agreed = Drawing.agreed

    def refused(self, *given, **named):
        if isinstance(self.walk, Turning):
            return agreed(self, *given, **named)
        raise Decline("they are of one length")

    monkeypatch.setattr(Drawing, "agreed", refused)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("single", [False, True])
def test_a_gaussian_posterior_is_that_of_exact_integration(model, exact, single, monkeypatch):
    if single:
        monkeypatch.setattr(sampling, "_MANY", 0)
    drawn = sampling.run(model.spec, model.program, seed=3, **SETTINGS)
    assert_same(exact, drawn)
    assert drawn.attributes["trajectories"] == "nuts"
    assert drawn.attributes["trajectories_reason"] == "they are of one length"


@pytest.mark.usefixtures("alone")
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


@pytest.mark.usefixtures("alone")
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


@pytest.mark.usefixtures("alone")
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


@pytest.mark.usefixtures("alone")
def test_trajectories_that_are_too_long_hand_the_model_on(model: fx.Model, monkeypatch):
    some = sampling.run(model.spec, model.program, seed=3, **SETTINGS)
    monkeypatch.setattr(turning, "LONGEST", 0.5)
    with pytest.raises(Decline, match="of one length; by NUTS, its trajectories do not turn back"):
        sampling.run(model.spec, model.program, seed=3, **SETTINGS)
    # Draws that are there are gone on from all the same.
    more = sampling.run(model.spec, model.program, draws=100, state=some.state)
    assert more.values["beta"].shape == (4, 100, 2)


class Stands:
    """Chains of the walk of a model, in its first coordinates, and where they are."""

    def __init__(self, model: fx.Model, chains: int) -> None:
        rows = distinct(model.spec, model.program)
        with float64():
            latent = latent_sites(model.program.function, arrays(model.program))
        of = layout(rows.spec, latent, structure(rows.spec))
        freezing = Freezing(rows.spec, of)
        given = blank(of, rows, freezing)
        sites = ("beta", "sd_g", "r_g", "sigma")
        self.walk = walk(Target(model.program.function, of), sites, chains, given)
        mode = Search(of, rows, freezing, self.walk, given).mode()
        self.given = mode.given | {"centre": mode.point, "root": mode.root}
        self.sampled = of.sampled

    def begun(self, seed: int) -> Place:
        x = np.random.default_rng(seed).standard_normal((self.walk.chains, self.walk.size))
        return self.walk.found(x, self.given)


@pytest.fixture(scope="module")
def stands(model: fx.Model) -> Stands:
    return Stands(model, 8)


def test_what_is_recorded_is_where_the_chains_are(stands: Stands):
    steps = Turning.of(stands.walk)
    moves = steps.moves([np.random.default_rng(i) for i in range(6)])
    start = stands.begun(1)
    place, stride, record = steps.moved(start, 0.7, moves, stands.given)
    assert stride == 0.7
    found = stands.walk.found(place.x, stands.given)
    np.testing.assert_allclose(place.slope, found.slope, rtol=1e-12)
    np.testing.assert_array_equal(place.known.value, found.known.value)
    np.testing.assert_array_equal(record.stats["lp"][-1], found.known.lp)
    for name, x in found.known.sites.items():
        np.testing.assert_array_equal(record.sites[name][-1], x)
    # The energy of a draw is that of where it came from, with the momentum it was given.
    kinetic = 0.5 * np.sum(np.square(moves["normals"]), axis=2)
    np.testing.assert_allclose(record.stats["energy"][0], kinetic[0] - start.known.value)
    # Part after part comes to the same, bit by bit.
    halves, at = [], start
    for half in (slice(0, 2), slice(2, 6)):
        part = {name: x[half] for name, x in moves.items()}
        at, _, some = steps.moved(at, 0.7, part, stands.given)
        halves.append(some)
    np.testing.assert_array_equal(at.x, place.x)
    for name, x in record.stats.items():
        np.testing.assert_array_equal(np.concatenate([h.stats[name] for h in halves]), x)


def test_chains_at_one_place_go_ways_of_their_own(stands: Stands):
    steps = Turning.of(stands.walk)
    moves = steps.moves([np.random.default_rng(1)])
    moves["normals"][:] = moves["normals"][:, :1]
    x = np.repeat(stands.begun(2).x[:1], steps.chains, axis=0)
    place, _, _ = steps.moved(stands.walk.found(x, stands.given), 0.7, moves, stands.given)
    assert len(np.unique(place.x[:, 0])) > 3


def test_widths_are_learnt_by_trees(stands: Stands):
    """They were taken for three times as much, and for a third."""
    size = stands.walk.size - stands.sampled
    wrong = np.where(np.arange(size) % 2, 3.0, 1.0 / 3.0)
    given = stands.given | {"widths": wrong}
    plan = Plan(100, 8, 1, short=1)
    told = []
    began = Tuned(given, stands.walk.found(stands.begun(3).x / 3.0, given), 1.0)
    steps, state = turned(stands.walk, began, plan, told.append)
    assert told[-1] == WARMED
    place, x = state.place, []
    for part in range(6):
        moves = steps.moves([np.random.default_rng([4, part, i]) for i in range(steps.most)])
        for draw in range(steps.most):
            one = {name: value[draw : draw + 1] for name, value in moves.items()}
            place, _, _ = steps.moved(place, state.stride, one, state.given)
            x.append(place.x)
    widths = np.concatenate(x)[:, stands.sampled :].std(axis=0)
    assert np.all((widths > 0.7) & (widths < 1.4))
