"""Where the sampled numbers begin to look for their mode: medians of their priors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.prior import MEANS, ForeignPrior, at_means_key

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.whitened.layout import Layout
    from formix.prior import PriorEntry
    from formix.spec import Spec

_DRAWN = 2001


def begun(spec: Spec, of: Layout) -> Float[np.ndarray, " coordinate"]:
    """Return free coordinates: medians of what is real, and their logs of what is positive."""
    parts = [_site(spec, name, shape) for name, shape in of.scales]
    return np.concatenate([np.zeros(0), *parts])


def _site(spec: Spec, name: str, shape: tuple[int, ...]) -> np.ndarray:
    keys = _keys(spec, name.removesuffix("^2"))
    count = int(np.prod(shape))
    if len(keys) != count or name.startswith(("L_", "rho_")):
        return np.zeros(count)
    return np.array([_coordinate(spec.priors[key]) for key in keys])


def _keys(spec: Spec, site: str) -> tuple[str, ...]:
    if site in spec.priors:
        return (site,)
    keys = {parameter.site: parameter.keys for parameter in spec.parameters}
    before, dot, name = site.rpartition(".")
    if dot and name == f"Intercept{MEANS}":
        return (at_means_key(keys[f"{before}.beta"][0]),)
    if dot and name == "slopes":
        return keys[f"{before}.beta"][1:]
    return keys.get(site, ())


def _coordinate(entry: PriorEntry) -> float:
    prior = entry.prior
    if isinstance(prior, ForeignPrior) or not prior.is_proper:
        return 0.0
    low, high = prior.bounds
    if np.isfinite(high) or low not in (0.0, -np.inf):
        return 0.0
    median = np.median(prior.draw(np.random.default_rng(1), (_DRAWN,)))
    return float(np.log(median) if low == 0.0 else median)
