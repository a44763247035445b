"""Which rows are left out together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import formix as fx
from formix.verbs.folds import folds_of


@pytest.fixture(scope="module")
def model() -> fx.Model:
    return fx.Model("strength ~ 1 + (1 | batch / cask)", fx.load("Pastes"))


def test_rows_are_in_folds_of_about_one_size_and_each_in_one(model):
    folds = folds_of(model, 7, None, None, 0)
    sizes = np.bincount(folds.of)
    assert folds.dim == "obs"
    assert sizes.sum() == 60
    assert sizes.max() - sizes.min() <= 1
    rows = np.concatenate([folds.rows(fold) for fold in range(7)])
    assert sorted(rows.tolist()) == list(range(60))


@pytest.mark.parametrize(
    ("group", "inside"),
    [
        ("batch", ("r_batch", "r_batch:cask")),
        ("cask:batch", ("r_batch:cask",)),
        ("cask", ("r_batch:cask",)),
    ],
)
def test_levels_are_left_out_whole(model, group: str, inside: tuple[str, ...]):
    frame = model.frame
    folds = folds_of(model, 3, group, None, 4)
    labels = frame[group] if group in frame else frame["batch"].str.cat(frame["cask"], sep=":")
    for fold in range(3):
        out = set(labels.iloc[folds.rows(fold)])
        assert out
        assert not out & set(labels.drop(labels.index[folds.rows(fold)]))
    assert folds.units.inside == inside
    assert set(folds.labels) == set(labels)


def test_labels_of_each_row_do_as_well_as_a_name(model):
    values = pd.Series(np.arange(60) // 20, name="third")
    folds = folds_of(model, 3, values, None, 0)
    assert folds.dim == "third"
    assert folds.labels.tolist() == [0, 1, 2]
    assert np.array_equal(folds.units.index, np.arange(60) // 20)


def test_the_seed_alone_says_which_fold(model):
    other = fx.Model("strength ~ 1", fx.load("Pastes"))
    first, again = folds_of(model, 5, None, None, 3), folds_of(other, 5, None, None, 3)
    assert np.array_equal(first.of, again.of)
    assert not np.array_equal(first.of, folds_of(model, 5, None, None, 4).of)


def test_strata_are_spread_evenly(model):
    labels = np.array(["rare"] * 6 + ["common"] * 54)
    folds = folds_of(model, 6, None, labels, 1)
    assert np.bincount(folds.of[:6]).tolist() == [1] * 6
    by_batch = folds_of(model, 3, "batch:cask", "batch", 1)
    batches = np.array([str(label).split(":")[0] for label in by_batch.labels])
    for batch in np.unique(batches):
        assert sorted(by_batch.of[batches == batch]) == [0, 1, 2]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((1, None, None, 0), "k is 1"),
        ((61, None, None, 0), "k=61 folds cannot be made of 60 rows"),
        ((11, "batch", None, 0), "k=11 folds cannot be made of 10 levels of batch"),
        ((3, "herd", None, 0), "group='herd' is neither a group nor a column"),
        ((3, np.arange(5), None, 0), "`group` has the shape"),
        ((3, None, "herd", 0), "stratify='herd'"),
        ((3, "batch", np.arange(60), 0), "left out together differ in `stratify`"),
        ((3, None, None, -1), "seed is -1"),
    ],
)
def test_what_cannot_be_done_is_refused(model, arguments, says: str):
    with pytest.raises(fx.ArgumentError) as caught:
        folds_of(model, *arguments)
    assert says in str(caught.value)
