"""The multinomial family: how often each of several levels was counted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.families.categories import rows_outside, softmax_of
from formix.families.family import Family, FamilyParameter
from formix.families.responses import are_counts

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.errors import FormixError
    from formix.spec import Response

    Array = Float[np.ndarray, "..."]


def _log_density(y: Array, parameters: dict[str, Array]) -> Array:
    logs = softmax_of(parameters["logits"])
    ways = special.gammaln(parameters["trials"] + 1.0) - np.sum(special.gammaln(y + 1.0), axis=-1)
    # A count of 0 of a level whose probability is all but 0 adds nothing.
    return ways + np.sum(np.where(y == 0.0, 0.0, y * logs), axis=-1)


def _draw(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    logs = softmax_of(parameters["logits"])
    trials = np.broadcast_to(parameters["trials"], logs.shape[:-1]).astype(np.int64)
    shares = np.exp(logs)
    return generator.multinomial(trials, shares / shares.sum(-1, keepdims=True)).astype(np.float64)


def _mean(parameters: dict[str, Array]) -> Array:
    return parameters["trials"][..., None] * np.exp(softmax_of(parameters["logits"]))


def _variance(parameters: dict[str, Array]) -> Array:
    share = np.exp(softmax_of(parameters["logits"]))
    return parameters["trials"][..., None] * share * (1.0 - share)


def _check(response: Response) -> FormixError | None:
    good = np.all(are_counts(response.values), axis=-1)
    return rows_outside(response, good, "multinomial", "whole numbers of at least 0")


def _with_trials(response: Response) -> Response:
    if response.values.ndim < 2:
        # Rows of new data need not say the counts, and so not their trials either.
        return response
    return replace(response, known={**response.known, "trials": response.values.sum(axis=-1)})


multinomial = Family(
    name="multinomial",
    parameters=(FamilyParameter("mu", ("softmax",), "real"),),
    distribution="dist.MultinomialLogits({logits}, total_count={trials})",
    log_density=_log_density,
    draw=_draw,
    mean=_mean,
    variance=_variance,
    check=_check,
    arrays=("trials",),
    logits=True,
    counts=True,
    by_level=True,
    columns=True,
    coded=_with_trials,
)
"""y ~ Multinomial(trials, softmax(0, mu[b], mu[c], ...)): counts of the levels a, b, c, ...

The response is written `cbind(a, b, c)`, a column a level, and its trials are their sum. Each level
but the first has the predictor that the formula says, of the log of its probability over the
first's. The mean is of each level's count.
"""
