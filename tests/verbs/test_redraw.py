"""Group-level effects that are drawn again."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from kept_fits import CROSSED, NESTED, SLOPES, fitted, with_data
from made_fits import drawn

import formix as fx
from formix.engines.marginal import redrawing


@pytest.mark.parametrize(("formula", "data"), [SLOPES, NESTED, CROSSED])
def test_effects_drawn_again_are_from_the_same_posterior(formula: str, data: str):
    """Moments of 4000 draws, each within five standard errors (a false alarm in 10,000)."""
    groups = fitted(formula, data)
    for group in dict.fromkeys(block.group for block in fx.model(groups).design.blocks):
        again, kept = fx.redraw(groups, group), groups["posterior"][f"r_{group}"]
        assert again.dims == kept.dims
        over = ("chain", "draw")
        error = kept.std(over) * np.sqrt(2.0 / 2000.0)
        assert (abs(again.mean(over) - kept.mean(over)) < 5.0 * error).all()
        np.testing.assert_allclose(again.std(over), kept.std(over), rtol=5.0 / np.sqrt(2000.0))
        xr.testing.assert_equal(again[group], kept[group])


def test_effects_are_normal_given_all_else():
    """Against the joint normal of the effects of both groups, written out, at one draw of all."""
    data = fx.load("Penicillin").iloc[:40]
    groups = drawn(CROSSED[0], data, draws=1, chains=1)
    model = fx.model(groups)
    at = {str(n): v.to_numpy()[0, 0] for n, v in groups["posterior"].data_vars.items()}
    blocks = {block.group: block for block in model.design.blocks}
    Z = np.concatenate(
        [np.eye(len(block.levels))[block.index] for block in blocks.values()], axis=1
    )
    sds = [np.repeat(at[f"sd_{g}"], len(b.levels)) for g, b in blocks.items()]
    precision = Z.T @ Z / at["sigma"] ** 2 + np.diag(1.0 / np.concatenate(sds) ** 2)
    covariance = np.linalg.inv(precision)
    y = model.spec.response.values - model.design.X @ at["beta"]
    mean = covariance @ Z.T @ y / at["sigma"] ** 2
    again = redrawing.redrawing(model.spec, seed=1)
    values = {name: np.repeat(value[None], 1500, axis=0) for name, value in at.items()}
    places = np.column_stack([np.zeros(1500, dtype=int), np.arange(1500)])
    made = again.drawn(values, places)
    draws = np.concatenate([made[f"r_{g}"].reshape(1500, -1) for g in blocks], axis=1)
    white = np.linalg.solve(np.linalg.cholesky(covariance), (draws - mean).T)
    size = len(white)
    # Means and products of so many standard normals, each within five standard errors.
    assert np.all(abs(white.mean(axis=1)) < 5.0 / np.sqrt(1500.0))
    assert np.all(abs(white @ white.T / 1500.0 - np.eye(size)) < 5.0 * np.sqrt(2.0 / 1500.0))


@pytest.mark.parametrize(
    ("case", "group", "levels"),
    [
        (SLOPES, "Subject", ["309", "371"]),
        (NESTED, "batch:cask", ["A:b", "C:a"]),
        (CROSSED, "plate", "c"),
    ],
)
def test_some_levels_are_those_of_all(case: tuple[str, str], group: str, levels):
    groups = fitted(*case, "none")
    some, whole = fx.redraw(groups, group, levels), fx.redraw(groups, group)
    chosen = [levels] if isinstance(levels, str) else levels
    np.testing.assert_allclose(some, whole.sel({group: chosen}), rtol=1e-9, atol=1e-9)
    assert some[group].to_numpy().tolist() == chosen


def test_few_levels_look_at_their_own_rows_only():
    spec = fx.Model(*with_data(NESTED)).spec
    one = redrawing.redrawing(spec, 1, "batch:cask", np.array([4]))
    assert one.of.rows == 6
    crossed = redrawing.redrawing(fx.Model(*with_data(CROSSED)).spec, 1, "plate", np.array([4]))
    assert crossed.of.rows == 144


def test_draws_are_the_same_in_parts_of_any_size_and_of_thinned_fits(monkeypatch):
    groups = fitted(*NESTED, "none")
    whole = fx.redraw(groups, "cask:batch")
    monkeypatch.setattr(redrawing, "_AT_ONCE", 300)
    monkeypatch.setattr(redrawing, "_BLOCK", 30)
    np.testing.assert_allclose(fx.redraw(groups, "batch:cask"), whole, rtol=1e-8, atol=1e-10)
    monkeypatch.undo()
    thinned = groups.with_group("posterior", groups["posterior"].isel(draw=slice(3, None, 50)))
    again = fx.redraw(thinned, "batch:cask")
    xr.testing.assert_allclose(again, whole.sel(draw=again["draw"]), rtol=1e-8)


def test_seeds_give_other_draws():
    groups = fitted(*SLOPES, "none")
    assert np.all(fx.redraw(groups, seed=1) != fx.redraw(groups))
    xr.testing.assert_equal(fx.redraw(groups, seed=5), fx.redraw(groups))


@pytest.mark.parametrize(
    ("asked", "says", "hint"),
    [
        ({}, "which group's effects", "the groups: batch, batch:cask"),
        ({"group": "bath"}, "`bath` is not a group", "did you mean `batch`?"),
        ({"group": "batch", "levels": "Z"}, "`Z` is not a level of batch", "its levels: A, B, C"),
        ({"group": "batch", "levels": []}, "no levels are asked for", "leave `levels` out"),
        ({"group": "batch", "seed": -1}, "seed is -1", "for example"),
    ],
)
def test_what_cannot_be_drawn_again_is_refused(asked: dict, says: str, hint: str):
    with pytest.raises(fx.FormixError, match=says) as caught:
        fx.redraw(fitted(*NESTED, "none"), **asked)
    assert hint in caught.value.hint


def test_without_groups_or_a_gaussian_there_is_nothing_to_draw(plain):
    with pytest.raises(fx.ResultError, match="no group-level effects"):
        fx.redraw(plain)
    data = fx.load("sleepstudy")
    groups = drawn(SLOPES[0], data, draws=3, family=fx.gaussian(link="log"))
    with pytest.raises(fx.UnsupportedError, match="cannot be drawn again: the link of mu is log"):
        fx.redraw(groups)


def test_the_log_likelihood_is_made_of_effects_drawn_again(monkeypatch):
    groups = fitted(*NESTED, "none")
    found = fx.log_likelihood(groups)["log_likelihood"]["strength"]
    with_effects = groups["posterior"].assign(
        {f"r_{g}": fx.redraw(groups, g) for g in ("batch", "batch:cask")}
    )
    whole = fx.log_likelihood(groups.with_group("posterior", with_effects))
    np.testing.assert_allclose(found, whole["log_likelihood"]["strength"], rtol=1e-10)
    monkeypatch.setattr(redrawing, "_AT_ONCE", 3000)
    parts = fx.log_likelihood(groups)["log_likelihood"]["strength"]
    np.testing.assert_allclose(parts, found, rtol=1e-9)


@pytest.mark.parametrize(
    ("case", "group"), [(NESTED, "batch"), (NESTED, "batch:cask"), (CROSSED, "sample")]
)
def test_groups_are_integrated_whose_effects_were_not_kept(case: tuple[str, str], group: str):
    groups = fitted(*case, "none")
    others = [b.group for b in fx.model(groups).design.blocks if b.group != group]
    with_effects = groups["posterior"].assign({f"r_{g}": fx.redraw(groups, g) for g in others})
    whole = fx.log_likelihood(groups.with_group("posterior", with_effects), integrate=group)
    found = fx.log_likelihood(groups, integrate=group)["log_likelihood"]
    xr.testing.assert_allclose(found, whole["log_likelihood"], rtol=1e-9)
