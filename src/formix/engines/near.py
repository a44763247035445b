"""The normal distribution near a posterior, and draws from it and from a wider one around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.decline import Decline
from formix.engines.laplace.mode import joint_mode
from formix.engines.laplace.support import supports as has_laplace
from formix.engines.marginal.density import marginal
from formix.engines.marginal.mode import modes
from formix.engines.marginal.recovery import normals_needed, recovered
from formix.engines.marginal.start import start
from formix.engines.marginal.structure import structure
from formix.engines.marginal.support import supports as is_integrated

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.laplace.mode import JointMode
    from formix.engines.marginal.coordinates import Scales
    from formix.engines.marginal.density import Marginal
    from formix.engines.marginal.structure import GroupColumns
    from formix.spec import Spec

    Points = Float[np.ndarray, "point coordinate"]
    Normals = Float[np.ndarray, "point normal"]
    Sites = dict[str, np.ndarray]

_WIDER = 2.0
"""So many times the standard deviations have starts of chains: a chain that stays where it began is
then seen by R-hat."""


@dataclass(frozen=True, eq=False)
class Near:
    """A normal distribution of theta, and of coefficients and effects given it.

    Theta are the numbers that are not integrated: standard deviations, correlations and the like.

    Parameters
    ----------
    mode, root
        The mean of theta, and a root of its covariance.
    effects, coefficients, inner
        How many standard normals make effects that are solved for with the coefficients; the
        coefficients; the effects of each group that is eliminated.
    batch
        At how many points of theta there is memory for the rest.
    at
        At points of theta, what standard normals make: the sites of the results, and `L_<group>`,
        the factor of the correlations.
    """

    mode: Float[np.ndarray, " coordinate"]
    root: Float[np.ndarray, "coordinate coordinate"]
    effects: int
    coefficients: int
    inner: int
    batch: int
    at: Callable[[Points], Callable[[Normals], Sites]]

    def drawn(self, generator: np.random.Generator, points: int, each: int) -> Sites:
        """Return draws: so many points of theta, and `each` draws of the rest at every one.

        Points of theta have exactly the mean and the covariance, if there are enough of them.
        """
        theta = self.mode + _exactly(generator, points, len(self.mode)) @ self.root.T
        common = _exactly(generator, points * each, self.coefficients)
        found: list[Sites] = []
        for first in range(0, points, self.batch):
            some = theta[first : first + self.batch]
            made = self.at(some)
            for _ in range(each):
                normals = self._normals(generator, len(some))
                normals[:, self._common], common = common[: len(some)], common[len(some) :]
                found.append(made(normals))
        return {name: np.concatenate([one[name] for one in found]) for name in found[0]}

    def wide(self, generator: np.random.Generator) -> Sites:
        """Return one draw from a wider distribution: theta and coefficients have twice the sd.

        Effects have the spread that the data leave them there: were each of thousands twice as far
        from its mean, nearly all of the density would be elsewhere.
        """
        theta = self.mode + _WIDER * (self.root @ generator.standard_normal(len(self.mode)))
        normals = self._normals(generator, 1)
        normals[:, self._common] *= _WIDER
        return self.at(theta[None])(normals)

    def _normals(self, generator: np.random.Generator, points: int) -> Normals:
        return generator.standard_normal((points, self.effects + self.coefficients + self.inner))

    @property
    def _common(self) -> slice:
        return slice(self.effects, self.effects + self.coefficients)


def near(spec: Spec) -> Near:
    """Return the normal distribution near the posterior of a spec.

    Raises
    ------
    Decline
        If there is none that is known to be near, or its mode is not found.
    """
    beyond = is_integrated(spec)
    fault = has_laplace(spec) if beyond else None
    if fault:
        raise Decline(fault)
    try:
        return _laplace(joint_mode(spec)) if beyond else _exact(marginal(structure(spec)))
    except np.linalg.LinAlgError as error:
        raise Decline("the mode was not found") from error


def _exact(of: Marginal) -> Near:
    """Return that of a posterior whose coefficients and effects are normal given theta."""
    point, root = np.zeros(0), np.zeros((0, 0))
    if of.size:
        first, folded = start(of), of.coordinates.folded
        found = modes(of.mirrored, first.point, first.units, first.widths, folded, thorough=False)
        point, root = found[0].point, found[0].root
    layout = of.algebra.layout

    def at(theta: Points) -> Callable[[Normals], Sites]:
        scales = of.coordinates.scales(of.coordinates.inside(theta))

        def made(normals: Normals) -> Sites:
            of_all = recovered(of, scales, normals)
            found = {"beta": of_all.beta, "sigma": scales.sigma}
            return found | _groups(of.coordinates.groups, scales, of_all.effects)

        return made

    return Near(
        point,
        root,
        layout.effects,
        layout.solved - layout.effects,
        normals_needed(of) - layout.solved,
        of.algebra.batch,
        at,
    )


def _laplace(mode: JointMode) -> Near:
    """Return Laplace's approximation: normal given theta, around the mode of the rest there."""
    of = mode.density
    layout, eliminated, groups = of.pseudo.layout, of.pseudo.eliminated, of.structure.groups
    shapes = [(groups[f].size, groups[f].levels) for f in eliminated]

    def at(theta: Points) -> Callable[[Normals], Sites]:
        scales, given = of.at(theta)

        def made(normals: Normals) -> Sites:
            outer, inner = normals[:, : layout.solved], normals[:, layout.solved :]
            ends = np.cumsum([size * levels for size, levels in shapes])
            parts = np.split(inner, ends[:-1], axis=1) if shapes else []
            each = [x.reshape(-1, *s) for x, s in zip(parts, shapes, strict=True)]
            g, effects = of.pseudo.drawn(given.factored, scales.factors, scales.free, outer, each)
            known = np.where(given.converged, 1.0, np.nan)
            found = {"beta": of.pseudo.coefficients.beta(g) * known[:, None]}
            if of.rows.auxiliary:
                found[of.rows.auxiliary] = scales.sigma
            return found | _groups(groups, scales, effects)

        return made

    return Near(
        mode.theta,
        mode.root,
        layout.effects,
        layout.solved - layout.effects,
        sum(size * levels for size, levels in shapes),
        of.pseudo.batch,
        at,
    )


def _groups(groups: Sequence[GroupColumns], scales: Scales, effects: Sequence[np.ndarray]) -> Sites:
    found: Sites = {}
    for f, group in enumerate(groups):
        found[f"sd_{group.name}"] = scales.sds[f]
        found[f"L_{group.name}"] = scales.correlations[f]
        found[f"r_{group.name}"] = effects[f]
        found |= scales.rhos[f]
    return found


def _exactly(generator: np.random.Generator, points: int, size: int) -> Points:
    """Return standard normals, moved and stretched to have mean zero and covariance one."""
    normals = generator.standard_normal((points, size))
    if points <= 2 * size or not size:
        return normals
    normals -= normals.mean(axis=0)
    covariance: Points = normals.T @ normals / points
    return normals @ np.linalg.inv(np.linalg.cholesky(covariance)).T
