"""The noun of ordinal families: levels in order, whose probabilities thresholds give."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import numpy as np

from formix.families.categories import at_level, drawn_level, level_tails, not_ordered, ordinal
from formix.families.family import Family, FamilyParameter

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.masses import Tails

    Array = Float[np.ndarray, "..."]
    Parameters = dict[str, Array]

DISCRIMINATION = FamilyParameter(
    "disc",
    ("log",),
    "positive",
    (("default", "LogNormal(0, 1)"), ("brms", "LogNormal(0, 1)")),
    predicted=(("default", "Normal(0, 1)"), ("brms", "Normal(0, 1)")),
    held=1.0,
)
"""How well an ordinal response tells its predictor apart: 1 unless the formula says otherwise."""


def ordinal_family(
    name: str,
    spelled: str,
    levels: Callable[[Array], Array],
    thresholds: Literal["ordered", "free"],
    *,
    onward: bool = False,
) -> Family:
    """Return the family of a response in order.

    Parameters
    ----------
    name
        As users write it.
    spelled
        The function of `formix.distributions` that the program has in the place of `levels`.
    levels
        `(log odds at the thresholds) -> log probabilities of the levels`, in the last axis.
    thresholds, onward
        As `Family` takes them.
    """

    def log_density(y: Array, parameters: Parameters) -> Array:
        return at_level(y, levels(parameters["logits"]))

    def draw(generator: np.random.Generator, parameters: Parameters) -> Array:
        return drawn_level(generator, levels(parameters["logits"]))

    def log_tails(y: Array, parameters: Parameters) -> Tails:
        return level_tails(y, levels(parameters["logits"]))

    def mean(parameters: Parameters) -> Array:
        return np.exp(levels(parameters["logits"]))

    def variance(parameters: Parameters) -> Array:
        share = mean(parameters)
        return share * (1.0 - share)

    return Family(
        name=name,
        parameters=(
            FamilyParameter("mu", ("logit", "probit", "cloglog", "cauchit"), "unit"),
            DISCRIMINATION,
        ),
        distribution=f"dist.Categorical(logits={spelled}({{logits}}))",
        log_density=log_density,
        draw=draw,
        mean=mean,
        variance=variance,
        check=lambda response: not_ordered(response, name),
        logits=True,
        thresholds=thresholds,
        onward=onward,
        coded=ordinal,
        log_tails=log_tails,
        discrete=True,
    )
