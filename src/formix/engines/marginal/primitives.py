"""What a printed program of this engine is made of: effects with their priors, integrated.

They take arrays and priors and know nothing of formulas, so that a program runs on its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.marginal.density import Marginal, marginal, one_thread
from formix.engines.marginal.structure import GroupColumns, Part, gaussian
from formix.prior import Prior, PriorEntry, at_means_key

if TYPE_CHECKING:
    from jaxtyping import Float, Int

__all__ = ["Prior", "block", "common", "group", "integrate", "on_variance", "priors", "structured"]


@dataclass(frozen=True)
class OnVariance:
    """A prior of the square of a standard deviation."""

    prior: Prior


Given = Prior | OnVariance


@dataclass(frozen=True, eq=False)
class Common:
    """Common (fixed) effects: their columns, and the priors of their coefficients.

    `means` are those at which the first prior may be, where they are not the columns' own.
    """

    X: Float[np.ndarray, "obs coef"]
    beta: tuple[PriorEntry, ...]
    means: Float[np.ndarray, " coef"] | None = None


@dataclass(frozen=True)
class BlockPriors:
    """The priors of effects that share one covariance."""

    sds: tuple[Given, ...]
    cor: Prior | None
    rho: Prior | None = None
    covariance: str = "diag"
    effects: int = 0


def on_variance(prior: Prior) -> OnVariance:
    """Return the prior of a standard deviation whose square has the one given."""
    return OnVariance(prior)


def priors(name: str, *arguments: float | Float[np.ndarray, " coef"]) -> list[Prior]:
    """Return priors of one kind, a prior for each number of the arguments that are vectors.

    Examples
    --------
    >>> priors("Normal", 0.0, np.array([1.0, 2.5]))
    [Prior('Normal(0, 1)'), Prior('Normal(0, 2.5)')]
    """
    rows = np.column_stack(np.broadcast_arrays(*arguments))
    return [Prior(name, *map(float, row)) for row in rows]


def common(
    X: Float[np.ndarray, "obs coef"],
    *beta: Prior,
    at_means: bool | Float[np.ndarray, " coef"] = False,
) -> Common:
    """Return common (fixed) effects; `at_means` puts the first prior at the others' means.

    They are those of the columns of X, or given.
    """
    keys = [f"beta[{j}]" for j in range(len(beta))]
    given = None if isinstance(at_means, bool) else np.asarray(at_means, dtype=np.float64)
    if at_means is not False:
        keys[0] = at_means_key(keys[0])
    entries = (_entry(key, prior) for key, prior in zip(keys, beta, strict=True))
    return Common(np.asarray(X, dtype=np.float64), tuple(entries), given)


def block(*sds: Given, cor: Prior | None = None) -> BlockPriors:
    """Return the priors of the sds of effects that share a covariance; of a full one with `cor`."""
    return BlockPriors(sds, cor, None, "us" if cor else "diag", len(sds))


def structured(covariance: str, *sds: Given, rho: Prior, effects: int) -> BlockPriors:
    """Return the priors of effects whose correlations one number makes: those of `cs` or `ar1`."""
    return BlockPriors(sds, None, rho, covariance, effects)


def group(
    name: str,
    index: Int[np.ndarray, " obs"],
    levels: int,
    *blocks: BlockPriors,
    Z: Float[np.ndarray, "obs effect"] | None = None,
) -> GroupColumns:
    """Return group-level (random) effects: the columns of Z, or an intercept, for each level."""
    parts: list[Part] = []
    sds: list[PriorEntry] = []
    made = [own.rho is not None for own in blocks]
    for place, own in enumerate(blocks, start=1):
        start = parts[-1].stop if parts else 0
        eta = own.cor.named["concentration"] if own.cor else 1.0
        key = f"rho_{name}" + (f"_{place}" if sum(made) > 1 else "")
        rho = _entry(key, own.rho) if own.rho else None
        parts.append(Part(start, start + own.effects, own.covariance, eta, rho))
        sds += [_entry(f"sd_{name}[{start + j}]", prior) for j, prior in enumerate(own.sds)]
    ones = np.broadcast_to(1.0, (len(index), 1))
    columns = ones if Z is None else np.asarray(Z, dtype=np.float64)
    return GroupColumns(name, columns, index, levels, tuple(parts), tuple(sds))


def integrate(
    y: Float[np.ndarray, " obs"],
    effects: Common | None = None,
    groups: Sequence[GroupColumns] = (),
    *,
    sigma: Given | float = 0.0,
    se: Float[np.ndarray, " obs"] | None = None,
    weights: Float[np.ndarray, " obs"] | None = None,
) -> Marginal:
    """Return the posterior of what is left when coefficients and effects are integrated out.

    Rows have the variance `sigma^2 / weights`, or `sigma^2 + se^2`.
    """
    y = np.asarray(y, dtype=np.float64)
    noise = _entry("sigma", sigma) if isinstance(sigma, Prior | OnVariance) else float(sigma)
    X, beta = (effects.X, effects.beta) if effects else (np.empty((len(y), 0)), ())
    means = effects.means if effects else None
    of = gaussian(y, X, beta, tuple(groups), noise, se=se, weights=weights)
    with one_thread():
        return marginal(replace(of, means=means))


def _entry(key: str, given: Given) -> PriorEntry:
    if isinstance(given, OnVariance):
        return PriorEntry(key, given.prior, "", squared=True)
    return PriorEntry(key, given, "")
