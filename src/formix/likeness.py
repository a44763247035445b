"""What tells one model's likelihood from another's: so that estimates are not taken for others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.spec import Block, Spec

    Term = tuple[frozenset[str], frozenset[str], str]

_TOLERANCE = 1e-9
"""What rounding may change of a sum, as a share of what it could be."""


@dataclass(frozen=True, eq=False)
class Likeness:
    """What is known of a model and its data without keeping them.

    Parameters
    ----------
    family, link
        Of the response.
    rows
        How many observations there are.
    groups
        Each group's effects, and which pairs of them are correlated and how, whatever the order in
        which they are written.
    sums
        Sums over the rows that no order of rows changes, and the largest that each could be.
    """

    family: str
    link: str
    rows: int
    groups: frozenset[Term]
    sums: Float[np.ndarray, "sum 2"]


def likeness(spec: Spec) -> Likeness:
    """Return what tells a model from others."""
    return Likeness(
        spec.family.name,
        spec.predictors[0].link.name,
        len(spec.response.values),
        frozenset(term for block in spec.blocks for term in _terms(block)),
        np.array([*_sums(spec)]),
    )


def unlike(one: Likeness, other: Likeness) -> str:
    """Return what one model has and another has not, in words; nothing where they are alike."""
    if (one.family, one.link) != (other.family, other.link):
        return (
            f"its response is {one.family} with the {one.link} link, and that of the fit "
            f"{other.family} with the {other.link} link"
        )
    for mine, theirs, what in (
        (one.groups, other.groups, "not in the fit"),
        (other.groups, one.groups, "in the fit alone"),
    ):
        lacking = sorted((len(names), _named(by, names)) for by, names, _ in mine - theirs)
        if lacking:
            return f"{lacking[0][1]} is {what}"
    if one.rows != other.rows:
        return f"it has {one.rows} rows, and the fit {other.rows}"
    same = one.sums.shape == other.sums.shape and bool(
        np.all(np.abs(one.sums - other.sums)[:, 0] <= _TOLERANCE * other.sums[:, 1])
    )
    return "" if same else "its data are not those of the fit"


def _terms(block: Block) -> Iterator[Term]:
    factors, names = frozenset(block.factors), [effect.column.r for effect in block.effects]
    how = block.covariance if block.structure.correlated else ""
    for place, name in enumerate(names):
        yield factors, frozenset([name]), ""
        if how:
            yield from ((factors, frozenset([name, other]), how) for other in names[:place])


def _named(factors: frozenset[str], effects: frozenset[str]) -> str:
    kind = "cor" if len(effects) > 1 else "sd"
    return f"`{kind}({', '.join(sorted(effects))} | {':'.join(sorted(factors))})`"


def _sums(spec: Spec) -> Iterator[tuple[float, float]]:
    y, main = np.asarray(spec.response.values, dtype=np.float64), spec.predictors[0]
    # The order in which terms are written does not change a model.
    order = sorted(range(len(main.columns)), key=lambda j: main.columns[j].r)
    columns = [np.ones(len(y)), y, *(main.X[:, j] for j in order)]
    columns += [] if main.offset is None else [main.offset]
    columns += [x for _, x in sorted(spec.response.known.items())]
    for x in columns:
        for other in (y, x):
            # Bounds may be infinite, and what is not known is NaN.
            with np.errstate(invalid="ignore"):
                products = np.nan_to_num(x * other, posinf=1.0, neginf=-1.0)
            yield float(products.sum()), float(np.abs(products).sum())
    found: dict[tuple[tuple[str, ...], str], tuple[float, float]] = {}
    for block in spec.blocks:
        index = block.index.reshape(len(y), -1)
        for effect, z in zip(block.effects, block.Z.T, strict=True):
            weights = np.repeat(y * z, index.shape[1])
            by, most = (np.bincount(index.ravel(), w) for w in (weights, np.abs(weights)))
            key = tuple(sorted(block.factors)), effect.column.r
            found[key] = float(by @ by), float(most @ most)
    yield from (found[key] for key in sorted(found))
