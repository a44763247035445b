"""What is said of draws before they are given away."""

from __future__ import annotations

import numpy as np
import pytest

from formix.engines.decline import Decline
from formix.engines.whitened.drawing import Drawing, Passed, Tried
from formix.engines.whitened.plan import Plan
from formix.results.json_text import decode, encode


class Given(Drawing):
    """Draws that are at hand: so many of each short chain."""

    def __init__(self, plan: Plan, x: np.ndarray) -> None:
        super().__init__(None, plan, (), lambda done, diverged: None)
        self.x = x

    def passed(self, state, thin, stream):
        stats = {"diverging": np.zeros(self.x.shape[:2], dtype=bool)}
        return Passed({"beta": self.x}, stats, {}, state, thin, stream)


def given(chains: int, short: int, *, slow: bool = False) -> Given:
    plan = Plan(20 * short, chains, 1, short=short)
    x = np.random.default_rng(1).normal(size=(20, plan.every, 3))
    apart = np.random.default_rng(2).normal(size=(1, plan.every, 1))
    return Given(plan, x + 50.0 * apart if slow else x)


def agreed(drawing: Drawing) -> Tried:
    return drawing.agreed(drawing.tried(None))


@pytest.mark.parametrize(("chains", "short"), [(1, 25), (1, 1), (3, 1)])
def test_chains_that_are_not_compared_have_no_nested_rhat(chains: int, short: int):
    quality = agreed(given(chains, short)).quality
    assert np.isnan(quality.rhat)
    # As an attribute of a result it is kept as text.
    assert np.isnan(decode(encode(quality.rhat), "nested_rhat"))


def test_chains_that_are_compared_have_one():
    quality = agreed(given(4, 25)).quality
    assert 1.0 < quality.rhat < 1.01


def test_a_chain_alone_that_is_slow_is_declined_without_one():
    with pytest.raises(Decline, match=r"do not agree \(\d+ independent draws\)"):
        agreed(given(1, 25, slow=True))
    with pytest.raises(Decline, match=r"nested R-hat [\d.]+, \d+ independent"):
        agreed(given(4, 25, slow=True))
