"""The levels of groups, and each row's."""

from __future__ import annotations

import numpy as np
import pytest
from r_results import design_and_encoding, design_of, new_design

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


DOSES = np.array([0.3, 0.1 + 0.2, 0.1 * 3, 0.7, 0.7, 1.1 - 0.4, 0.3, 0.7])


def test_computed_decimals_are_one_level_as_in_r():
    """factor(c(0.3, 0.1 + 0.2)) has one level: R compares 15 significant digits."""
    assert len(np.unique(DOSES)) > 2
    data = {"y": np.arange(8.0), "dose": DOSES, "h": list("aabbabba")}
    block = design_of("y ~ 1 + (1 | dose)", data).blocks[0]
    assert block.levels == (0.3, 0.7)
    np.testing.assert_array_equal(block.index, DOSES > 0.5)
    cells = design_of("y ~ 1 + (1 | h:dose)", data).blocks[0]
    assert cells.levels == ("a:0.3", "a:0.7", "b:0.3", "b:0.7")
    assert design_of("y ~ factor(dose)", data).columns == ("Intercept", "factor(dose)[0.7]")


def test_new_data_may_compute_a_level_otherwise():
    data = {"y": np.arange(8.0), "dose": np.round(DOSES, 1)}
    _, encoding = design_and_encoding("y ~ 1 + (1 | dose)", data)
    new = new_design("y ~ 1 + (1 | dose)", encoding, {"dose": [0.1 + 0.2, 1.1 - 0.4, 0.31]})
    assert new.blocks[0].index.tolist() == [0, 1, -1]


def test_floats_beyond_whole_numbers_keep_their_labels():
    values = np.array([1e20, 2e20, -3e300, 1e20, 5.0, 2.0**53 - 1])
    data = {"y": np.arange(6.0), "g": values}
    block = design_of("y ~ 1 + (1 | g)", data).blocks[0]
    assert block.levels == (-3e300, 5, 2**53 - 1, 1e20, 2e20)
    np.testing.assert_array_equal(block.index, [3, 4, 0, 3, 1, 2])
    columns = design_of("y ~ factor(g)", {"y": np.arange(6.0), "g": values[[0, 0, 1, 1, 0, 1]]})
    assert columns.columns == ("Intercept", "factor(g)[2e+20]")
