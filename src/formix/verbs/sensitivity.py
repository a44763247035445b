"""How much a posterior would move with a little more or less of the prior, or of the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from formix import results
from formix.errors import ArgumentError, UnsupportedError
from formix.prior import ForeignPrior
from formix.results.json_text import decode
from formix.results.likelihood import log_densities, log_prior, parts
from formix.results.sample import sample
from formix.verbs.model import model as model_of
from formix.verbs.redraw import with_effects
from formix.verbs.summary import parts as listed
from formix.verbs.table import FORMATS, Table

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.families import Family
    from formix.results.sample import Sample
    from formix.spec import Spec

    BySample = Float[np.ndarray, "chain draw"]

CONFLICT = "potential prior-data conflict"
STRONG = "potential strong prior / weak likelihood"
FINE = "✓"


def sensitivity(
    fit: object,
    *,
    threshold: float = 0.05,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
) -> pd.DataFrame:
    """Return how sensitive each parameter is to the prior and to the likelihood, by power scaling.

    Prior and likelihood are raised to powers a little below and above 1 in turn, and it is measured
    how far each parameter's distribution moves: no refit is needed. The prior is that of the
    parameters in the table together; the distribution of group-level effects is no part of it.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    threshold
        The sensitivity above which a parameter is said to be sensitive.
    functions, priors, family
        The user's own functions, priors outside the table, and the user's own family, where the
        model has any: a result does not hold them.

    Returns
    -------
    DataFrame
        By parameter, as `fx.summary` names it: sensitivity to `prior` and `likelihood` by ArviZ,
        and a `diagnosis`. Sensitive to both, prior and data may disagree; to the prior alone, the
        prior is strong or the data say little. A parameter that does not vary is not in the table.

    Raises
    ------
    ArgumentError
        If `threshold` is not positive.
    ResultError
        If the result is not one of formix, is damaged, or needs what is not given.
    UnsupportedError
        If a prior is outside the table, so that its density was not kept.

    References
    ----------
    Kallioinen, Paananen, Bürkner and Vehtari (2024), doi:10.1007/s11222-023-10366-5.

    Examples
    --------
    >>> fx.sensitivity(fit).columns.tolist()
    ['prior', 'likelihood', 'diagnosis']
    """
    if not isinstance(threshold, Real) or not threshold > 0.0:
        raise ArgumentError(
            f"`threshold` is {threshold!r}, which is not positive", hint="the usual one is 0.05"
        )
    drawn = sample(fit, "posterior")
    built = model_of(fit, functions=functions, priors=priors, family=family)
    foreign = [
        entry.address for entry in built.spec.priors if isinstance(entry.prior, ForeignPrior)
    ]
    if foreign:
        raise UnsupportedError(
            f"the prior of `{foreign[0]}` is a NumPyro distribution, whose density a fit does not "
            "hold",
            hint="give it as one of the table, by text, such as 'Normal(0, 10)'",
        )
    names, draws = _parameters(drawn)
    moved = {
        "prior": _moved(draws, _log_prior(drawn, built.spec)),
        "likelihood": _moved(draws, _log_likelihood(drawn, built.spec)),
    }
    table = Table(moved, index=pd.Index(names, name="parameter"))
    prior, likelihood = (table[name].to_numpy() >= threshold for name in moved)
    said = np.select([prior & likelihood, prior], [CONFLICT, STRONG], FINE)
    table.attrs[FORMATS] = dict.fromkeys(moved, ".3f")
    return table.assign(diagnosis=said)


def _parameters(drawn: Sample) -> tuple[list[str], Float[np.ndarray, "chain draw parameter"]]:
    """Return the parameters of the summary that vary, by name."""
    found = list(listed(drawn, ranef=False))
    names = [name for part in found for name in part.names]
    whole = [part.draws.reshape(*part.draws.shape[:2], -1) for part in found]
    draws = np.asarray(np.concatenate(whole, axis=2), dtype=np.float64)
    varies = np.flatnonzero(np.max(draws, axis=(0, 1)) > np.min(draws, axis=(0, 1)))
    return [names[int(place)] for place in varies], draws[:, :, varies]


def _moved(draws: Float[np.ndarray, "chain draw parameter"], part: BySample) -> np.ndarray:
    if not draws.shape[2] or not np.ptp(part) > 0.0:
        return np.zeros(len(draws[0, 0]))
    return results.container.power_scaling(draws, part)


def _log_prior(drawn: Sample, spec: Spec) -> BySample:
    """Return the log density of all priors; flat ones count for nothing."""
    posterior = drawn.found["posterior"]
    total = np.zeros((posterior.sizes["chain"], posterior.sizes["draw"]))
    for density in log_prior(spec, drawn.values()).values():
        total += density
    return total


def _log_likelihood(drawn: Sample, spec: Spec) -> BySample:
    """Return the log density of all rows, given the group-level effects."""
    posterior = drawn.found["posterior"]
    name = str(decode(drawn.found.attributes["response"], "response"))
    kept = drawn.found.datasets.get("log_likelihood")
    axes = ("chain", "draw")
    if kept is not None and name in kept and all(kept[a].equals(posterior[a]) for a in axes):
        by_row = kept[name].transpose(*axes, "obs").to_numpy()
        return np.asarray(np.sum(by_row, axis=2), dtype=np.float64)
    shape = tuple(posterior.sizes[axis] for axis in axes)
    total = np.empty(int(np.prod(shape)))
    for place, values in with_effects(spec, drawn):
        some = np.arange(len(total))[place]
        for part in parts(len(some), len(spec.response.values)):
            cut = {site: x[part] for site, x in values.items()}
            total[some[part]] = log_densities(spec, cut).sum(axis=1)
    return total.reshape(shape)
