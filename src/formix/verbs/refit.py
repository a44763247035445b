"""One fold of a cross-validation: a refit without some rows, and the density that it gives them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import logsumexp

from formix.errors import EngineError, FormixError, FormixWarning
from formix.models import Model
from formix.prior import Prior, entry_of
from formix.results.likelihood import cut, flat
from formix.results.sample import sample
from formix.results.units import Units, unit_log_likelihood
from formix.spec import prefix
from formix.verbs.redraw import with_effects

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from formix.families import Family
    from formix.results.recipe import Recipe
    from formix.results.sample import Sample
    from formix.spec import Spec

_AT_ONCE = 1_000_000
"""Numbers of a row and a draw worked on at once: bounds the memory, not the answer."""


@dataclass(frozen=True, eq=False)
class Fold:
    """What is to be done, as values that another process can be sent.

    Parameters
    ----------
    recipe, functions, priors, family
        The model, and what the user gave beside.
    units
        The unit of each row, be it left out or not.
    out
        The rows that are left out.
    settings
        Those of `Model.fit`.
    """

    recipe: Recipe
    functions: Mapping[str, Callable[..., Any]] | None
    priors: Mapping[str, object] | None
    family: Family | None
    units: Units
    out: Int[np.ndarray, " row"]
    settings: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Left:
    """What came of a fold: the log density of each unit left out, or why there is none.

    `error` is what the density may err by where it is made by quadrature; `said` are warnings.
    """

    density: Float[np.ndarray, " unit"]
    error: float = 0.0
    samples: int = 0
    said: tuple[str, ...] = ()
    failure: str = ""


def refit(fold: Fold) -> Left:
    """Return the log predictive density of the units left out, by a fit without them."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            left = _refitted(fold)
        except Exception as error:  # noqa: BLE001 - raised again, where it says which fold it was
            hint = f" ({error.hint})" if isinstance(error, FormixError) and error.hint else ""
            message = error.message if isinstance(error, FormixError) else repr(error)
            left = Left(np.empty(0), failure=f"{message}{hint}")
    said = (str(one.message) for one in caught if issubclass(one.category, FormixWarning))
    return replace(left, said=tuple(dict.fromkeys(said)))


def _refitted(fold: Fold) -> Left:
    model = Model.from_recipe(
        fold.recipe, functions=fold.functions, priors=fold.priors, family=fold.family
    )
    rows = np.arange(len(model.design.rows))
    some = model.subset(np.setdiff1d(rows, fold.out))
    _check(some.spec)
    drawn = sample(some.sample(progress=False, **fold.settings), "posterior")
    there = model.subset(fold.out).spec
    density, error = log_mean_density(there, drawn, some.spec, fold.units.at(fold.out))
    sizes = drawn.found["posterior"].sizes
    return Left(density, error, int(sizes["chain"] * sizes["draw"]))


def _check(spec: Spec) -> None:
    """Refuse rows that leave a coefficient to its prior where that is flat.

    Raises
    ------
    EngineError
        If there is one.
    """
    for predictor in spec.predictors:
        norms = np.linalg.norm(predictor.X, axis=0)
        keys = (f"{prefix(predictor.name)}beta[{label}]" for label in predictor.labels)
        priors = [entry_of(spec.priors, key).prior for key in keys]
        flat_ones = [isinstance(prior, Prior) and prior.name == "Flat" for prior in priors]
        scaled = predictor.X / np.where(norms > 0.0, norms, 1.0)
        if any(flat_ones) and np.linalg.matrix_rank(scaled) < len(norms):
            lost = predictor.labels[int(np.argmin(norms))] if not norms.all() else ""
            which = f"the coefficient `{lost}`" if lost else "a coefficient"
            raise EngineError(
                f"no row is left that tells {which}, and its prior is flat",
                hint="stratify the folds by the factor, or give it a proper prior",
            )


def log_mean_density(
    spec: Spec, drawn: Sample, fitted: Spec, units: Units
) -> tuple[Float[np.ndarray, " unit"], float]:
    """Return the log of each unit's mean density over the draws, and by how much it may err.

    Parameters
    ----------
    spec
        The model at the rows of the units.
    drawn, fitted
        The draws, and the model at the rows that they were made from.
    """
    total, samples, error = np.full(units.count, -np.inf), 0, 0.0
    step = max(1, _AT_ONCE // max(1, len(spec.response.values)))
    for values in _values(fitted, drawn, units.inside):
        count = len(next(iter(values.values())))
        for start in range(0, count, step):
            some = cut(values, slice(start, start + step))
            found, change = unit_log_likelihood(spec, some, units)
            total = np.logaddexp(total, np.asarray(logsumexp(found, axis=0)))
            error = max(error, change)
        samples += count
    return total - np.log(samples), error


def _values(fitted: Spec, drawn: Sample, inside: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    """Yield draws of every site that is needed: effects that are integrated are not."""
    kept = flat(drawn.values())
    if all(site in kept or site in inside for site in fitted.effect_sites):
        yield kept
    else:
        yield from (values for _, values in with_effects(fitted, drawn))
