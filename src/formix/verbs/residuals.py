"""What a fit leaves of its data: fitted values, and residuals of three kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
from scipy import special

from formix.bounded import mean, variance
from formix.errors import UnsupportedError
from formix.observation import ends
from formix.verbs.arguments import interval, one_of
from formix.verbs.estimates import PROB
from formix.verbs.own_rows import OwnRows, own_rows, row_draws, row_table

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from jaxtyping import Float

    from formix.families import Family
    from formix.spec import Spec

    Array = Float[np.ndarray, "sample obs *level"]
    Functions = Mapping[str, Callable[..., Any]]

Kind = Literal["response", "pearson", "quantile"]

RESPONSE, PEARSON, QUANTILE = "response", "pearson", "quantile"

_STREAM = 2
"""Tells the random numbers of residuals from those of predictions with the same seed."""


@overload
def fitted(
    fit: object,
    *,
    groups: object = ...,
    draws: int | None = ...,
    prob: float = ...,
    summary: Literal[True] = ...,
    functions: Functions | None = ...,
    priors: Mapping[str, object] | None = ...,
    family: Family | None = ...,
) -> pd.DataFrame: ...
@overload
def fitted(
    fit: object,
    *,
    groups: object = ...,
    draws: int | None = ...,
    prob: float = ...,
    summary: Literal[False],
    functions: Functions | None = ...,
    priors: Mapping[str, object] | None = ...,
    family: Family | None = ...,
) -> xr.DataArray: ...
def fitted(
    fit: object,
    *,
    groups: object = "all",
    draws: int | None = None,
    prob: float = PROB,
    summary: bool = True,
    functions: Functions | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
) -> pd.DataFrame | xr.DataArray:
    """Return the fitted values: the mean of the response at every row, within its bounds.

    How rows were censored does not change it: it is the mean of what was censored.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    groups
        `all` group-level effects, `none`, or some: `"Subject"`, `"(1 | Subject)"`, or a list.
    draws
        How many draws are used, spread evenly over the chains; by default all.
    prob
        The probability that the equal-tailed interval holds.
    summary
        Whether to summarise; if not, the draws.
    functions, priors, family
        The user's own functions, priors outside the table, and the user's own family, where the
        model has any: a result does not hold them.

    Returns
    -------
    DataFrame or DataArray
        Mean, sd and interval by row, in the units of the response: of a binomial one, counts. As
        draws: chain, draw, obs. Of a response with levels, by level too.

    Raises
    ------
    ResultError
        If the result is not one of formix, is damaged, or needs what is not given.
    ArgumentError
        If `groups` or `draws` is none of what they may be.

    Examples
    --------
    >>> fx.fitted(fit).shape
    (180, 4)
    """
    wanted = interval(prob, summary)
    rows = own_rows(fit, (functions, priors, family), groups=groups, draws=draws)
    parts = ((part, _mean(spec, of)) for part, spec, of in rows.parts())
    name = rows.spec.response.name
    if wanted is None:
        return row_draws(rows, parts, name)
    return row_table(rows, parts, wanted)


@overload
def residuals(
    fit: object,
    kind: Kind = ...,
    *,
    groups: object = ...,
    draws: int | None = ...,
    seed: int | None = ...,
    prob: float = ...,
    summary: Literal[True] = ...,
    functions: Functions | None = ...,
    priors: Mapping[str, object] | None = ...,
    family: Family | None = ...,
) -> pd.DataFrame: ...
@overload
def residuals(
    fit: object,
    kind: Kind = ...,
    *,
    groups: object = ...,
    draws: int | None = ...,
    seed: int | None = ...,
    prob: float = ...,
    summary: Literal[False],
    functions: Functions | None = ...,
    priors: Mapping[str, object] | None = ...,
    family: Family | None = ...,
) -> xr.DataArray: ...
def residuals(
    fit: object,
    kind: Kind = "response",
    *,
    groups: object = "all",
    draws: int | None = None,
    seed: int | None = None,
    prob: float = PROB,
    summary: bool = True,
    functions: Functions | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
) -> pd.DataFrame | xr.DataArray:
    """Return the residuals of a fit.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    kind
        `response`: the response less its mean; where it is one of several levels, whether it is
        each of them less its probability. `pearson`: that divided by the standard deviation of the
        response. `quantile`: where the response lies in its distribution, as a standard normal
        number: of a right model they are standard normal whatever the family. Where single numbers
        have probability, as counts do, it is drawn at random within the step; of a censored row,
        within what holds its response. A row's random number is the same at every draw.
    groups
        `all` group-level effects, `none`, or some: `"Subject"`, `"(1 | Subject)"`, or a list.
    draws
        How many draws are used, spread evenly over the chains; by default all.
    seed
        Of the random numbers of quantile residuals; by default the fit's own.
    prob
        The probability that the equal-tailed interval holds.
    summary
        Whether to summarise; if not, the draws.
    functions, priors, family
        The user's own functions, priors outside the table, and the user's own family, where the
        model has any: a result does not hold them.

    Returns
    -------
    DataFrame or DataArray
        Mean, sd and interval by row. As draws: chain, draw, obs. Of a response with levels, by
        level too.

    Raises
    ------
    ResultError
        If the result is not one of formix, is damaged, or needs what is not given.
    ArgumentError
        If `kind`, `groups`, `draws` or `seed` is none of what they may be.
    UnsupportedError
        If quantile residuals are asked for and the family has no distribution function.

    References
    ----------
    Dunn and Smyth (1996), doi:10.1080/10618600.1996.10474708 (quantile residuals).

    Examples
    --------
    >>> fx.residuals(fit, "pearson").columns.tolist()
    ['mean', 'sd', '2.5%', '97.5%']
    >>> fx.residuals(fit, "quantile", summary=False).dims
    ('chain', 'draw', 'obs')
    """
    one_of("kind", kind, (RESPONSE, PEARSON, QUANTILE))
    wanted = interval(prob, summary)
    rows = own_rows(fit, (functions, priors, family), groups=groups, draws=draws, seed=seed)
    parts = _quantile(rows) if kind == QUANTILE else _from_mean(rows, kind)
    if wanted is None:
        return row_draws(rows, parts, "residual")
    return row_table(rows, parts, wanted)


def _mean(spec: Spec, parameters: dict[str, Array]) -> Array:
    """Return the mean at every sample, also where no parameter varies between them."""
    return _whole(spec, parameters, mean(spec.family, spec.response, parameters))


def _whole(spec: Spec, parameters: dict[str, Array], found: Array) -> Array:
    samples = max(len(x) for x in parameters.values() if np.ndim(x) > 1)
    rows, found = len(spec.response.values), np.asarray(found)
    return np.broadcast_to(found, (samples, rows, *found.shape[2:]))


def _from_mean(rows: OwnRows, kind: str) -> Iterator[tuple[slice, Array]]:
    for part, spec, parameters in rows.parts():
        seen = np.asarray(spec.response.values, dtype=np.float64)
        if spec.family.codes:
            seen = np.eye(len(spec.response.levels))[seen.astype(np.int64)]
        left = seen - _mean(spec, parameters)
        if kind == PEARSON:
            with np.errstate(invalid="ignore", divide="ignore"):
                left = left / np.sqrt(variance(spec.family, spec.response, parameters))
        yield part, left


def _quantile(rows: OwnRows) -> Iterator[tuple[slice, Array]]:
    family = rows.spec.family
    if family.log_tails is None:
        raise UnsupportedError(
            f"{family.name} has no distribution function, and so no quantile residuals",
            hint='kind="pearson" has residuals of every family with a variance',
        )
    generator = np.random.default_rng([rows.made.seed, _STREAM])
    share = generator.random(len(rows.spec.response.values))
    for part, spec, parameters in rows.parts():
        yield part, _whole(spec, parameters, normal_scores(spec, parameters, share[part]))


def normal_scores(
    spec: Spec, parameters: dict[str, Array], share: Float[np.ndarray, " obs"]
) -> Array:
    """Return where the rows lie in their distributions, as standard normal numbers.

    Parameters
    ----------
    share
        How far up between its two ends each row is put, where it has two.
    """
    first, last = ends(spec.family, spec.response, parameters)
    with np.errstate(divide="ignore"):
        up, down = np.log(share), np.log1p(-share)
    below = np.logaddexp(down + first[0], up + last[0])
    above = np.logaddexp(down + first[1], up + last[1])
    # The smaller of the two tails has the digits.
    lower = below < above
    return np.where(
        lower,
        special.ndtri_exp(np.where(lower, below, -1.0)),
        -special.ndtri_exp(np.where(lower, -1.0, above)),
    )
