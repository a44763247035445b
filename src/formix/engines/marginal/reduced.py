"""What is left of a model after groups whose levels are independent have been eliminated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float

    Factors = Sequence[Float[np.ndarray, "point effect effect"]]
    Effects = Float[np.ndarray, "point effect level"]
    Left = Float[np.ndarray, "point column"]
    Precision = Float[np.ndarray, " point"]


@dataclass(frozen=True, eq=False)
class Reduced:
    """A quadratic form in what is left, and the way back to what was eliminated.

    Parameters
    ----------
    form
        Over the effects left, in the data's units, then the columns of Q, then the residual,
        whose coefficient is -1.
    log_determinant
        Of the eliminated effects' precision, in units of their prior's.
    effects
        `(what is left, standard normals a group) -> effects a group`.
    normals
        Its inverse: `(what is left, effects a group) -> standard normals a group`.
    """

    form: Float[np.ndarray, "point column column"]
    log_determinant: Float[np.ndarray, " point"]
    effects: Callable[[Left, Sequence[Effects]], list[Effects]]
    normals: Callable[[Left, Sequence[Effects]], list[Effects]]


class Elimination(Protocol):
    """Eliminates some groups, the innermost first; `left` are the others.

    `cost` is how many numbers a point takes in memory.
    """

    @property
    def eliminated(self) -> tuple[int, ...]:
        """The groups that it eliminates, in order."""
        ...

    @property
    def left(self) -> tuple[int, ...]:
        """The groups that are left."""
        ...

    @property
    def cost(self) -> int:
        """How many numbers a point takes in memory."""
        ...

    def reduce(self, factors: Factors, precision: Precision) -> Reduced:
        """Return what is left, given every group's factor and the noise's precision."""
        ...
