"""The residual standard deviation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

import pandas as pd

from formix.errors import ResultError
from formix.results.sample import sample
from formix.verbs.arguments import interval
from formix.verbs.estimates import PROB, estimates
from formix.verbs.varcorr import residual

if TYPE_CHECKING:
    import xarray as xr


@overload
def sigma(fit: object, *, prob: float = ..., summary: Literal[True] = ...) -> pd.Series[float]: ...
@overload
def sigma(fit: object, *, prob: float = ..., summary: Literal[False]) -> xr.DataArray: ...
def sigma(
    fit: object, *, prob: float = PROB, summary: bool = True
) -> pd.Series[float] | xr.DataArray:
    """Return the residual standard deviation of a fit, in the units of the response.

    With `weights(w)` it is that of a row of weight 1; with `se(s, sigma = TRUE)`, what there is
    beside the standard errors.

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
    Series or DataArray
        Mean, sd and interval. As draws: chain, draw.

    Raises
    ------
    ResultError
        If the result is not one of formix, or its model has no `sigma`, or one that varies.

    Examples
    --------
    >>> fx.sigma(fit).index.tolist()
    ['mean', 'sd', '2.5%', '97.5%']
    """
    wanted = interval(prob, summary)
    drawn = sample(fit)
    sites = residual(drawn)
    if not sites:
        varies = any(site.predictor == "sigma" for site in drawn.of("common"))
        raise ResultError(
            "`sigma` has a predictor in this model: it varies by row"
            if varies
            else "this model has no residual standard deviation",
            hint="fx.fixef(fit) has its coefficients, on the scale of its link"
            if varies
            else "gaussian responses have one, beside known standard errors by se(s, sigma = TRUE)",
        )
    draws = drawn.draws(sites[0])
    if wanted is None:
        return draws
    table = estimates(draws.to_numpy()[..., None], wanted)
    return pd.Series({name: float(column[0]) for name, column in table.items()}, name="sigma")
