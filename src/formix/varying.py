"""The noun of what is said of a group beyond its effects' covariance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float, Int


@dataclass(frozen=True, eq=False)
class Varying:
    """How the levels of a group vary: what `gr()` and `mm()` say, as the data have it.

    Parameters
    ----------
    by, by_levels, by_of
        The factor each of whose levels has a covariance of its own; its levels; the place among
        them of each level of the group.
    matrix, root
        The name of the matrix of known relations among levels, and its lower factor, in the
        levels' order; no factor for new data.
    student
        Whether effects are of a t distribution, of `df_<group>` degrees of freedom.
    sum_to_zero
        Whether the effects of all levels sum to zero.
    members
        How many levels a row belongs to: then its index has a column for each.
    weights
        How much each of them counts; nothing where all count the same, and the row is their mean.
    """

    by: str = ""
    by_levels: tuple[str | int | float | bool, ...] = ()
    by_of: Int[np.ndarray, " level"] | None = None
    matrix: str = ""
    root: Float[np.ndarray, "level level"] | None = None
    student: bool = False
    sum_to_zero: bool = False
    members: int = 1
    weights: Float[np.ndarray, "obs member"] | None = None

    @property
    def beyond(self) -> str:
        """Why effects are not rows of normals, one a level, independent and all alike."""
        if self.student:
            return "its effects are of a t distribution"
        if self.by:
            return f"its covariance differs by {self.by}"
        if self.sum_to_zero:
            return "its effects sum to zero"
        return "its rows belong to several levels" if self.members > 1 else ""
