"""Random numbers that families share."""

from __future__ import annotations

import numpy as np

from formix.families.draws import normals


def test_normals_lie_in_memory_as_what_they_are_added_to():
    by_row = np.zeros((5, 3)).T
    found = normals(np.random.default_rng(1), by_row)
    np.testing.assert_array_equal(found, np.random.default_rng(1).standard_normal((5, 3)).T)
    assert found.strides == by_row.strides
    np.testing.assert_array_equal(
        normals(np.random.default_rng(1), np.zeros((3, 5))),
        np.random.default_rng(1).standard_normal((3, 5)),
    )
    one_a_sample = np.broadcast_to(np.zeros((3, 1)), (3, 5))
    assert normals(np.random.default_rng(1), one_a_sample).shape == (3, 5)
