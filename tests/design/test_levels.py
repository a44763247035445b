"""The levels of groups, and each row's."""

from __future__ import annotations

import numpy as np
import pytest

from formix.design.column import distinct
from formix.design.levels import index_of, labels, learn_levels
from formix.design.values import Factor
from formix.errors import DataError


def factor(codes, levels):
    return Factor(np.array(codes, dtype=np.int32), tuple(levels))


A = factor([2, 0, 0, 2, 0], ["a", "unused", "c"])
B = factor([1, 1, 0, 1, 1], [10, 20])


def test_one_factor():
    state = learn_levels([A])
    assert labels(state) == ("a", "c")
    np.testing.assert_array_equal(index_of([A], state), [1, 0, 0, 1, 0])
    assert index_of([A], state).dtype == np.int32


def test_only_combinations_that_occur_are_levels():
    state = learn_levels([A, B])
    assert labels(state) == ("a:10", "a:20", "c:20")
    np.testing.assert_array_equal(index_of([A, B], state), [2, 1, 0, 2, 1])
    turned = learn_levels([B, A])
    assert labels(turned) == ("10:a", "20:a", "20:c")


def test_what_was_not_seen_has_no_index():
    state = learn_levels([A, B])
    new = factor([0, 1, 2, -1, 0], ["c", "zz", "a"])
    with_ten = factor([0, 1, 1, 1, 1], [10, 20])
    np.testing.assert_array_equal(index_of([new, with_ten], state), [-1, -1, 1, -1, 2])
    np.testing.assert_array_equal(index_of([new], learn_levels([A])), [1, -1, 0, -1, 1])


def test_labels_that_would_be_the_same():
    first, second = factor([0, 1], ["a:b", "a"]), factor([0, 1], ["c", "b:c"])
    state = learn_levels([first, second])
    assert labels(state) == ("a:b:c", "a:b:c_2")
    np.testing.assert_array_equal(index_of([first, second], state), [0, 1])
    assert distinct(["x", "x_2", "x", "x"]) == ("x", "x_2", "x_3", "x_4")


def test_three_factors_as_by_hand():
    generator = np.random.default_rng(2)
    sizes = {k: [f"{k}{i}" for i in range(k)] for k in (5, 7, 3)}
    factors = [factor(generator.integers(0, k, 200), some) for k, some in sizes.items()]
    state = learn_levels(factors)
    names = np.array(labels(state))
    written = [":".join(f.levels[f.codes[row]] for f in factors) for row in range(200)]
    assert names[index_of(factors, state)].tolist() == written
    assert sorted(set(written)) == names.tolist()


def test_more_combinations_than_can_be_counted():
    wide = [factor(np.arange(3000), range(3000)) for _ in range(6)]
    with pytest.raises(DataError, match="more combinations of levels than can be counted"):
        learn_levels(wide)
