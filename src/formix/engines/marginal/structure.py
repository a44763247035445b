"""Spec -> what the engine works on: groups with all their columns, the noise, and the priors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from formix.covariances import Covariance, covariance
from formix.groups import rho_sites
from formix.prior import MEANS, PriorEntry, entry_of

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from formix.gaussian_form import GaussianForm
    from formix.spec import Block, Spec


@dataclass(frozen=True)
class Part:
    """The columns of a group that share one covariance: those of one block.

    `covariance` is the structure's name. `concentration` is that of the LKJ prior of their
    correlations; `rho` is the prior of the number that makes them, where one does.
    """

    start: int
    stop: int
    covariance: str
    concentration: float = 1.0
    rho: PriorEntry | None = None

    @property
    def size(self) -> int:
        """How many columns it has."""
        return self.stop - self.start

    @property
    def structure(self) -> Covariance:
        """How its effects vary together; one effect alone is not correlated."""
        return covariance(self.covariance if self.size > 1 else "diag")

    @property
    def numbers(self) -> int:
        """How many numbers make its correlations."""
        if self.structure.matrix:
            return self.size * (self.size - 1) // 2
        return int(self.structure.rho is not None)

    @property
    def deviations(self) -> int:
        """How many standard deviations it has."""
        return 1 if self.structure.equal else self.size


@dataclass(frozen=True, eq=False)
class GroupColumns:
    """One group: the columns of all its blocks side by side, and each row's level.

    `sds` are the priors of the effects' standard deviations, once where effects share one. A group
    without a name is the rows themselves: noise beside a known standard error.
    """

    name: str
    Z: Float[np.ndarray, "obs effect"]
    index: Int[np.ndarray, " obs"]
    levels: int
    parts: tuple[Part, ...]
    sds: tuple[PriorEntry, ...]

    @property
    def size(self) -> int:
        """How many effects a level has."""
        return self.Z.shape[1]

    @property
    def deviations(self) -> tuple[int, ...]:
        """For each effect, the place of its standard deviation among those that there are."""
        places: list[int] = []
        for part in self.parts:
            first = places[-1] + 1 if places else 0
            own = range(part.size) if part.deviations > 1 else [0] * part.size
            places += [first + place for place in own]
        return tuple(places)


@dataclass(frozen=True, eq=False)
class Structure:
    """A Gaussian multilevel model as arrays and priors.

    Row `i` has variance `sigma^2 / weights[i]`, or `1 / weights[i]` where `scaled` is false: then
    standard errors are known, and a sigma beside them is the standard deviation of the last group.

    Parameters
    ----------
    y
        The response, less the offset.
    X
        The columns of the common effects.
    beta
        The priors of their coefficients; where the first is at the means of the other columns, its
        key says so.
    weights
        The rows' precisions, in units of sigma's where `scaled`.
    groups
        The groups, and the rows last where a sigma is beside known standard errors.
    sigma
        The prior of sigma, or its value where it is fixed.
    means
        Those of the columns of all rows, where X has only some.
    """

    y: Float[np.ndarray, " obs"]
    X: Float[np.ndarray, "obs coef"]
    beta: tuple[PriorEntry, ...]
    weights: Float[np.ndarray, " obs"] | None
    groups: tuple[GroupColumns, ...]
    scaled: bool
    sigma: PriorEntry | float
    means: Float[np.ndarray, " coef"] | None = None

    @property
    def rows(self) -> int:
        """How many observations there are."""
        return len(self.y)

    @property
    def named(self) -> tuple[GroupColumns, ...]:
        """The groups of the formula."""
        return tuple(group for group in self.groups if group.name)

    @property
    def fixed_sigma(self) -> float | None:
        """The value of sigma; nothing where it has a prior."""
        return None if isinstance(self.sigma, PriorEntry) else self.sigma

    @property
    def at_means(self) -> bool:
        """Whether the intercept's prior is at the means of the other columns."""
        key = self.beta[0].key if len(self.beta) > 1 else ""
        return key.endswith(f"{MEANS}]")

    @property
    def effect_sites(self) -> tuple[str, ...]:
        """The sites of the groups' effects."""
        return tuple(f"r_{group.name}" for group in self.named)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each site of the results."""
        found: dict[str, tuple[int, ...]] = {"beta": (len(self.beta),)} if self.beta else {}
        for group in self.named:
            found[f"sd_{group.name}"] = (group.size,)
            if any(part.numbers for part in group.parts):
                found[f"cor_{group.name}"] = (group.size, group.size)
            found |= {part.rho.key: () for part in group.parts if part.rho is not None}
            found[f"r_{group.name}"] = (group.levels, group.size)
        return found if self.fixed_sigma is not None else {**found, "sigma": ()}


def structure(spec: Spec) -> Structure:
    """Return the model as arrays; blocks of one group stand side by side, in formula order."""
    predictor = spec.predictors[0]
    y = np.asarray(spec.response.values, dtype=np.float64)
    if predictor.offset is not None:
        y = y - predictor.offset
    known = spec.response.known
    sampled = any(parameter.site == "sigma" for parameter in spec.parameters)
    found = gaussian(
        y,
        predictor.X,
        coefficient_priors(spec),
        tuple(group_columns(spec, blocks) for blocks in spec.groups),
        spec.priors["sigma"] if sampled else float(spec.fixed.get("sigma", 0.0)),
        se=known.get("se"),
        weights=known.get("weights"),
    )
    return replace(found, means=predictor.means)


def gaussian(
    y: Float[np.ndarray, " obs"],
    X: Float[np.ndarray, "obs coef"],
    beta: tuple[PriorEntry, ...],
    groups: tuple[GroupColumns, ...],
    sigma: PriorEntry | float,
    *,
    se: Float[np.ndarray, " obs"] | None = None,
    weights: Float[np.ndarray, " obs"] | None = None,
) -> Structure:
    """Return a model with the precision of its rows, and with a group for sigma beside `se`."""
    if se is None:
        given = None if weights is None else np.asarray(weights, dtype=np.float64)
        return Structure(y, X, beta, given, groups, True, sigma)
    error = np.square(np.asarray(se, dtype=np.float64))
    if isinstance(sigma, PriorEntry):
        return Structure(y, X, beta, 1.0 / error, (*groups, _rows(len(y), sigma)), False, sigma)
    return Structure(y, X, beta, 1.0 / (error + sigma**2), groups, False, sigma)


def coefficient_priors(spec: Spec) -> tuple[PriorEntry, ...]:
    """Return the priors of the main predictor's coefficients, in order."""
    keys = [f"beta[{label}]" for label in spec.predictors[0].labels]
    return tuple(entry_of(spec.priors, key) for key in keys)


def _rows(count: int, sigma: PriorEntry) -> GroupColumns:
    part = Part(0, 1, "diag")
    index = np.arange(count, dtype=np.int64)
    return GroupColumns("", np.ones((count, 1)), index, count, (part,), (sigma,))


def group_columns(spec: Spec, blocks: tuple[Block, ...]) -> GroupColumns:
    """Return the columns of a group's blocks, side by side in formula order."""
    forms = [gaussian_form(spec, block) for block in blocks]
    name = blocks[0].prefix + blocks[0].group
    key = f"cor_{name}"
    eta = spec.priors[key].of_table.named["concentration"] if key in spec.priors else 1.0
    parts: list[Part] = []
    start = 0
    for block, form, site in zip(blocks, forms, rho_sites(blocks), strict=True):
        stop = start + form.Z.shape[1]
        rho = spec.priors[site] if site else None
        parts.append(Part(start, stop, block.structure.name, eta, rho))
        start = stop
    Z = forms[0].Z if len(forms) == 1 else np.concatenate([form.Z for form in forms], axis=1)
    keys = next(found.keys for found in spec.parameters if found.site == f"sd_{name}")
    return GroupColumns(
        name,
        np.asarray(Z, dtype=np.float64),
        forms[0].index,
        forms[0].levels,
        tuple(parts),
        tuple(spec.priors[key] for key in dict.fromkeys(keys)),
    )


def gaussian_form(spec: Spec, block: Block) -> GaussianForm:
    """Return the Gaussian form of a block.

    Raises
    ------
    LookupError
        If it has none: `supports` declines such a spec first.
    """
    form = spec.gaussian[next(i for i, own in enumerate(spec.blocks) if own is block)]
    if form is None:
        raise LookupError(block.text)
    return form
