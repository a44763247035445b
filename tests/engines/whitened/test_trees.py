"""Trees of NUTS: they end where recursion says, and leave their target as it is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import kstest, norm

from formix.engines.whitened.leaps import Moving
from formix.engines.whitened.trees import At, Trees, near

Density = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def bent(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the log density, and its slope, of a normal number, and of one along its square."""
    a, b = x.T
    off = b - a**2
    return -0.5 * (a**2 + off**2), np.stack([2.0 * a * off - a, -off], axis=1)


def normal(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return -0.5 * np.sum(x**2, axis=1), -x


def leap(density: Density, now: Moving, stride: np.ndarray) -> tuple[Moving, np.ndarray]:
    h = stride[:, None]
    momentum = now.momentum + 0.5 * h * now.slope
    x = now.x + h * momentum
    value, slope = density(x)
    return Moving(x, slope, momentum + 0.5 * h * slope), value


def planted(density: Density, x: np.ndarray, seed: int, deepest: int = 10) -> Trees:
    value, slope = density(x)
    trees = Trees(At(x, slope, value), deepest)
    normals = np.random.default_rng(seed).standard_normal(x.shape)
    generators = {chain: np.random.default_rng([seed, chain]) for chain in range(len(x))}
    trees.begin(np.ones(len(x), bool), normals, generators)
    return trees


def grown(density: Density, x: np.ndarray, stride: float, seed: int, count: int = 1) -> Trees:
    """Return trees, of each chain so many one after the other, after the last of them."""
    trees, busy = planted(density, x, seed), np.ones(len(x), bool)
    left = np.full(len(x), count - 1)
    again = np.random.default_rng([seed, 1])
    while busy.any():
        ended = trees.grow(busy, *leap(density, trees.now, stride * trees.way))
        more = ended & (left > 0)
        left -= ended
        if more.any():
            generators = {
                c: np.random.default_rng([seed, c, left[c]]) for c in np.flatnonzero(more)
            }
            trees.begin(more, again.standard_normal(x.shape), generators)
        busy &= ~ended | more
    return trees


def parts_turn(momenta: np.ndarray) -> bool:
    """Return whether a branch, or one of its halves, and so on, has turned."""
    count = len(momenta)
    if count == 1:
        return False
    whole = near(momenta[:1], momenta[-1:], momenta.sum(axis=0, keepdims=True))[0]
    return bool(whole) or parts_turn(momenta[: count // 2]) or parts_turn(momenta[count // 2 :])


@pytest.mark.parametrize(("stride", "deepest"), [(0.9, 10), (0.3, 10), (0.05, 10), (0.05, 3)])
def test_trees_end_where_recursion_says(stride: float, deepest: int):
    """One chain at a time, whose points are all kept; the sides are as they were drawn."""
    generator, one = np.random.default_rng(1), np.ones(1, bool)
    for seed in range(60):
        x = generator.standard_normal((1, 3)) * np.array([3.0, 1.0, 1.0])
        trees = planted(normal, x, seed, deepest)
        points, branch, ended = [trees.now.momentum[0].copy()], [], False
        while not ended:
            side = int(trees.way[0])
            leapt = leap(normal, trees.now, stride * trees.way)
            branch.append(leapt[0].momentum[0])
            ended = bool(trees.grow(one, *leapt)[0])
            broken = any(
                parts_turn(np.array(branch[start : start + width]))
                for width in 2 ** np.arange(1, 11)
                for start in range(0, len(branch) - width + 1, width)
            )
            if len(branch) < len(points) or broken:
                assert ended == broken
                continue
            points = points + branch if side == 1 else branch[::-1] + points
            branch = []
            every = np.array(points)
            turned = near(every[:1], every[-1:], every.sum(axis=0, keepdims=True))[0]
            assert ended == (turned or len(points) == 2**deepest)
        assert trees.grown().leaps[0] == len(points) + len(branch) - 1


def test_ends_near_each_other_whichever_is_first():
    momenta = np.random.default_rng(6).standard_normal((200, 5, 2))
    first, last, total = momenta[:, 0], momenta[:, -1], momenta.sum(axis=1)
    found = near(first, last, total)
    np.testing.assert_array_equal(found, near(last, first, total))
    np.testing.assert_array_equal(found, near(-first, -last, -total))
    # The way from the first to the last is half a momentum of each, and whole ones between.
    way = np.sum(momenta[:, 1:] + momenta[:, :-1], axis=1) / 2.0
    neared = (np.sum(way * first, axis=1) <= 0.0) | (np.sum(way * last, axis=1) <= 0.0)
    np.testing.assert_array_equal(found, neared)
    assert 20 < found.sum() < 180


@pytest.mark.parametrize("stride", [0.4, 0.9])
def test_a_target_is_left_as_it_is(stride: float):
    """Chains start at draws from it, and every tree is one transition."""
    generator = np.random.default_rng(2)
    a, off = generator.standard_normal((2, 8000))
    x = np.stack([a, a**2 + off], axis=1)
    x = grown(bent, x, stride, 3, count=3).at.x
    assert np.mean(np.abs(x[:, 0] - a) > 0.1) > 0.8
    for numbers in (x[:, 0], x[:, 1] - x[:, 0] ** 2):
        assert kstest(numbers, norm.cdf).pvalue > 0.01
    assert kstest(np.hypot(x[:, 0], x[:, 1] - x[:, 0] ** 2) ** 2, "expon", (0, 2.0)).pvalue > 0.01


def test_what_is_left_of_density_ends_a_tree_and_is_told():
    def walled(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        value, slope = normal(x)
        return np.where(x[:, 0] > 0.0, value, -np.inf), slope

    generator = np.random.default_rng(3)
    x = np.abs(generator.standard_normal((4000, 2)))
    trees = grown(walled, x, 0.5, 1)
    how = trees.grown()
    assert np.all(trees.at.x[:, 0] > 0.0)
    assert np.all((how.rate >= 0.0) & (how.rate <= 1.0))
    # What is known where the draws are is that of the draws.
    value, slope = normal(trees.at.x)
    np.testing.assert_array_equal(trees.at.value, value)
    np.testing.assert_array_equal(trees.at.slope, slope)
    assert kstest(trees.at.x[:, 0], "halfnorm").pvalue > 0.01


def test_chains_that_have_ended_wait_for_the_others():
    generator = np.random.default_rng(4)
    x = generator.standard_normal((50, 2)) * np.array([1.0, 4.0])
    together = grown(normal, x, 0.2, 5)
    assert len(set(together.grown().leaps.tolist())) > 3
    values, slopes = normal(x)
    normals = np.random.default_rng(5).standard_normal(x.shape)
    for chain in range(0, 50, 7):
        at = At(x[[chain]], slopes[[chain]], values[[chain]])
        alone, busy = Trees(at), np.ones(1, bool)
        alone.begin(busy, normals[[chain]], {0: np.random.default_rng([5, chain])})
        while busy.any():
            busy &= ~alone.grow(busy, *leap(normal, alone.now, 0.2 * alone.way))
        np.testing.assert_array_equal(alone.at.x[0], together.at.x[chain])


def test_what_explodes_ends_a_tree_without_a_warning():
    def steep(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        with np.errstate(all="ignore"):
            return -np.exp(x[:, 0]) + x[:, 0], np.stack([1.0 - np.exp(x[:, 0]), 0.0 * x[:, 1]], 1)

    x = np.random.default_rng(7).standard_normal((300, 2)) + np.array([5.0, 0.0])
    trees = grown(steep, x, 80.0, 1, count=2)
    assert np.isfinite(trees.at.x).all()
    assert trees.grown().rate.max() <= 1.0
