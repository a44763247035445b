"""Cross-products: sums over rows, which chunks add up to."""

from __future__ import annotations

from dataclasses import replace

import marginal_shapes as grid
import numpy as np
import pytest

from formix.engines.marginal.coefficients import coefficients
from formix.engines.marginal.statistics import Statistics, of_rows, statistics
from formix.engines.marginal.structure import Structure, structure


def built(name: str, weighted: bool) -> tuple[Structure, Statistics]:
    spec = grid.model_of(name).spec
    of = structure(spec)
    if weighted:
        of = replace(of, weights=np.random.default_rng(1).uniform(0.5, 2.0, of.rows))
    return of, statistics(of, coefficients(of))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", ["crossed_correlated", "three_nested_slopes"])
def test_they_are_products_of_the_wide_matrices(name: str, weighted: bool):
    of, found = built(name, weighted)
    common = coefficients(of)
    weights = np.ones(of.rows) if of.weights is None else of.weights
    Q = common.columns(of.X, of.y)
    np.testing.assert_allclose(found.cross, Q.T @ (Q * weights[:, None]), atol=1e-9)
    np.testing.assert_allclose(found.cross[:-1, :-1], np.eye(common.size), atol=1e-12)
    np.testing.assert_allclose(found.cross[-1, :-1], 0.0, atol=1e-11)
    assert found.log_weights == pytest.approx(np.sum(np.log(weights)))
    wide = []
    for group in of.groups:
        one = np.zeros((of.rows, group.levels, group.size))
        one[np.arange(of.rows), group.index] = group.Z
        wide.append(one.reshape(of.rows, -1))
    for f, Z in enumerate(wide):
        size = of.groups[f].size
        gram = (Z.T @ (Z * weights[:, None])).reshape(-1, size, Z.shape[1] // size, size)
        blocks = np.stack([gram[level, :, level] for level in range(len(gram))])
        np.testing.assert_allclose(found.grams[f], blocks, atol=1e-9)
        border = (Z.T @ (Q * weights[:, None])).reshape(found.borders[f].shape)
        np.testing.assert_allclose(found.borders[f], border, atol=1e-9)
        for h in range(len(wide)):
            if h != f:
                expected = Z.T @ (wide[h] * weights[:, None])
                np.testing.assert_allclose(found.coupling(f, h).toarray(), expected, atol=1e-9)


def test_chunks_add_up_to_the_whole():
    of, whole = built("crossed_correlated", weighted=True)
    common = coefficients(of)
    parts = [of_rows(of, common, slice(*ends)) for ends in ((0, 7), (7, 40), (40, 60))]
    merged = parts[2] + (parts[0] + parts[1])
    assert merged.rows == whole.rows
    np.testing.assert_allclose(merged.cross, whole.cross, atol=1e-10)
    for ours, theirs in zip(
        (*merged.grams, *merged.borders), (*whole.grams, *whole.borders), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-10)
    for pair, coupling in whole.couplings.items():
        np.testing.assert_allclose(merged.couplings[pair].toarray(), coupling.toarray(), atol=1e-10)


def test_small_chunks_give_the_same_density(monkeypatch):
    expected = grid.marginal_of("crossed_correlated")
    points = grid.around_mode(expected, 5, seed=2)
    monkeypatch.setattr("formix.engines.marginal.coefficients._CHUNK", 11)
    again = grid.marginal(structure(grid.model_of("crossed_correlated").spec))
    np.testing.assert_allclose(again.log_density(points), expected.log_density(points), rtol=1e-11)
