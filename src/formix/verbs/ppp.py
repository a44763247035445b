"""Posterior predictive p-values: where a number of the data stands among those of replications."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from formix.errors import ArgumentError, UnsupportedError
from formix.prediction import SAMPLE, new_rows
from formix.results.sample import sample
from formix.verbs.arguments import check_sampling
from formix.verbs.estimates import PROB, estimates, tails
from formix.verbs.model import model as model_of
from formix.verbs.predicted import RESPONSE, Predictions
from formix.verbs.redraw import fit_seed
from formix.verbs.row_labels import labelled_rows
from formix.verbs.simulate import NEW, anew, check_new
from formix.verbs.statistics import statistics
from formix.verbs.varying import picked

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from formix.families import Family
    from formix.models import Model
    from formix.results.sample import Sample
    from formix.verbs.statistics import Statistic

    Responses = Float[np.ndarray, "sample obs *level"]
    Rows = list[tuple[object, Int[np.ndarray, " row"]]]

_AT_ONCE = 10_000_000
"""Responses drawn at once: bounds the memory, not the answer."""


def ppp(
    fit: object,
    stat: object = ("mean", "sd", "min", "max"),
    *,
    by: object = None,
    groups: object = "all",
    draws: int | None = None,
    seed: int | None = None,
    prob: float = PROB,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
) -> pd.DataFrame:
    """Return posterior predictive p-values: how often replications exceed what was observed.

    At every draw responses are drawn anew at the rows of the fit, and a number of them is compared
    with that of the data. A p-value near 0 or 1 says that the model does not make data of that
    kind. Since the same data made the posterior, those of a right model lie nearer to 0.5 than
    uniform numbers do.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    stat
        `mean`, `sd`, `median`, `min`, `max`, `skew`, `zeros` (the share of zeros), a function of an
        array of responses, several of these, or functions by name.
    by
        A group of the model, a column that it uses, or a label for each row: a p-value for each of
        its levels.
    groups
        `all` group-level effects, `none`, some of them, as in `fx.predict`, or `new`: every level
        has effects drawn from its group's distribution, which checks that distribution too.
    draws
        How many draws are used, spread evenly over the chains; by default all.
    seed
        Of the random numbers; by default the fit's own.
    prob
        The probability that the equal-tailed interval holds.
    functions, priors, family
        The user's own functions, priors outside the table, and the user's own family, where the
        model has any: a result does not hold them.

    Returns
    -------
    DataFrame
        By statistic, and by level: what was `observed`; mean, sd and interval of the replications;
        and `p`, the share of them that exceed it, those that equal it counted half.

    Raises
    ------
    ArgumentError
        If `stat`, `by`, `groups`, `draws` or `seed` is none of what they may be, or a function
        stops.
    UnsupportedError
        If the response is censored, or of levels that a statistic of numbers is asked of; or if all
        levels are to be new and a group's cannot be drawn.
    ResultError
        If the result is not one of formix, is damaged, or needs what is not given.

    References
    ----------
    Gelman, Meng and Stern (1996), Statistica Sinica 6, 733-760.

    Examples
    --------
    >>> fx.ppp(fit, ["max", np.ptp]).columns.tolist()
    ['observed', 'mean', 'sd', '2.5%', '97.5%', 'p']
    >>> fx.ppp(fit, "mean", by="Subject").index.names
    FrozenList(['statistic', 'Subject'])
    """
    asked = statistics(stat)
    tails(prob)
    check_sampling(draws, seed)
    drawn = sample(fit, "posterior")
    built = model_of(fit, functions=functions, priors=priors, family=family)
    _check(built, asked)
    dim, units = _units(built, by)
    used = _used(drawn, draws)
    first = fit_seed(drawn) if seed is None else seed
    observed = _made(asked, units, np.asarray(built.spec.response.values, dtype=np.float64)[None])
    again = [_made(asked, units, y) for y in _replications(built, used, groups, first)]
    return _table(asked, dim, units, observed[0], np.concatenate(again), prob)


def _check(built: Model, asked: tuple[Statistic, ...]) -> None:
    """Refuse what cannot be compared.

    Raises
    ------
    UnsupportedError
        If replications are not of the same kind as the data, or their numbers mean nothing.
    """
    family, known = built.family, built.spec.response.known
    if "cens" in known:
        raise UnsupportedError(
            "replications are never censored, and the data is",
            hint='fx.residuals(fit, "quantile") takes censoring into account',
        )
    numbers = [one.name for one in asked if one.of_numbers]
    if numbers and (family.codes or family.columns):
        raise UnsupportedError(
            f"`{numbers[0]}` is of a response of numbers, which that of {family.name} is not",
            hint="give a function: of an array of codes of levels, or of rows of several columns",
        )


def _units(built: Model, by: object) -> tuple[str, Rows]:
    """Return what the rows are taken apart by, and the rows of each level."""
    if by is None:
        return "", [("", np.arange(len(built.design.rows)))]
    name, labels, index = labelled_rows(built, by, "by")
    order = np.argsort(index, kind="stable")
    ends = np.searchsorted(index[order], np.arange(len(labels) + 1))
    each = (order[start:stop] for start, stop in pairwise(ends))
    return name, list(zip(labels.tolist(), each, strict=True))


def _used(drawn: Sample, draws: int | None) -> Sample:
    """Return the draws that are used, evenly spread."""
    posterior = drawn.found["posterior"]
    there, chains = int(posterior.sizes["draw"]), int(posterior.sizes["chain"])
    each = there if draws is None else min(there, -(-draws // chains))
    places = np.linspace(0, there - 1, each).round().astype(int)
    return _at(drawn, places)


def _at(drawn: Sample, places: np.ndarray) -> Sample:
    some = drawn.found["posterior"].isel(draw=places)
    return replace(drawn, found=drawn.found.with_group("posterior", some))


def _replications(built: Model, drawn: Sample, groups: object, seed: int) -> Iterator[Responses]:
    """Yield responses of some draws after another: memory holds no more of them."""
    every = isinstance(groups, str) and groups == NEW
    chosen = picked("all" if every else groups, built.spec.blocks)
    rows = new_rows(built, None, chosen, SAMPLE)
    if every:
        check_new(rows)
        rows = anew(rows)
    sizes = drawn.found["posterior"].sizes
    wide = max(1, len(built.spec.response.levels)) if built.family.columns else 1
    step = max(1, _AT_ONCE // (len(rows.kept) * wide * int(sizes["chain"])))
    for number, start in enumerate(range(0, int(sizes["draw"]), step)):
        some = np.arange(start, min(start + step, int(sizes["draw"])))
        made = Predictions(
            model=built,
            rows=rows,
            drawn=_at(drawn, some),
            kind=RESPONSE,
            draws=None,
            # Each part has random numbers of its own.
            seed=int(np.random.SeedSequence([seed, number]).generate_state(1)[0]),
            varying=any(np.any(some) for some in chosen.values()),
        )
        yield np.concatenate([y for _, y in made.made()], axis=1)


def _made(
    asked: tuple[Statistic, ...], units: Rows, y: Responses
) -> Float[np.ndarray, "sample statistic unit"]:
    found = [[one.of(y[:, rows]) for _, rows in units] for one in asked]
    return np.moveaxis(np.array(found), 2, 0)


def _table(
    asked: tuple[Statistic, ...],
    dim: str,
    units: Rows,
    observed: Float[np.ndarray, "statistic unit"],
    again: Float[np.ndarray, "sample statistic unit"],
    prob: float,
) -> pd.DataFrame:
    if not np.all(np.isfinite(observed)):
        lost = asked[int(np.argwhere(~np.isfinite(observed))[0, 0])].name
        raise ArgumentError(f"the statistic `{lost}` of the data is not finite")
    names = [one.name for one in asked]
    index: pd.Index[Any] = pd.Index(names, name="statistic")
    if dim:
        labels = [label for label, _ in units]
        index = pd.MultiIndex.from_product([names, labels], names=["statistic", dim])
    above = np.mean(again > observed, axis=0) + 0.5 * np.mean(again == observed, axis=0)
    columns = {"observed": observed.ravel(), **estimates(again[None], prob), "p": above.ravel()}
    return pd.DataFrame(columns, index=index)
