"""The rows that a fit was made with: what its draws say of each, some rows after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from formix.linear import family_parameters
from formix.prediction import SAMPLE, chunks, new_rows
from formix.results.datasets import row_coordinates
from formix.results.names import coordinate
from formix.results.sample import sample
from formix.verbs.answered import row_index
from formix.verbs.arguments import check_sampling
from formix.verbs.estimates import estimates
from formix.verbs.model import model as model_of
from formix.verbs.predicted import MEAN, Predictions
from formix.verbs.redraw import fit_seed
from formix.verbs.table import Table
from formix.verbs.varying import picked

if TYPE_CHECKING:
    import pandas as pd
    from jaxtyping import Float

    from formix.families import Family
    from formix.spec import Spec

    Array = Float[np.ndarray, "sample obs *level"]
    Given = tuple[
        Mapping[str, Callable[..., Any]] | None, Mapping[str, object] | None, Family | None
    ]

_CHUNK = 2_000_000
"""Numbers made at once: bounds the memory, not the answer."""


@dataclass(frozen=True, eq=False)
class OwnRows:
    """The rows of a fit, and the draws that are used.

    Parameters
    ----------
    made
        What would be predicted there.
    """

    made: Predictions

    @property
    def spec(self) -> Spec:
        """The model, with only the group-level effects that take part."""
        return self.made.rows.spec

    @property
    def samples(self) -> int:
        """How many draws are used, of all chains together."""
        return self.made.chains * len(self.made.places)

    def parts(self) -> Iterator[tuple[slice, Spec, dict[str, Array]]]:
        """Yield some rows after another: where they are, the model and the family's parameters."""
        wide = max(1, len(self.spec.response.levels))
        for part, spec in chunks(self.made.rows, self.samples * wide, _CHUNK):
            yield part, spec, family_parameters(spec, self.made.values)

    def by_chain(self, values: np.ndarray) -> np.ndarray:
        """Return values by sample as values by chain and draw."""
        return values.reshape(self.made.chains, len(self.made.places), *values.shape[1:])

    def sample_coordinates(self) -> dict[str, np.ndarray]:
        """Return the labels of the chains and draws that are used."""
        posterior = self.made.drawn.found["posterior"]
        return {
            "chain": posterior["chain"].to_numpy(),
            "draw": posterior["draw"].to_numpy()[self.made.places],
        }


def own_rows(
    fit: object,
    given: Given,
    *,
    groups: object = "all",
    draws: int | None = None,
    seed: int | None = None,
) -> OwnRows:
    """Return the rows of a fit.

    Parameters
    ----------
    given
        The user's own functions, priors and family.
    groups, draws
        Which group-level effects take part, and how many draws are used.
    seed
        Of the random numbers; the fit's own where it is None.
    """
    check_sampling(draws, seed)
    drawn = sample(fit, "posterior")
    functions, priors, family = given
    built = model_of(fit, functions=functions, priors=priors, family=family)
    chosen = picked(groups, built.spec.blocks)
    made = Predictions(
        model=built,
        rows=new_rows(built, None, chosen, SAMPLE),
        drawn=drawn,
        kind=MEAN,
        draws=draws,
        seed=fit_seed(drawn) if seed is None else seed,
        varying=any(np.any(some) for some in chosen.values()),
    )
    return OwnRows(made)


def row_table(rows: OwnRows, parts: Iterator[tuple[slice, Array]], prob: float) -> pd.DataFrame:
    """Return mean, sd and interval by row, and by level where there is a number for each."""
    columns: dict[str, list[np.ndarray]] = {}
    wide = False
    for _, values in parts:
        wide = values.ndim > 2
        for name, column in estimates(values[None], prob).items():
            columns.setdefault(name, []).append(column)
    levels = [str(level) for level in rows.spec.response.levels] if wide else []
    index = row_index(rows.made.rows, levels)
    return Table({name: np.concatenate(some) for name, some in columns.items()}, index=index)


def row_draws(rows: OwnRows, parts: Iterator[tuple[slice, Array]], name: str) -> xr.DataArray:
    """Return draws by row, and by level where there is a number for each."""
    values = rows.by_chain(np.concatenate([values for _, values in parts], axis=1))
    dims = ["chain", "draw", "obs"]
    coordinates = {**rows.sample_coordinates(), "obs": coordinate(rows.made.rows.rows)}
    if values.ndim > 3:
        dims.append("level")
        coordinates["level"] = coordinate(tuple(map(str, rows.spec.response.levels)))
    labels = row_coordinates(rows.made.rows.levels, set(dims))
    return xr.DataArray(values, coords=coordinates | labels, dims=dims, name=name)
