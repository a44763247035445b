"""What a fit keeps of its group-level effects, by either engine, and what verbs make of it."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from kept_fits import CROSSED, NESTED, SLOPES, fitted, with_data
from made_fits import sleepstudy

import formix as fx
from formix import fitting
from formix.engines import ENGINES
from formix.results import inference_data
from formix.results.groups import opened


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


def test_settings_that_changed_nothing_are_noted():
    model = fx.Model("Yield ~ 1 + (1 | Batch)", fx.load("Dyestuff"))
    plain = model.fit(seed=1)
    assert json.loads(plain.attrs["notes"]) == []
    told = model.fit(seed=1, warmup=50, chain_method="auto", max_tree_depth=5)
    assert json.loads(told.attrs["notes"]) == [
        "`max_tree_depth` is not a setting of marginal, and changed nothing",
        "`warmup` is not a setting of marginal, and changed nothing",
    ]
    xr.testing.assert_equal(told.posterior.sigma, plain.posterior.sigma)


@pytest.mark.parametrize(
    ("engine", "unheard"),
    [("whitened", ["warmup", "chain_method"]), ("nuts", []), ("laplace", 3 * ["a setting"])],
)
def test_what_an_engine_hears_is_not_noted(engine: str, unheard: list[str]):
    (chosen,) = (one for one in ENGINES if one.name == engine)
    asked = {"draws": 9, "chains": 2, "warmup": 5, "chain_method": "parallel", "target_accept": 0.9}
    notes = fitting._unheard(chosen, asked)
    assert len(notes) == len(unheard)
    assert all(name in note for name, note in zip(unheard, notes, strict=True))


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
    model = fx.Model(*with_data(SLOPES))
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


@pytest.mark.parametrize("link", ["identity", "log"])
def test_a_note_promises_only_what_can_be_had(monkeypatch, link: str):
    model = fx.Model(*with_data(SLOPES), family=fx.gaussian(link=link))
    monkeypatch.setattr(fitting, "MOST_EFFECTS", 0)
    keep, (note,) = fitting._keeping(model.spec, None, {})
    assert keep == "summary"
    assert note.endswith("; fx.redraw draws them again") == (link == "identity")


def test_what_cannot_be_kept_is_refused():
    model = fx.Model(*with_data(SLOPES))
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
    model = fx.Model(*with_data(CROSSED))
    parts = model.sample(seed=5, draws=1000, keep_groups="summary")
    xr.testing.assert_allclose(parts["posterior_mean"], whole["posterior_mean"], rtol=1e-9)


def test_effects_of_a_run_that_keeps_none_are_never_held(monkeypatch):
    """Neither engine path makes an array of every draw of the effects."""
    made: list[tuple[int, ...]] = []
    empty = np.empty

    def watched(shape, *rest, **named):
        made.append(shape if isinstance(shape, tuple) else (shape,))
        return empty(shape, *rest, **named)

    model = fx.Model(*with_data(CROSSED))
    for heavy in (1e6, 0.0):
        monkeypatch.setattr("formix.engines.marginal.sampling._HEAVY", heavy)
        for keep in ("draws", "summary"):
            made.clear()
            with monkeypatch.context() as patch:
                patch.setattr(np, "empty", watched)
                model.sample(seed=2, draws=600, keep_groups=keep)
            held = [shape for shape in made if 24 in shape and max(shape) >= 600]
            assert bool(held) == (keep == "draws")


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
    assert "keep_groups" not in groups.attributes
    assert len(fx.ranef(groups)) == 36
    assert fx.redraw(groups).shape == (4, 5, 18, 2)


def test_numbers_of_numpy_are_numbers():
    model = fx.Model("Reaction ~ 1 + (1 | Subject)", fx.load("sleepstudy"))
    fit = model.sample(draws=np.int64(250), chains=np.int32(4), seed=np.uint8(3))
    same = model.sample(draws=250, chains=4, seed=3)
    np.testing.assert_array_equal(fit["posterior"]["beta"], same["posterior"]["beta"])


def test_a_setting_that_the_engine_has_no_use_for_is_read_all_the_same():
    model = fx.Model("Reaction ~ 1 + (1 | Subject)", fx.load("sleepstudy"))
    with pytest.raises(fx.ArgumentError, match="warmup is -1"):
        model.sample(warmup=-1)
