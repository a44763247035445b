"""A fit held at its posterior means: what is likely there, and what its rows would be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from formix.linear import eta
from formix.results.likelihood import log_densities

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.models import Model
    from formix.plots.deviations import Deviations
    from formix.results.sample import Sample
    from formix.spec import Spec


@dataclass(frozen=True, eq=False)
class Held:
    """A fit held at its posterior means.

    Parameters
    ----------
    spec
        The model.
    values
        The mean of every site, as one sample.
    """

    spec: Spec
    values: Mapping[str, Float[np.ndarray, ...]]

    @cached_property
    def linear(self) -> dict[str, Float[np.ndarray, " obs"]]:
        """The linear predictors at the rows of the fit."""
        return {p.name: eta(self.spec, p, self.values)[0] for p in self.spec.predictors}

    def log_density(self, predictor: str, linear: Float[np.ndarray, " obs"]) -> np.ndarray:
        """Return the log density of each row where one linear predictor is as given."""
        spec = at_linear(self.spec, {**self.linear, predictor: linear})
        return log_densities(spec, self.values)[0]


def at_linear(spec: Spec, linear: Mapping[str, Float[np.ndarray, " obs"]]) -> Spec:
    """Return a spec whose linear predictors are numbers, whatever the draws."""
    none = np.zeros((len(spec.response.values), 0))
    predictors = tuple(
        replace(p, X=none, columns=(), offset=linear[p.name]) for p in spec.predictors
    )
    return replace(spec, predictors=predictors, blocks=())


def held(model: Model, drawn: Sample, parts: Sequence[Deviations]) -> Held:
    """Return a fit at its posterior means; those of effects are those of `parts`."""
    values = {site.name: drawn.draws(site).to_numpy() for site in drawn.sites}
    means = {name: np.mean(x, axis=(0, 1))[None] for name, x in values.items()}
    for blocks in model.spec.groups:
        one = next(part for part in parts if part.group == blocks[0].group)
        labels = [blocks[0].prefix + label for block in blocks for label in block.labels]
        places = [one.effects.index(label) for label in labels]
        means[f"{blocks[0].prefix}r_{blocks[0].group}"] = one.mean[None][..., places]
    return Held(model.spec, means)
