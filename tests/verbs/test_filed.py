"""Predictions in a file of their own: the draws that memory would hold, some rows after another."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from fit_at import random_fit

import formix as fx
from formix.verbs import predicted

NEW = pd.DataFrame(
    {"Days": [0.0, np.nan, 3.0, *[np.nan] * 4, 5.0, 10.0], "Subject": [*"abbacac", "308", "b"]},
    index=pd.MultiIndex.from_product([["north"], range(9)], names=["site", "Days"]),
)


@pytest.fixture(scope="module")
def sleep():
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    return random_fit(model, samples=12)


@pytest.fixture(scope="module")
def ordered():
    data = {"y": pd.Categorical(list("abcbac") * 4, ordered=True), "x": np.linspace(-1.0, 1.0, 24)}
    return random_fit(fx.Model("y ~ x", data, family="cumulative"), samples=12)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch):
    """Three rows of twelve draws at a time: parts with gaps, small and large, and of one row."""
    monkeypatch.setattr(predicted, "CHUNK", 36)


def _same(path: Path, kept) -> None:
    with xr.open_datatree(path) as whole:
        for group in ("predictions", "predictions_constant_data"):
            there = whole[group].to_dataset().load()
            expected = kept[group].drop_attrs(deep=False)
            xr.testing.assert_identical(there.drop_attrs(deep=False), expected)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("kind", ["mean", "response", "linpred", "sigma"])
def test_a_file_holds_the_draws_the_labels_and_the_columns_of_the_rows(sleep, tmp_path, kind):
    path = fx.predict(sleep, NEW, kind=kind, seed=3, store=tmp_path / "predictions.nc")
    assert path == tmp_path / "predictions.nc"
    _same(path, fx.predict(sleep, NEW, kind=kind, seed=3, store=True))
    assert [held.name for held in tmp_path.iterdir()] == ["predictions.nc"]


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("kind", ["mean", "response"])
def test_levels_of_the_response_have_an_axis_or_codes(ordered, tmp_path, kind):
    new = {"x": np.linspace(-1.0, 1.0, 5)}
    path = fx.predict(ordered, new, kind=kind, seed=3, store=str(tmp_path / "p.h5"))
    _same(path, fx.predict(ordered, new, kind=kind, seed=3, store=True))


@pytest.mark.usefixtures("few")
def test_at_the_rows_of_the_fit_some_draws_are_read_without_the_others(sleep, tmp_path):
    path = fx.predict(sleep, draws=6, store=tmp_path / "p.nc")
    _same(path, fx.predict(sleep, draws=6, store=np.bool_(True)))
    held = fx.read(path)
    assert held["predictions"].sizes["obs"] == 180
    with pytest.raises(fx.ResultError, match="posterior"):
        fx.fixef(held)


def test_memory_holds_some_rows(monkeypatch, tmp_path):
    fit = random_fit(fx.Model("Reaction ~ Days", fx.load("sleepstudy")), samples=400)
    new = {"Days": np.linspace(0.0, 9.0, 5000)}
    size = 400 * 5000 * 8
    monkeypatch.setattr(predicted, "CHUNK", 100_000)
    peaks = []
    for store in (tmp_path / "p.nc", True):
        tracemalloc.start()
        fx.predict(fit, new, kind="response", store=store)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[0] < 0.5 * size < size < peaks[1]


def test_what_was_there_stays_where_predictions_fail_or_a_fit_would_be_lost(
    sleep, tmp_path, monkeypatch
):
    path = fx.predict(sleep, NEW, store=tmp_path / "p.nc")
    before = path.read_bytes()

    def stopped(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(predicted.Predictions, "at", stopped)
        with pytest.raises(KeyboardInterrupt):
            fx.predict(sleep, NEW, store=path)
    assert path.read_bytes() == before
    assert [held.name for held in tmp_path.iterdir()] == ["p.nc"]
    fx.predict(sleep, NEW[:2], store=path)
    assert fx.read(path)["predictions"].sizes["obs"] == 2
    fit = fx.write(sleep, tmp_path / "fit.nc")
    with pytest.raises(fx.ResultError, match="holds a fit"):
        fx.predict(sleep, NEW, store=fit)


@pytest.mark.parametrize(
    ("store", "error", "said"),
    [
        ("predictions.zarr", fx.ResultError, "in parts"),
        ("nowhere/predictions.nc", fx.ResultError, "no folder"),
        ("", fx.ArgumentError, "not the path"),
        (3, fx.ArgumentError, "`store` is 3"),
        (None, fx.ArgumentError, "`store` is None"),
    ],
)
def test_no_place_for_a_file_is_said_before_anything_is_made(sleep, store, error, said):
    with pytest.raises(error, match=said):
        fx.predict(sleep, NEW, kind="nothing that there is", store=store)
