"""The evidence for a parameter's being one number: its posterior density there by its prior's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.errors import ArgumentError
from formix.prior import at_means_key, from_text, is_joint
from formix.results.attributes import read_recipe

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.prior import Prior
    from formix.results.recipe import RecipePrior
    from formix.results.sample import Sample
    from formix.verbs.elements import Element


FEW = 20
"""Draws within a kernel's width of a number below which its density is said to be unreliable: the
count of them has a relative standard error above 1 / sqrt(20), that is 22 %."""


@dataclass(frozen=True)
class Density:
    """The prior density of one parameter at a number, and the interval that it has mass in."""

    value: float
    bounds: tuple[float, float]


def evidence(element: Element, at: float, drawn: Sample) -> tuple[float, int]:
    """Return the ratio of a parameter's posterior and prior densities, and the draws near there.

    The posterior's is a Gaussian kernel's, of Silverman's width, its mass beyond a bound of the
    prior folded back.

    Raises
    ------
    ArgumentError
        If the prior of this parameter alone has no closed form, or no density at the number.

    References
    ----------
    Dickey (1971), doi:10.1214/aoms/1177693507 (the ratio). Silverman (1986),
    doi:10.1201/9781315140919, equation 3.31 (the width).
    """
    prior = prior_density(element, at, drawn)
    x = element.draws(drawn).ravel()
    return kernel_density(x, at, prior.bounds) / prior.value, near(x, at)


def near(x: Float[np.ndarray, " draw"], at: float) -> int:
    """Return how many draws are within a kernel's width of a number."""
    return int(np.sum(np.abs(x - at) <= _width(x)))


def kernel_density(
    x: Float[np.ndarray, " draw"], at: float, bounds: tuple[float, float] = (-np.inf, np.inf)
) -> float:
    """Return the density of draws at a number.

    Examples
    --------
    >>> draws = special.ndtri((np.arange(4000) + 0.5) / 4000)
    >>> print(f"{kernel_density(draws, 0.0):.3f}")
    0.393
    """
    width = _width(x)
    mirrored = [x, *(2.0 * bound - x for bound in bounds if np.isfinite(bound))]
    z = (at - np.concatenate(mirrored)) / width
    return float(np.sum(np.exp(-0.5 * np.square(z))) / (len(x) * width * np.sqrt(2.0 * np.pi)))


def _width(x: Float[np.ndarray, " draw"]) -> float:
    """Return Silverman's width of a kernel.

    Raises
    ------
    ArgumentError
        If the draws are all alike.
    """
    spread = np.subtract(*np.quantile(x, [0.75, 0.25])) / 1.34
    sd = float(np.std(x, ddof=1)) if len(x) > 1 else 0.0
    width = 0.9 * (min(sd, float(spread)) or sd) * len(x) ** -0.2
    if not width > 0.0:
        raise ArgumentError("these draws are all alike, and have no density")
    return width


def prior_density(element: Element, at: float, drawn: Sample) -> Density:
    """Return the prior density of one parameter, whatever the others are."""
    site, label = element.site, element.label(drawn)
    name = f"{site.name}[{label}]" if label else site.name
    if site.kind == "ranef":
        raise _unknown(name, "it hangs on the standard deviations of its group")
    recipe = read_recipe(drawn.found)
    priors = {prior.key: prior for prior in recipe.priors}
    key = site.name if site.kind == "cor" else name
    entry = priors.get(key) or priors.get(f"{key}^2")
    means = at_means_key(key) if site.kind == "common" else ""
    if entry is None and means in priors:
        if len(drawn.labels(site.dims[0])) > 1:
            raise _unknown(name, f"it is set at the means of the columns, on `{means}`")
        entry = priors[means]
    if entry is None:
        raise _unknown(name, "several parameters have one prior together")
    if entry.key in recipe.needs.get("priors", ()):
        raise _unknown(name, "it is a distribution outside formix's table")
    prior = from_text(entry.text)
    if is_joint(prior) or not prior.is_proper:
        raise _unknown(name, f"`{entry.text}` is improper or of several parameters together")
    found = _at(element, entry, prior, at, drawn)
    if not found.value > 0.0:
        raise ArgumentError(
            f"the prior of `{name}`, {entry.text}, has no density at {at:.6g}",
            hint="what the prior rules out cannot be tested against the rest",
        )
    return found


def _at(element: Element, entry: RecipePrior, prior: Prior, at: float, drawn: Sample) -> Density:
    if element.site.kind == "cor":
        return _correlation(element, prior.arguments[0], at, drawn)
    squared = entry.key.endswith("^2")
    with np.errstate(all="ignore"):
        log_density = float(prior.log_density(np.asarray(at**2 if squared else at)))
    if not squared:
        return Density(float(np.exp(log_density)), prior.bounds)
    # The prior is on the variance; d(sd^2) = 2 sd d(sd).
    inside = np.exp(log_density) * 2.0 * at if at > 0.0 else 0.0
    low, high = prior.bounds
    return Density(float(inside), (float(np.sqrt(low)), float(np.sqrt(high))))


def _correlation(element: Element, concentration: float, at: float, drawn: Sample) -> Density:
    """Return the density of one correlation of a matrix that is LKJ.

    References
    ----------
    Lewandowski, Kurowicka and Joe (2009), doi:10.1016/j.jmva.2009.04.008, section 3.2: it is a
    beta distribution on (-1, 1).
    """
    i, j = element.place
    matrices = drawn.draws(element.site).to_numpy()
    # Between blocks of one group correlations are exactly zero.
    together = np.any(matrices[:, :, i, :] != 0.0, axis=(0, 1))
    if i == j or not together[j]:
        raise _unknown(f"{element.site.name}[{element.label(drawn)}]", "it is a fixed number")
    a = concentration + 0.5 * (int(together.sum()) - 2.0)
    inside = -1.0 < at < 1.0
    log_density = (a - 1.0) * np.log1p(-(at**2)) if inside else -np.inf
    constant = float(special.betaln(a, a)) + (2.0 * a - 1.0) * np.log(2.0)
    return Density(float(np.exp(log_density - constant)), (-1.0, 1.0))


def _unknown(name: str, why: str) -> ArgumentError:
    return ArgumentError(
        f"the prior of `{name}` alone has no closed form: {why}",
        hint="a point has evidence by the ratio of posterior and prior density; what is larger or "
        "smaller, as in `> 0`, needs no prior",
    )
