"""Which columns of a matrix depend on earlier ones, by R's rule.

References
----------
Becker, Chambers and Wilks, *The New S Language*, 1988: `qr` with limited column pivoting, LINPACK's
dqrdc as R changed it, tolerance 1e-7.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

if TYPE_CHECKING:
    from jaxtyping import Float

TOLERANCE = 1e-7
"""A column depends on earlier ones when what they leave of it is below this part of its length."""

_WIDE = 500


def triangle(chunks: Iterable[Float[np.ndarray, "rows col"]], width: int) -> np.ndarray:
    """Return the triangular factor of the matrix whose rows come in chunks."""
    waiting = iter(chunks)
    upper = _stacked(np.zeros((0, width)), next(waiting, np.zeros((0, width))))
    second = next(waiting, None)
    if second is None:
        return upper
    # On narrow matrices the threads of BLAS wait for one another longer than they work.
    with threadpool_limits(1 if width < _WIDE else None, user_api="blas"):
        for chunk in chain([second], waiting):
            upper = _stacked(upper, chunk)
    return upper


def _stacked(upper: np.ndarray, chunk: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.qr(np.vstack([upper, chunk]), mode="r"))


def independent(upper: Float[np.ndarray, "row col"], tolerance: float = TOLERANCE) -> np.ndarray:
    """Return which columns are kept: a truth value each, the latest dependent ones left out.

    A column whose part outside the span of those before it is shorter than `tolerance` times its
    own length is moved to the end, as R's `qr` does; lme4 drops those.

    Examples
    --------
    >>> x = np.array([[1.0, 2.0, 3.0], [1.0, 4.0, 5.0], [1.0, 5.0, 6.0]])
    >>> independent(x)
    array([ True,  True, False])
    """
    rest = np.array(upper, dtype=np.float64)
    rows, width = rest.shape
    length = np.linalg.norm(rest, axis=0)
    length[length == 0] = 1.0
    keep = np.zeros(width, dtype=bool)
    row = 0
    for j in range(width):
        if row == rows:
            break
        tail = rest[row:, j]
        size = float(np.linalg.norm(tail))
        if size < tolerance * length[j]:
            continue
        keep[j] = True
        # A Householder reflection that leaves only the first entry of this column.
        mirror = tail.copy()
        mirror[0] += np.copysign(size, mirror[0])
        later = rest[row:, j + 1 :]
        later -= np.outer(mirror, (2 / (mirror @ mirror)) * (mirror @ later))
        row += 1
    return keep
