"""Numbers of a response, by name and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import formix as fx
from formix.verbs.statistics import NAMED, statistics


def test_those_with_a_name_are_scipys_and_numpys():
    y = np.random.default_rng(1).poisson(1.0, (5, 9)).astype(float)
    of = {one.name: one.of(y) for one in statistics(list(NAMED))}
    np.testing.assert_allclose(of["mean"], y.mean(axis=1))
    np.testing.assert_allclose(of["sd"], y.std(axis=1, ddof=1))
    np.testing.assert_allclose(of["median"], np.median(y, axis=1))
    np.testing.assert_allclose(of["min"], y.min(axis=1))
    np.testing.assert_allclose(of["max"], y.max(axis=1))
    np.testing.assert_allclose(of["skew"], stats.skew(y, axis=1))
    np.testing.assert_allclose(of["zeros"], (y == 0).mean(axis=1))


def test_of_numbers_that_are_all_the_same_skew_and_sd_are_zero():
    y = np.full((2, 1), 3.0)
    assert [one.of(y).tolist() for one in statistics(["sd", "skew"])] == [[0.0, 0.0], [0.0, 0.0]]


def test_functions_have_their_own_names_or_those_given():
    y = np.arange(6.0).reshape(2, 3)
    by_name = statistics({"range": np.ptp, "average": "mean"})
    assert [one.name for one in by_name] == ["range", "average"]
    assert by_name[0].of(y).tolist() == [2.0, 2.0]
    assert statistics(np.ptp)[0].name == "ptp"


@pytest.mark.parametrize("given", ["modus", 3, ["mean", 4], []])
def test_what_is_none_is_refused_with_those_that_there_are(given):
    with pytest.raises(fx.ArgumentError) as caught:
        statistics(given)
    assert "mean, sd, median, min, max, skew, zeros" in (caught.value.hint or "")


def test_a_function_that_stops_is_named():
    def broken(y):
        return y[100]

    with pytest.raises(fx.ArgumentError, match="`broken` stopped: IndexError") as caught:
        statistics(broken)[0].of(np.zeros((1, 3)))
    assert "returns a number" in (caught.value.hint or "")
