"""New levels of groups of which a row has several: each with one effect, wherever it stands."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fit_at import fit_at

import formix as fx
from formix.verbs import predicted

SAMPLES = 4_000
SD = 1.5


@pytest.fixture(scope="module")
def fit():
    """Effects of known levels are 1 + the level, those of new ones have the standard deviation."""
    rows = np.arange(60)
    data = pd.DataFrame({"y": np.sin(rows), "a": rows % 6, "b": rows % 5, "w": 0.25, "v": 0.75})
    model = fx.Model("y ~ 1 + (1 | mm(a, b, weights = cbind(w, v)))", data)
    group = model.spec.blocks[0].group
    effects = 1.0 + np.array([int(level) for level in model.spec.blocks[0].levels])
    one = np.ones((SAMPLES, 1))
    values = {"beta": 0.0 * one, f"sd_{group}": SD * one, "sigma": one[:, 0]}
    known = {f"r_{group}": np.broadcast_to(effects[:, None], (SAMPLES, 6, 1))}
    return fit_at(model, values | known)


def _drawn(fit, a, b, w=0.25, v=0.75, **said) -> np.ndarray:
    new = {"a": a, "b": b, "w": np.full(len(a), w), "v": np.full(len(a), v)}
    return fx.predict(fit, new, summary=False, **said)["y"].to_numpy()[0]


def test_a_new_member_adds_its_weight_of_the_variance_of_the_group(fit):
    drawn = _drawn(fit, [0, 77, 77, 77], [77, 0, 78, 77])
    # A variance of 4,000 draws has an error of 2.2 %, of which 5 are exceeded in any of 4 once in
    # 4 * 10^5 times; and a mean one of sd / 63.
    expected = SD**2 * np.array([0.75**2, 0.25**2, 0.25**2 + 0.75**2, 1.0])
    np.testing.assert_allclose(drawn.var(axis=0), expected, rtol=0.112)
    np.testing.assert_allclose(drawn.mean(axis=0), [0.25, 0.75, 0.0, 0.0], atol=5 * SD / 63)


@pytest.mark.parametrize("chunk", [SAMPLES, 10**6])
def test_a_new_member_has_one_effect_in_whichever_column_it_is_named(fit, monkeypatch, chunk):
    monkeypatch.setattr(predicted, "CHUNK", chunk)
    drawn = _drawn(fit, [0, 77, 0, 78, 77], ["77", "0", "78", "77", "77"])
    first, second = (drawn[:, 0] - 0.25) / 0.75, (drawn[:, 2] - 0.25) / 0.75
    assert abs(np.corrcoef(first, second)[0, 1]) < 5 / np.sqrt(SAMPLES)
    np.testing.assert_allclose(drawn[:, 1], 0.25 * first + 0.75, atol=1e-12)
    np.testing.assert_allclose(drawn[:, 3], 0.25 * second + 0.75 * first, atol=1e-12)
    np.testing.assert_allclose(drawn[:, 4], first, atol=1e-12)


def test_rows_whose_member_is_missing_have_one_each_and_weight_0_none(fit):
    drawn = _drawn(fit, [1, 1], [np.nan, np.nan])
    np.testing.assert_allclose(drawn.var(axis=0), np.full(2, (SD * 0.75) ** 2), rtol=0.112)
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 5 / np.sqrt(SAMPLES)
    np.testing.assert_allclose(_drawn(fit, [1], [np.nan], w=1.0, v=0.0), 2.0, atol=1e-12)


def test_new_members_may_be_none_or_an_error(fit):
    none = _drawn(fit, [0, 77], [77, 4], new_levels="population")
    np.testing.assert_allclose(none, np.tile([0.25, 3.75], (SAMPLES, 1)), atol=1e-12)
    with pytest.raises(fx.UnknownLevelError, match=r"77.*is not a level of `mm"):
        _drawn(fit, [0], [77], new_levels="error")
    with pytest.raises(fx.ArgumentError, match="no column `b`"):
        fx.predict(fit, {"a": [0], "w": [0.5], "v": [0.5]})
    np.testing.assert_array_equal(_drawn(fit, [0], [77], groups="none"), 0.0)


def test_new_levels_of_a_row_of_several_are_not_averaged_over(fit):
    with pytest.raises(fx.UnsupportedError, match="averaged over: a row belongs to several"):
        fx.predictions(fit, groups="integrate")
