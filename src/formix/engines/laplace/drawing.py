"""Draws of coefficients and effects around their mode, given theta."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from formix.engines.laplace.conditional import Conditional
    from formix.engines.laplace.density import Laplace
    from formix.engines.marginal.coordinates import Scales


def drawn(
    of: Laplace, scales: Scales, found: Conditional, generator: np.random.Generator
) -> dict[str, np.ndarray]:
    """Return a draw of every site of the results at each point of theta.

    Parameters
    ----------
    found
        The mode of coefficients and effects at those points.
    """
    points = len(scales.sigma)
    pseudo = of.pseudo
    normals = generator.standard_normal((points, pseudo.layout.solved))
    sizes = [(pseudo.of.groups[f].size, pseudo.of.groups[f].levels) for f in pseudo.eliminated]
    inner = [generator.standard_normal((points, *size)) for size in sizes]
    g, effects = pseudo.drawn(found.factored, scales.factors, scales.free, normals, inner)
    made = {"beta": pseudo.coefficients.beta(g)} if pseudo.coefficients.size else {}
    if of.rows.auxiliary:
        made[of.rows.auxiliary] = scales.sigma
    for f, group in enumerate(of.structure.groups):
        made[f"sd_{group.name}"] = scales.sds[f]
        if any(part.numbers for part in group.parts):
            root = scales.correlations[f]
            made[f"cor_{group.name}"] = root @ np.swapaxes(root, 1, 2)
        made |= scales.rhos[f]
        made[f"r_{group.name}"] = effects[f]
    return made
