"""What a fit answers at some rows: each with its groups' effects, or their average."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from formix.errors import UnsupportedError
from formix.fresh import fresh_levels
from formix.prediction import check_drawable, chunks, taken
from formix.verbs.predicted import CHUNK, Predictions

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from formix.spec import Block, Spec

_HELD = 20_000_000
"""Averages over levels that are held at once, so that rows that are alike have them once."""

Rows = Iterator[tuple[slice, "Float[np.ndarray, 'sample obs *level']"]]


@dataclass(frozen=True, eq=False)
class Answers:
    """What a fit answers at some rows, some of them after another."""

    of: Predictions
    levels: int

    @property
    def kept(self) -> Int[np.ndarray, " row"]:
        """The places of the rows that have every value that is needed."""
        return self.of.rows.kept

    @property
    def total(self) -> int:
        """How many rows there are."""
        return len(self.of.rows.rows)

    def made(self) -> Rows:
        """Yield draws at some of the rows that are kept after another."""
        if not self.levels:
            yield from self.of.made()
            return
        samples = self.of.chains * len(self.of.places)
        first, place = _distinct(self.of.rows.spec)
        if samples * len(first) > _HELD:
            for part, spec in chunks(self.of.rows, samples * self.levels, CHUNK):
                yield part, self._integrated(spec)
            return
        # Whichever their level is, rows that are alike have one answer.
        some = replace(self.of.rows, spec=taken(self.of.rows.spec, first), kept=first)
        each = [self._integrated(spec) for _, spec in chunks(some, samples * self.levels, CHUNK)]
        whole = np.concatenate(each, axis=1)
        step = max(1, CHUNK // samples)
        for start in range(0, len(place), step):
            part = slice(start, min(start + step, len(place)))
            yield part, whole[:, place[part]]

    def _integrated(self, spec: Spec) -> Float[np.ndarray, "sample obs *level"]:
        """Return the averages over new levels at the rows of a spec."""
        wide = _repeated(spec, self.levels)
        found = self.of.at(wide, self._values, np.random.default_rng(self.of.seed))
        rows = len(spec.response.values)
        return np.mean(found.reshape(len(found), rows, self.levels, *found.shape[2:]), axis=2)

    @cached_property
    def _values(self) -> dict[str, Float[np.ndarray, ...]]:
        return self.of.values | self._effects

    @cached_property
    def _effects(self) -> dict[str, Float[np.ndarray, "sample level effect"]]:
        """Effects of the new levels, by site: in pairs u and -u, so that their mean is exact."""
        found: dict[str, np.ndarray] = {}
        for number, blocks in enumerate(self.of.model.spec.groups):
            for block in blocks:
                _check(block, self.of.model.spec.text)
            fresh = fresh_levels(blocks, self.of.values, (self.of.seed, number))
            half = fresh.effects(np.arange(self.levels // 2))
            found[fresh.site] = np.concatenate([half, -half], axis=1)
        return found


def _check(block: Block, text: str) -> None:
    """Refuse to average over new levels of a group whose effects at a row are not those of one.

    Raises
    ------
    UnsupportedError
        By the block.
    """
    if block.varying.members > 1:
        raise UnsupportedError(
            f"new levels of `{block.group}` cannot be averaged over: a row belongs to several",
            text=text,
            span=block.span,
            hint='groups="none" takes their effects to be 0',
        )
    check_drawable(block, text)


def _repeated(spec: Spec, levels: int) -> Spec:
    """Return the spec with each row once for every new level, rows slowest."""
    rows = len(spec.response.values)
    wide = taken(spec, np.repeat(np.arange(rows), levels))
    index = np.tile(np.arange(levels), rows)
    return replace(wide, blocks=tuple(replace(b, index=index) for b in wide.blocks))


def _distinct(spec: Spec) -> tuple[Int[np.ndarray, " row"], Int[np.ndarray, " obs"]]:
    """Return the first of the rows that are alike but for their levels, and each row's place."""
    parts = [p.X for p in spec.predictors] + [b.Z for b in spec.blocks]
    parts += [p.offset[:, None] for p in spec.predictors if p.offset is not None]
    parts += [x.reshape(len(x), -1) for x in spec.response.known.values()]
    _, first, place = np.unique(np.hstack(parts), axis=0, return_index=True, return_inverse=True)
    return first, place.ravel()
