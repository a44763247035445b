"""Warm-up: chains settle, and their steps and widths are learnt by all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.engines.decline import Decline
from formix.engines.whitened.leaps import LENGTH, SHORTEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from jaxtyping import Float

    from formix.engines.whitened.mode import Mode
    from formix.engines.whitened.plan import Plan
    from formix.engines.whitened.walk import Place, Walk

    Cloud = Float[np.ndarray, "chain coordinate"]
    Widths = Float[np.ndarray, " coordinate"]

SETTLE, LEARN = 12, 10
"""Steps before the widths are learnt, and after."""

_HEARD = 6
"""Of the first, the last so many tell the widths."""

_BOLD = 7.0
"""The first stride, times the fourth root of how many coordinates there are."""

_WIDER = 1.5
"""How far apart superchains start, in the widths of the normal approximation."""

_TRIES = 40

_CHANCE = 3.0
"""The variance of a variance's logarithm, times the draws that tell it: 2, if those are
independent, and somewhat more as they are not."""

_FAR = 2.5
"""Standard deviations that a variance's logarithm is off by chance at most, as far as it is taken
for chance."""

_TRUSTED = 12.0
"""Draws that the widths of the normal approximation count as."""


@dataclass(frozen=True, eq=False)
class Tuned:
    """Chains that have settled: what their programs are given, where they are, and their stride."""

    given: Any
    place: Place
    stride: float

    def centre(self) -> Float[np.ndarray, " coordinate"]:
        """Return the mean of the scales' coordinates over the chains."""
        middle = self.place.x[:, : len(self.given["centre"])].mean(axis=0)
        return self.given["centre"] + self.given["root"] @ middle


class TooShort(Decline):
    """Trajectories are accepted only where their steps are very short.

    Parameters
    ----------
    state
        Where the chains are by then.
    """

    def __init__(self, state: Tuned) -> None:
        super().__init__("its trajectories are accepted only where their steps are very short")
        self.state = state


def tuned(walk: Walk, mode: Mode, plan: Plan, attempt: int, tell: Callable[[int], None]) -> Tuned:
    """Return chains that have settled.

    Parameters
    ----------
    attempt
        Of the random numbers.
    tell
        Is told how many steps are done.

    Raises
    ------
    Decline
        If they find no place.
    TooShort
        If their strides become so.
    """
    generator = np.random.default_rng([plan.seed, 1, attempt])
    sampled = len(mode.point)
    given = mode.given | {"centre": mode.point, "root": mode.root}
    place = _begun(walk, given, plan, generator)
    state = Tuned(given, place, min(_BOLD * walk.size**-0.25, LENGTH))
    gains = 1.0 / (1.0 + np.arange(SETTLE)) ** 0.6
    heard: list[np.ndarray] = []
    for part in np.split(gains, range(SETTLE - _HEARD, SETTLE)):
        state, _ = settled(walk, state, generator, plan, part)
        heard.append(state.place.x)
        tell(SETTLE - _HEARD + len(heard) - 1)
    state = learnt(walk, state, np.concatenate(heard[1:]), sampled)
    gains = 1.0 / (1.0 + np.arange(LEARN)) ** 0.6
    state, strides = settled(walk, state, generator, plan, gains)
    tell(SETTLE + LEARN)
    # The mean of the later ones, as in dual averaging: single ones follow the last acceptance.
    stride = float(np.exp(np.mean(np.log(strides[LEARN // 2 :]))))
    return Tuned(state.given, state.place, stride)


def settled(
    walk: Walk, state: Tuned, generator: np.random.Generator, plan: Plan, gains: np.ndarray
) -> tuple[Tuned, np.ndarray]:
    """Return the state after as many steps as there are gains, and the strides of those.

    Raises
    ------
    TooShort
        If they become so.
    """
    place, stride, used = state.place, state.stride, np.zeros(0)
    for start in range(0, len(gains), walk.most):
        part = gains[start : start + walk.most]
        drawn = walk.moves([generator] * len(part)) | {"gains": part}
        place, stride, record = walk.moved(place, stride, drawn, state.given, plan.target_accept)
        used = np.append(used, record.stats["step_size"][:, 0])
        if stride <= SHORTEST:
            raise TooShort(Tuned(state.given, place, stride))
    return Tuned(state.given, place, stride), used


def _begun(walk: Walk, given: Any, plan: Plan, generator: np.random.Generator) -> Place:
    """Return chains at dispersed points, those of a superchain at one."""
    sampled = len(given["centre"])
    points = np.zeros((plan.chains, walk.size))
    good = np.zeros(plan.chains, dtype=bool)
    for attempt in range(_TRIES):
        fresh = generator.standard_normal((plan.chains, walk.size))
        fresh[:, :sampled] *= _WIDER
        # From far out there may be no density: then ever closer to the mode.
        points = np.where(good[:, None], points, fresh * 0.8**attempt)
        x = np.repeat(points, plan.short, axis=0)
        place = walk.found(x, given)
        finite = np.isfinite(place.known.value) & np.isfinite(place.slope).all(axis=1)
        good = finite.reshape(plan.chains, -1).all(axis=1)
        if good.all():
            return place
    raise Decline("no points of positive density were found to start from")


def learnt(walk: Walk, state: Tuned, heard: Cloud, sampled: int) -> Tuned:
    """Return the chains in coordinates whose widths are those of what was heard."""
    count = len(heard)
    x = state.place.x
    given = dict(state.given)
    scales, z = heard[:, :sampled], heard[:, sampled:]
    middle = scales.mean(axis=0)
    apart = (scales - middle).T @ (scales - middle)
    covariance: np.ndarray = (apart + _TRUSTED * np.eye(sampled)) / (count + _TRUSTED)
    root = np.linalg.cholesky(covariance)
    given["centre"] = state.given["centre"] + state.given["root"] @ middle
    given["root"] = state.given["root"] @ root
    widths = shrunk((count * z.var(axis=0) + _TRUSTED) / (count + _TRUSTED), count)
    given["widths"] = state.given["widths"] * widths
    moved = np.empty_like(x)
    moved[:, sampled:] = x[:, sampled:] / widths
    if sampled:
        moved[:, :sampled] = np.linalg.solve(root, np.transpose(x[:, :sampled] - middle)).T
    place = walk.found(moved, given)
    return Tuned(given, place, state.stride)


def shrunk(variances: Widths, count: int) -> Widths:
    """Return the widths of many variances, each of so many draws, drawn together.

    As far as they differ by no more than chance makes variances of so many draws differ, they are
    taken for one: a width that is off by chance costs more draws than it is worth to learn it.
    """
    if not len(variances):
        return variances
    chance = _CHANCE / count
    off = np.log(variances)
    middle = float(np.median(off))
    off = off - middle
    apart = float(np.mean(np.square(off)))
    lost = off * min(1.0, chance / max(apart, chance))
    # One among thousands that is wide keeps its width all the same.
    most = _FAR * np.sqrt(chance)
    return np.exp(0.5 * (middle + off - np.clip(lost, -most, most)))
