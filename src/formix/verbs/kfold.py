"""Cross-validation by refitting: rows, or whole levels of a group, left out in folds."""

from __future__ import annotations

import multiprocessing
import warnings
from builtins import map as in_turn
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from formix import results
from formix.engines.choice import choose
from formix.engines.plan import whole
from formix.errors import ArgumentError, ConvergenceWarning, EngineError, FormixWarning
from formix.fitting import check_settings
from formix.results.sample import sample
from formix.verbs.folds import Folds, folds_of
from formix.verbs.model import model as model_of
from formix.verbs.refit import Fold, Left, log_mean_density, refit

if TYPE_CHECKING:
    from formix.families import Family

_EXACT = 1e-8
"""What an integral may err by without a word."""

_SHOWN = 3
"""Folds whose warnings are shown in full."""


def kfold(
    fit: object,
    k: int = 10,
    *,
    group: object = None,
    stratify: object = None,
    seed: int = 0,
    processes: int = 1,
    map: Callable[..., Iterable[Any]] | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
    **settings: Any,
) -> Any:
    """Return how well a model predicts what it has not seen, by refitting it `k` times.

    Each time some rows are left out, and the log of their predictive density is taken. With a
    `group`, whole levels are left out, and each level's rows are predicted together: its effects,
    of which the refit knows the distribution only, are integrated as by `fx.log_likelihood`. So
    `k` as large as there are rows is exact leave-one-out, and with a group leave-one-level-out.

    The refits keep the fit's priors, contrasts and levels, and what its transforms have learnt.
    Two models of the same rows are compared on the same folds where `k`, `group` and `seed` are
    the same: `az.compare({"a": fx.kfold(a), "b": fx.kfold(b)})`.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    k
        How many folds.
    group
        What is left out together: a group of the model, a column that it uses, or a label for each
        row, such as `data["Subject"]`. By default each row is by itself.
    stratify
        A column, or a label for each row, whose values are spread evenly over the folds.
    seed
        Of the folds and of the refits.
    processes
        How many refits run at once, each in a process of its own; a script then needs the line
        `if __name__ == "__main__":`.
    map
        What runs the refits instead: as `map`, of a function and the folds, in order, such as
        `ProcessPoolExecutor().map`. Threads do not do, since NumPyro is not safe in them.
    functions, priors, family
        The user's own functions, priors outside the table, and the user's own family, where the
        model has any: a result does not hold them. Other processes must be able to import them.
    **settings
        Those of `Model.fit`: `engine`, `draws`, `warmup`, `chains` and so on; by default as many
        draws and chains as the fit has.

    Returns
    -------
    ELPDData
        ArviZ's, which `az.compare` takes: `elpd`, its standard error `se`, and `p`, the effective
        number of parameters, with each unit's `elpd_i` and `p_kfold_i`, whose coordinate `fold`
        says when it was left out: `found.elpd_i.groupby("fold").sum()`.

    Raises
    ------
    ArgumentError
        If `k`, `group`, `stratify`, `seed` or a setting is none of what they may be, or the model
        cannot be sent to other processes.
    UnsupportedError
        If effects within what is left out cannot be integrated.
    EngineError
        If a refit fails: which, and why.
    ResultError
        If the result is not one of formix, is damaged, or needs what is not given.

    Warns
    -----
    ConvergenceWarning
        Once, if the draws of some refits should not be trusted yet.
    FormixWarning
        If integrals may err by more than 1e-8.

    References
    ----------
    Vehtari, Gelman and Gabry (2017), doi:10.1007/s11222-016-9696-4; Roberts et al. (2017),
    doi:10.1111/ecog.02881.

    Examples
    --------
    >>> found = fx.kfold(fit, k=3, group="Subject", draws=1000)
    >>> found.elpd_i.dims, found.n_folds
    (('Subject',), 3)
    """
    drawn = sample(fit, "posterior")
    whole("processes", processes, 1)
    built = model_of(fit, functions=functions, priors=priors, family=family)
    folds = folds_of(built, k, group, stratify, seed)
    sizes = drawn.found["posterior"].sizes
    settings = {"draws": int(sizes["draw"]), "chains": int(sizes["chain"])} | settings
    engine = str(settings.get("engine", "auto"))
    choose(built.spec, engine)
    check_settings({name: x for name, x in settings.items() if name != "engine"}, engine)
    tasks = [
        Fold(
            built.recipe,
            functions,
            priors,
            family,
            folds.units,
            folds.rows(number),
            settings | {"seed": _seed(seed, number)},
        )
        for number in range(folds.count)
    ]
    left = list(_run(tasks, processes, map))
    _check(left, folds)
    _tell(left)
    known, _ = log_mean_density(built.spec, drawn, built.spec, folds.units)
    return _result(left, folds, known)


def _seed(seed: int, number: int) -> int:
    """Return a seed of a refit's own."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0] >> 1)


def _run(
    tasks: list[Fold], processes: int, given: Callable[..., Iterable[Left]] | None
) -> Iterator[Left]:
    if given is None and processes == 1:
        yield from in_turn(refit, tasks)
        return
    try:
        if given is not None:
            yield from given(refit, tasks)
            return
        # A copy of a process in which JAX runs may wait for its threads for ever.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(min(processes, len(tasks)), mp_context=context) as pool:
            yield from pool.map(refit, tasks)
    except BrokenProcessPool as error:
        raise EngineError(
            "the processes that refit ended before they had begun or were done",
            hint='a script needs `if __name__ == "__main__":` around what it runs; else memory '
            "may be short: use fewer processes",
        ) from error
    except Exception as error:
        # What goes wrong in a refit comes back as a value.
        raise ArgumentError(
            f"the model cannot be sent to other processes: {error}",
            hint="functions, priors and families of your own must be importable, so not lambdas; "
            "or use processes=1",
        ) from error


def _check(left: list[Left], folds: Folds) -> None:
    """Tell of the refits that failed.

    Raises
    ------
    EngineError
        Which of them did, and why.
    """
    if len(left) != folds.count:
        raise ArgumentError(
            f"`map` returned {len(left)} results of {folds.count} folds",
            hint="it takes a function and the folds, as the map of an executor does",
        )
    failed = [(number, one.failure) for number, one in enumerate(left, start=1) if one.failure]
    if failed:
        number, why = failed[0]
        more = f"; {len(failed) - 1} others failed too" if len(failed) > 1 else ""
        raise EngineError(f"the refit of fold {number} of {folds.count} failed: {why}{more}")


def _tell(left: list[Left]) -> None:
    """Warn once of all folds together."""
    error = max(one.error for one in left)
    if error > _EXACT:
        warnings.warn(
            f"the densities of levels are integrated to {error:.1g} only",
            FormixWarning,
            stacklevel=3,
        )
    said = [(number, one.said) for number, one in enumerate(left, start=1) if one.said]
    if said:
        first = "\n".join(f"fold {number}: {' '.join(texts)}" for number, texts in said[:_SHOWN])
        warnings.warn(
            f"{len(said)} of {len(left)} refits have something to say\n{first}",
            ConvergenceWarning,
            stacklevel=3,
        )


def _result(left: list[Left], folds: Folds, known: np.ndarray) -> Any:
    density = np.empty(len(folds.of))
    for number, one in enumerate(left):
        density[folds.of == number] = one.density
    coordinates = {folds.dim: folds.labels, "fold": (folds.dim, folds.of)}
    elpd = xr.DataArray(density, coordinates, (folds.dim,), name="elpd")
    more = elpd.copy(data=known - density).rename("p")
    se = float(np.sqrt(len(density) * np.var(density)))
    samples = sum(one.samples for one in left) // len(left)
    warned = any(one.said for one in left)
    return results.container.elpd_data(elpd, more, se, samples, folds.count, warning=warned)
