"""The noun that every engine returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np

    from formix.engines.moments import Moments

KeepGroups = Literal["draws", "summary", "none"]
"""What is kept of group-level effects: all draws, their means and standard deviations, nothing."""


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws of every site of the results, in float64, with how they were made.

    Parameters
    ----------
    values
        Site (`beta`, `sd_Subject`, `cor_Subject`, `r_Subject`, `sigma`, ...) to an array of
        chain, draw, and the site's own axes.
    stats
        ArviZ's names (`lp`, `diverging`, `energy`, `acceptance_rate`, `n_steps`, `tree_depth`,
        `step_size`, ...) to an array of chain and draw.
    attributes
        What the result's attributes say of the run: engine, chain_method, seed, versions, ...
        Values are JSON.
    state
        What the engine needs to go on exactly where it stopped, as arrays by name; empty where an
        engine cannot.
    moments
        Mean and standard deviation of the sites whose draws the engine was told not to keep.
    """

    values: Mapping[str, np.ndarray]
    stats: Mapping[str, np.ndarray]
    attributes: Mapping[str, object]
    state: Mapping[str, np.ndarray] = field(default_factory=dict[str, "np.ndarray"])
    moments: Mapping[str, Moments] = field(default_factory=dict[str, "Moments"])
