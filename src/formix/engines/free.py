"""Draws of the results' sites -> the free coordinates of the program's latent sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.engines.decline import Decline
from formix.engines.whitened.layout import layout, mapping, structure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jaxtyping import Float

    from formix.engines.latent import LatentSite
    from formix.engines.whitened.layout import Group, Layout
    from formix.spec import Spec

    Sites = Mapping[str, Float[np.ndarray, "draw ..."]]


def free(spec: Spec, latent: Sequence[LatentSite], drawn: Sites) -> dict[str, np.ndarray]:
    """Return the free coordinates of each latent site, the draws first.

    Parameters
    ----------
    drawn
        `beta`, `sd_<group>`, `L_<group>` (the factor of the correlations), `r_<group>` and all
        others of the results: by name, the draws first.

    Raises
    ------
    Decline
        If a latent site is none of them, or has other than known coordinates.
    """
    of = layout(spec, latent, structure(spec))
    known = dict(drawn) | _coefficients(spec, of, drawn)
    for group in of.groups:
        known |= _group(spec, group, drawn)
    known |= {f"{name}^2": np.square(x) for name, x in known.items()}
    return {site.name: _free(site, known.get(site.name)) for site in latent}


def _coefficients(spec: Spec, of: Layout, drawn: Sites) -> dict[str, np.ndarray]:
    if not of.common:
        return {}
    flat = np.linalg.solve(mapping(spec, of), drawn["beta"].T).T
    found: dict[str, np.ndarray] = {}
    for name, shape in of.coefficients:
        count = int(np.prod(shape))
        found[name], flat = flat[:, :count].reshape(-1, *shape), flat[:, count:]
    return found


def _group(spec: Spec, group: Group, drawn: Sites) -> dict[str, np.ndarray]:
    sd, root, r = (drawn[f"{kind}_{group.name}"] for kind in ("sd", "L", "r"))
    factor = sd[:, :, None] * root
    standard = r / factor[:, :, 0][:, None] if group.size == 1 else _solved(factor, r)
    keys = next(p.keys for p in spec.parameters if p.site == f"sd_{group.name}")
    found = {key: sd[:, place] for place, key in enumerate(keys)}
    found[f"z_{group.name}"] = standard
    for part in group.correlated:
        place = slice(part.start, part.stop)
        found[part.factor] = root[:, place, place]
    return found


def _solved(factor: np.ndarray, r: np.ndarray) -> np.ndarray:
    return np.swapaxes(np.linalg.solve(factor, np.swapaxes(r, 1, 2)), 1, 2)


def _free(site: LatentSite, value: np.ndarray | None) -> np.ndarray:
    if value is None or value.shape[1:] != site.shape:
        raise Decline(f"what the program draws as `{site.name}` is not approximated")
    if site.support == "real":
        return value
    if site.support == "positive":
        return np.log(value)
    if site.support == "correlation":
        return _partial(value)
    raise Decline(f"`{site.name}` is bounded in a way of its own")


def _partial(root: Float[np.ndarray, "draw row column"]) -> Float[np.ndarray, "draw pair"]:
    """Return the inverse hyperbolic tangents of the partial correlations that a factor is made of.

    References
    ----------
    Lewandowski, Kurowicka and Joe (2009), doi:10.1016/j.jmva.2009.04.008.
    """
    found: list[np.ndarray] = []
    for row in range(1, root.shape[1]):
        left = np.ones(len(root))
        for column in range(row):
            partial = root[:, row, column] / np.sqrt(left)
            found.append(np.arctanh(partial))
            left = left * (1.0 - np.square(partial))
    return np.stack(found, axis=1)
