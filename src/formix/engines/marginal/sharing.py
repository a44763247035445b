"""Draws of large crossed models: many share a factor, and a Metropolis-Hastings step corrects.

A factor of the effects left by elimination takes far longer than a draw from it. So a proposal
draws the scales from split t distributions; what is left from its conditional distribution at the
nearest of a few centres; and what was eliminated, where levels are independent, at its own scales.
The weight is the joint density of everything over that of the proposal, which needs no factor: the
chains are exact however few the centres are, and their acceptance says whether those were enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from formix.engines.marginal.centres import centres_of, nearest, told
from formix.engines.marginal.chains import WARMUP, Shape, blocks, starts, walk
from formix.engines.marginal.dense import joined, split
from formix.engines.marginal.density import marginal
from formix.engines.marginal.drawn import Drawn, Quality
from formix.engines.marginal.pareto import importance_ess, smoothed
from formix.engines.marginal.patterns import PatternElimination
from formix.engines.marginal.proposing import GATE, around_modes
from formix.engines.marginal.recovery import (
    inner_normals,
    normals_needed,
    sites,
    standardised,
)
from formix.engines.marginal.stand_in import stand_in
from formix.engines.marginal.streams import of_chain
from formix.engines.marginal.whole import Whole, whole
from formix.engines.moments import Moments, added

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int

    from formix.engines.marginal.coordinates import Scales
    from formix.engines.marginal.density import Marginal
    from formix.engines.marginal.plan import Plan
    from formix.engines.marginal.proposals import Mixture
    from formix.engines.marginal.stand_in import StandIn

    Places = tuple[Int[np.ndarray, " draw"], ...]

_CENTRES = (48, 144)
"""How many centres share out the draws; more where the first are too few."""

_JUDGED = 150
"""Draws of each chain, at least, by which it is judged whether centres are enough."""

_AT_ONCE = 32
"""Draws of one centre made at once, always as many: the same draw is rounded alike in any run."""


def shared(given: Marginal, plan: Plan) -> Drawn | None:
    """Return chains whose draws share factors; nothing where they do not fit.

    They begin with the draws that an earlier run has returned; moments are of the others only.
    """
    changed = stand_in(given.structure)
    of = marginal(changed.structure) if changed.places else given
    proposal, modes = around_modes(of, thorough=False)
    elimination = of.algebra.elimination
    if not isinstance(elimination, PatternElimination):
        return None
    everything = whole(of)
    for count in (plan.centres,) if plan.centres else _CENTRES:
        places = centres_of(proposal, count, plan.seed)
        table = _Table(of, elimination, everything, changed, proposal, places, plan)
        log_weights = table.filled()
        # The first ones alone choose, as they are the same however many draws there are.
        parts = (log_weights[:, 1 : WARMUP + _JUDGED + 1], log_weights[:, 1:])
        flat = parts[-1].ravel()
        k_hat = max(smoothed(part.ravel())[1] for part in parts)
        if k_hat < GATE:
            ess = importance_ess(flat)
            quality = Quality(k_hat, ess, flat.size, 0, modes, "independence", 1, count)
            return table.chains(log_weights, quality)
    return None


def log_determinants(
    factors: Float[np.ndarray, "point effect effect"],
) -> Float[np.ndarray, " point"]:
    """Return the log determinants of factors of covariances."""
    return np.sum(np.log(np.diagonal(factors, axis1=1, axis2=2)), axis=1)


class _Table:
    """Every proposal of every chain, filled in centre by centre; the first of each is its start."""

    def __init__(
        self,
        of: Marginal,
        elimination: PatternElimination,
        everything: Whole,
        changed: StandIn,
        proposal: Mixture,
        centres: np.ndarray,
        plan: Plan,
    ) -> None:
        self.of, self.whole, self.changed = of, everything, changed
        self.elimination = elimination
        self.told = told(of, centres)
        self.plan, self.summarised = plan, plan.summarised(of.structure)
        self.shape = shape = Shape(plan.chains, max(plan.before + plan.draws, _JUDGED), 1)
        streams = [of_chain(plan.seed, chain) for chain in range(shape.chains)]
        first = starts(proposal, streams)
        by_chain = [list(blocks(proposal, own, shape.steps)) for own in streams]
        drawn = np.stack([np.concatenate(mine)[: shape.steps] for mine in by_chain])
        self.points = np.concatenate([first[:, None], drawn], axis=1)
        flat = self.points.reshape(-1, of.size)
        logs = [np.concatenate([proposal.log_density(x) for x in mine]) for mine in by_chain]
        logs = np.stack(logs)[:, : shape.steps]
        self.log_proposal = np.column_stack([proposal.log_density(first), logs])
        inverse = np.linalg.inv(proposal.components[0].root)
        place = nearest(flat @ inverse.T, centres @ inverse.T)
        self.nearest = place.reshape(self.points.shape[:2])
        self.centres = centres
        leading = self.points.shape[:2]
        kept = plan.kept(of.structure)
        self.values = {site: np.empty((*leading, *one)) for site, one in kept.items()}
        self.log_density = np.full(leading, -np.inf)
        self.keep = self._store

    def filled(self) -> Float[np.ndarray, "chain step"]:
        """Return the log weight of every proposal, everything drawn on the way."""
        log_weights = self._fill(np.ones(self.points.shape[:2], dtype=bool))
        outside = np.any((self.points < 0.0) & self.of.coordinates.folded, axis=2)
        return np.where(np.isfinite(log_weights) & ~outside, log_weights, -np.inf)

    def _fill(self, wanted: Bool[np.ndarray, "chain step"]) -> Float[np.ndarray, "chain step"]:
        log_weights = np.full(wanted.shape, -np.inf)
        # Far out, exponentials overflow; such proposals have no weight.
        with np.errstate(all="ignore"):
            for k, centre in enumerate(self.centres):
                # By step, then by chain: more draws come after these.
                mine = np.argwhere(np.equal(self.nearest.T, k) & wanted.T)[:, ::-1]
                if len(mine):
                    log_weights[tuple(mine.T)] = self._of_centre(centre, mine)
        return log_weights

    def _of_centre(
        self, centre: np.ndarray, mine: Int[np.ndarray, "draw two"]
    ) -> Float[np.ndarray, " draw"]:
        at = self.of.coordinates.scales(self.of.coordinates.inside(centre[None]))
        _, found, _ = self.of.factored(at)
        answer = np.empty(len(mine))
        for start in range(0, len(mine), _AT_ONCE):
            some = mine[start : start + _AT_ONCE]
            count = len(some)
            some = np.concatenate([some, np.repeat(some[-1:], _AT_ONCE - count, axis=0)])
            normals = np.stack([self._normals(int(chain), int(step)) for chain, step in some])
            made = self._made(at, found.lower[0], tuple(some.T), normals)
            answer[start : start + count] = made[:count] - float(found.log_pivots[0])
        return answer

    def _normals(self, chain: int, step: int) -> Float[np.ndarray, " normal"]:
        """Return the standard normals of one proposal, whatever the order they are asked for."""
        key = np.random.SeedSequence([self.plan.seed, chain + 1, step])
        return np.random.Generator(np.random.Philox(key)).standard_normal(normals_needed(self.of))

    def _made(
        self,
        at: Scales,
        lower: Float[np.ndarray, "column column"],
        place: Places,
        normals: Float[np.ndarray, "draw normal"],
    ) -> Float[np.ndarray, " draw"]:
        """Keep the proposals that normals make, and return their log weights but for the pivots."""
        of, algebra = self.of, self.of.algebra
        scales = of.coordinates.scales(of.coordinates.inside(self.points[place]))
        precision = of.precision(scales)
        solved = algebra.layout.solved
        right = lower[-1, :-1] + normals[:, :solved]
        unknowns = solve_triangular(lower[:-1, :-1].T, right.T, check_finite=False).T
        *left, g = split(unknowns, algebra.layout)
        effects: dict[int, np.ndarray] = {}
        logs = 0.5 * np.square(normals).sum(axis=1) + 0.5 * normals.shape[1] * np.log(2.0 * np.pi)
        for u, (f, levels, _) in zip(left, algebra.layout.groups, strict=True):
            factor = scales.factors[f]
            if f in self.told:
                # Effects are drawn as at the centre; the density is of standardised ones.
                factor = at.factors[f]
                logs -= levels * (log_determinants(scales.factors[f]) - log_determinants(factor))
            effects[f] = u @ np.swapaxes(factor, 1, 2)
        conditional = self.elimination.conditional(scales.factors, precision)
        x = joined([effects[f] for f, _, _ in algebra.layout.groups], g)
        inner = conditional.effects(x, inner_normals(of, normals[:, solved:]))
        effects |= {f: np.swapaxes(r, 1, 2) for f, r in zip(algebra.eliminated, inner, strict=True)}
        logs -= 0.5 * conditional.log_determinant
        in_order = [effects[f] for f in range(len(algebra.sizes))]
        logs += self._kept(place, scales, precision, in_order, g)
        return logs - self.log_proposal[place]

    def _kept(
        self,
        place: Places,
        scales: Scales,
        precision: Float[np.ndarray, " draw"],
        effects: list[np.ndarray],
        g: Float[np.ndarray, "draw coef"],
    ) -> Float[np.ndarray, " draw"]:
        """Keep what is drawn, and return the log density of everything."""
        common = self.of.algebra.common
        standard = [standardised(r, L) for r, L in zip(effects, scales.factors, strict=True)]
        logs = self.whole.log_density(scales, precision, effects, standard, g)
        logs += self.changed.log_ratio(self.of, g)
        jacobian = float(np.sum(np.log(np.diag(common.R))))
        beta = common.beta(g)
        beside = self.of.log_beside(scales, beta, effects)
        log_density = logs - scales.log_slope + jacobian - beside
        self.keep(place, sites(self.of, scales, beta, effects), log_density)
        return logs

    def _store(
        self, place: Places, found: dict[str, np.ndarray], log_density: Float[np.ndarray, " draw"]
    ) -> None:
        self.log_density[place] = log_density
        for site, values in self.values.items():
            values[place] = found[site]

    def _moments(self, stood: Int[np.ndarray, "chain step"]) -> dict[str, Moments]:
        """Return the moments of what is not kept: everything is made again, and added up.

        Parameters
        ----------
        stood
            At how many of the new draws a chain stood at each proposal.
        """
        total: dict[str, Moments] = {}

        def add(place: Places, found: dict[str, np.ndarray], _: object) -> None:
            # A last proposal is repeated to fill a batch, and counts once.
            repeated = np.all(np.diff(np.stack(place)) == 0, axis=0)
            times = stood[place] * np.concatenate([[True], ~repeated])
            added(total, {site: found[site] for site in self.summarised}, times)

        self.keep = add
        self._fill(stood > 0)
        return total

    def chains(self, log_weights: Float[np.ndarray, "chain step"], quality: Quality) -> Drawn:
        """Return the chains that walk through the proposals."""
        acceptance: list[np.ndarray] = []
        stood = np.zeros(log_weights.shape, dtype=np.int64)
        for chain in range(self.shape.chains):
            own = of_chain(self.plan.seed, chain)
            places, accepted = walk(log_weights[chain], np.log(own.accept.random(self.shape.steps)))
            acceptance.append(accepted[WARMUP:])
            new = slice(WARMUP + self.plan.before, WARMUP + self.plan.before + self.plan.draws)
            np.add.at(stood[chain], places[new], 1)
            for step in range(self.shape.steps, WARMUP, -1):
                # A chain stands where it was or moves on: what is overwritten is needed no more.
                stands = int(places[step - 1])
                for values in (*self.values.values(), self.log_density):
                    values[chain, step] = values[chain, stands]
        kept = slice(WARMUP + 1, None)
        return Drawn(
            {site: values[:, kept] for site, values in self.values.items()},
            self.log_density[:, kept],
            np.stack(acceptance),
            quality,
            self._moments(stood) if self.summarised else {},
        )
