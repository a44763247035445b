"""Where the sampled numbers begin to look for their mode: medians of their priors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.prior import ForeignPrior

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.whitened.layout import Layout
    from formix.prior import PriorEntry
    from formix.spec import Spec

_DRAWN = 2001


def begun(spec: Spec, of: Layout) -> Float[np.ndarray, " coordinate"]:
    """Return free coordinates: of what is positive the log of a small quantile, else zero."""
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
    return next((p.keys for p in spec.parameters if p.site == site), ())


def _coordinate(entry: PriorEntry) -> float:
    prior = entry.prior
    if isinstance(prior, ForeignPrior) or not prior.is_proper:
        return 0.0
    low, high = prior.bounds
    if low != 0.0 or np.isfinite(high):
        return 0.0
    drawn = prior.draw(np.random.default_rng(1), (_DRAWN,))
    return float(np.log(np.median(drawn)))
