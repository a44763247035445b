"""Fits that do not keep their group-level effects, and effects that are drawn again."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from functools import cache

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from made_fits import drawn, sleepstudy

import formix as fx
from formix.engines.marginal import redrawing
from formix.results import inference_data
from formix.results.groups import Groups, opened

NESTED = ("strength ~ 1 + (1 | batch / cask)", "Pastes")
CROSSED = ("diameter ~ 1 + (1 | plate) + (1 | sample)", "Penicillin")
SLOPES = ("Reaction ~ Days + (Days | Subject)", "sleepstudy")


@cache
def fitted(formula: str, data: str, keep: str | None = None) -> Groups:
    model = fx.Model(formula, fx.load(data))
    return model.sample(seed=5, draws=1000, keep_groups=keep)


@pytest.mark.parametrize(("formula", "data"), [SLOPES, NESTED, CROSSED])
def test_a_summary_is_of_the_same_draws(formula: str, data: str):
    whole, short = fitted(formula, data), fitted(formula, data, "summary")
    for name in short["posterior"].data_vars:
        xr.testing.assert_equal(short["posterior"][name], whole["posterior"][name])
    effects = whole["posterior"][[n for n in whole["posterior"] if str(n).startswith("r_")]]
    assert not set(effects.data_vars) & set(short["posterior"].data_vars)
    over = ("chain", "draw")
    xr.testing.assert_allclose(short["posterior_mean"], effects.mean(over), rtol=1e-10)
    xr.testing.assert_allclose(short["posterior_sd"], effects.std(over, ddof=1), rtol=1e-10)
    for dim in effects.dims:
        xr.testing.assert_equal(short["posterior"][dim], whole["posterior"][dim])
    assert "log_likelihood" not in short
    assert short.attributes["keep_groups"] == "summary"


def test_nothing_may_be_kept():
    found = fitted(*SLOPES, "none")
    assert not {"posterior_mean", "posterior_sd", "log_likelihood"} & set(found.datasets)
    assert fx.summary(found).counts == "Number of obs: 180, groups: Subject, 18"
    assert "18 levels" in str(fx.summary(found))
    for verb in (fx.ranef, fx.coef):
        with pytest.raises(fx.ResultError, match="has kept no draws of `r_Subject`") as caught:
            verb(found)
        assert "fx.redraw(fit, 'Subject'" in caught.value.hint


def test_tables_of_a_summary_hold_what_is_known():
    whole, short = fitted(*SLOPES), fitted(*SLOPES, "summary")
    pd.testing.assert_frame_equal(fx.ranef(short), fx.ranef(whole)[["mean", "sd"]], rtol=1e-10)
    pd.testing.assert_frame_equal(fx.coef(short), fx.coef(whole)[["mean"]], rtol=1e-10)
    pd.testing.assert_frame_equal(fx.ranef(short, tidy=True), fx.ranef(whole, tidy=True))
    assert fx.coef(short, tidy=True)["condsd"].isna().all()
    for verb in (fx.ranef, fx.coef):
        with pytest.raises(fx.ResultError, match="has kept no draws"):
            verb(short, summary=False)
    with pytest.raises(fx.ResultError, match="has kept no draws"):
        fx.summary(short, ranef=True)
    assert str(fx.summary(short)) == str(fx.summary(whole))


def test_nuts_keeps_as_much_and_is_judged_by_all():
    model = fx.Model("Yield ~ 1 + (1 | Batch)", fx.load("Dyestuff"))
    settings = {"engine": "nuts", "draws": 30, "warmup": 100, "chains": 2, "seed": 1}
    with pytest.warns(fx.ConvergenceWarning) as of_whole:
        whole = model.sample(**settings)
    with pytest.warns(fx.ConvergenceWarning) as of_short:
        short = model.sample(**settings, keep_groups="summary")
    assert str(of_short[0].message) == str(of_whole[0].message)
    assert "r_Batch" not in short["posterior"]
    assert "log_likelihood" not in short
    effects, over = whole["posterior"][["r_Batch"]], ("chain", "draw")
    xr.testing.assert_allclose(short["posterior_mean"], effects.mean(over))
    xr.testing.assert_allclose(short["posterior_sd"], effects.std(over, ddof=1))
    with pytest.warns(fx.ConvergenceWarning):
        longer = fx.extend(short, draws=30)
    with pytest.warns(fx.ConvergenceWarning):
        effects = fx.extend(whole, draws=30)["posterior"][["r_Batch"]]
    xr.testing.assert_allclose(longer["posterior_mean"], effects.mean(over))
    xr.testing.assert_allclose(longer["posterior_sd"], effects.std(over, ddof=1))
    assert fx.redraw(longer).sizes["draw"] == 60


def test_a_limit_decides_where_nothing_is_said(monkeypatch, caplog):
    model = fx.Model(*_with_data(SLOPES))
    monkeypatch.setattr("formix.fitting.MOST_EFFECTS", 4 * 500 * 36 - 1)
    with caplog.at_level(logging.INFO, "formix"):
        found = model.sample(seed=1, draws=500)
    assert found.attributes["keep_groups"] == "summary"
    (note,) = json.loads(str(found.attributes["notes"]))
    assert note.startswith("the draws of `r_Subject` would be 72,000 numbers, more than 71,999")
    assert [record.message for record in caplog.records] == [note]
    asked = model.sample(seed=1, draws=500, keep_groups="draws")
    assert "r_Subject" in asked["posterior"]
    monkeypatch.setattr("formix.fitting.MOST_EFFECTS", 4 * 500 * 36)
    assert model.sample(seed=1, draws=500).attributes["keep_groups"] == "draws"


def test_what_cannot_be_kept_is_refused():
    model = fx.Model(*_with_data(SLOPES))
    with pytest.raises(fx.ArgumentError, match="keep_groups='all'") as caught:
        model.fit(keep_groups="all")
    assert caught.value.hint == "there are: 'draws', 'summary', 'none'"


@pytest.mark.parametrize("heavy", [False, True])
def test_a_fit_goes_on_with_as_much_kept(monkeypatch, heavy: bool):
    """A run in two parts summarises what one run does."""
    if heavy:
        monkeypatch.setattr("formix.engines.marginal.sampling._HEAVY", 0.0)
    formula, data = CROSSED
    model = fx.Model(formula, fx.load(data))
    first = model.sample(seed=2, draws=600, keep_groups="summary")
    longer = fx.extend(first, draws=200)
    whole = model.sample(seed=2, draws=800, keep_groups="draws")
    assert (int(whole.attributes["centres"]) > 0) == heavy
    np.testing.assert_array_equal(longer["posterior"]["sigma"], whole["posterior"]["sigma"])
    effects = whole["posterior"][["r_plate", "r_sample"]]
    over = ("chain", "draw")
    xr.testing.assert_allclose(longer["posterior_mean"], effects.mean(over), rtol=1e-8)
    xr.testing.assert_allclose(longer["posterior_sd"], effects.std(over, ddof=1), rtol=1e-8)
    again = fx.extend(model.sample(seed=2, draws=600, keep_groups="none"), draws=200)
    assert "posterior_mean" not in again
    assert again["posterior"].sizes["draw"] == 800


def test_batches_do_not_change_a_summary(monkeypatch):
    whole = fitted(*CROSSED, "summary")
    monkeypatch.setattr("formix.engines.marginal.sampling._DRAWS_AT_ONCE", 37)
    model = fx.Model(*_with_data(CROSSED))
    parts = model.sample(seed=5, draws=1000, keep_groups="summary")
    xr.testing.assert_allclose(parts["posterior_mean"], whole["posterior_mean"], rtol=1e-9)


def test_effects_of_a_run_that_keeps_none_are_never_held(monkeypatch):
    """Neither engine path makes an array of every draw of the effects."""
    made: list[tuple[int, ...]] = []
    empty = np.empty

    def watched(shape, *rest, **named):
        made.append(shape if isinstance(shape, tuple) else (shape,))
        return empty(shape, *rest, **named)

    model = fx.Model(*_with_data(CROSSED))
    for heavy in (1e6, 0.0):
        monkeypatch.setattr("formix.engines.marginal.sampling._HEAVY", heavy)
        for keep in ("draws", "summary"):
            made.clear()
            with monkeypatch.context() as patch:
                patch.setattr(np, "empty", watched)
                model.sample(seed=2, draws=600, keep_groups=keep)
            held = [shape for shape in made if 24 in shape and max(shape) >= 600]
            assert bool(held) == (keep == "draws")


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
    spec = fx.Model(*_with_data(NESTED)).spec
    one = redrawing.redrawing(spec, 1, "batch:cask", np.array([4]))
    assert one.of.rows == 6
    crossed = redrawing.redrawing(fx.Model(*_with_data(CROSSED)).spec, 1, "plate", np.array([4]))
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


@pytest.mark.parametrize("ending", [".nc", ".zarr"])
def test_a_file_of_a_summary_is_whole_in_a_new_process(tmp_path, ending: str):
    fit = inference_data(fitted(*NESTED, "summary"))
    path = fx.write(fit, tmp_path / f"fit{ending}")
    script = (
        "import sys, warnings; warnings.simplefilter('ignore')\n"
        "import formix as fx\n"
        "fit = fx.read(sys.argv[1])\n"
        "print(repr(float(fx.redraw(fit, 'batch', 'B').mean())))\n"
        "print(repr(float(fx.ranef(fit)['sd'].sum())))\n"
        "print(fx.summary(fit).counts)\n"
        "print(fx.extend(fit, draws=5).posterior.sizes['draw'])\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, path], capture_output=True, text=True, check=True
    )
    mean, sd, counts, draws = run.stdout.splitlines()
    assert float(mean) == pytest.approx(float(fx.redraw(fit, "batch", "B").mean()))
    assert float(sd) == pytest.approx(float(fx.ranef(fit)["sd"].sum()))
    assert counts == "Number of obs: 60, groups: batch, 10; batch:cask, 30"
    assert draws == "1005"


def test_arviz_opens_and_summarises_it(tmp_path):
    import arviz as az

    fit = inference_data(fitted(*SLOPES, "summary"))
    fit.to_netcdf(tmp_path / "fit.nc")
    again = az.from_netcdf(tmp_path / "fit.nc")
    assert set(opened(again).datasets) == set(opened(fit).datasets)
    assert len(fx.ranef(again)) == 36
    assert len(az.summary(again, var_names=["beta", "sd_Subject"])) == 4


def test_a_result_of_before_keeps_draws():
    groups = sleepstudy(draws=5)
    older = Groups(
        groups.datasets, {k: v for k, v in groups.attributes.items() if k != "keep_groups"}
    )
    assert len(fx.ranef(older)) == 36


def _with_data(case: tuple[str, str]) -> tuple[str, pd.DataFrame]:
    return case[0], fx.load(case[1])
