"""The common (fixed) effects."""

from __future__ import annotations

from typing import Literal, overload

import numpy as np
import pandas as pd
import xarray as xr

from formix.errors import ResultError
from formix.results.names import text
from formix.results.sample import Sample, sample
from formix.verbs.arguments import interval
from formix.verbs.estimates import PROB, estimates
from formix.verbs.table import Table


@overload
def fixef(fit: object, *, prob: float = ..., summary: Literal[True] = ...) -> pd.DataFrame: ...
@overload
def fixef(fit: object, *, prob: float = ..., summary: Literal[False]) -> xr.DataArray: ...
def fixef(fit: object, *, prob: float = PROB, summary: bool = True) -> pd.DataFrame | xr.DataArray:
    """Return the common (fixed) effects of a fit.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened; draws from the prior too.
    prob
        The probability that the equal-tailed interval holds.
    summary
        Whether to summarise; if not, the draws.

    Returns
    -------
    DataFrame or DataArray
        Mean, sd and interval by coefficient, in the units of the data. Coefficients of a further
        parameter's predictor carry its name: `sigma.Days`. As draws: chain, draw, coef.

    Raises
    ------
    ResultError
        If the result is not one of formix, or the model has no common effects.

    Examples
    --------
    >>> fx.fixef(fit).columns.tolist()
    ['mean', 'sd', '2.5%', '97.5%']
    >>> fx.fixef(fit, summary=False).dims
    ('chain', 'draw', 'coef')
    """
    wanted = interval(prob, summary)
    draws = common(sample(fit))
    if wanted is None:
        return draws
    index = pd.Index(draws["coef"].to_numpy().tolist(), name="coef")
    return Table(estimates(draws.to_numpy(), wanted), index=index)


def has_common(drawn: Sample) -> bool:
    """Whether any predictor has common effects."""
    return any(drawn.labels(site.dims[0]) for site in drawn.of("common"))


def common(drawn: Sample) -> xr.DataArray:
    """Return the draws of every predictor's coefficients along one axis, `coef`."""
    sites = drawn.of("common")
    if not has_common(drawn):
        raise ResultError("this model has no common effects", hint="its formula has only `0 + ...`")
    parts = [drawn.draws(site) for site in sites]
    labels = [label for site in sites for label in drawn.effect_labels(site)]
    return xr.DataArray(
        np.concatenate([part.to_numpy() for part in parts], axis=2),
        dims=("chain", "draw", "coef"),
        coords={"chain": parts[0]["chain"], "draw": parts[0]["draw"], "coef": text(labels)},
        name="beta",
    )
