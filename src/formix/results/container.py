"""The ArviZ door: the container of ArviZ 0.x, and what either compares models and priors by."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from formix.results.groups import Groups, tree
from formix.results.inference import ARVIZ_1

if TYPE_CHECKING:
    from jaxtyping import Float

if TYPE_CHECKING:
    InferenceData: Any
    ELPDData: Any
    ELPDDataLOOKFold: Any
    psens: Any
    psense: Any
elif ARVIZ_1:
    from arviz import ELPDDataLOOKFold, psense
else:
    with warnings.catch_warnings():
        # Its daily notice of its own next version is not about the user's model.
        warnings.simplefilter("ignore", FutureWarning)
        from arviz import InferenceData, psens
        from arviz.stats import ELPDData


def container(found: Groups) -> Any:
    """Return groups as an `arviz.InferenceData`."""
    with warnings.catch_warnings():
        # Older 0.x do not know `log_prior`, and none knows `sampler_state`.
        warnings.filterwarnings("ignore", message=".*not defined in the InferenceData scheme")
        return InferenceData(attrs=dict(found.attributes), **dict(found.datasets))


def elpd_data(
    elpd: xr.DataArray, p: xr.DataArray, se: float, samples: int, folds: int, *, warning: bool
) -> Any:
    """Return the result of a cross-validation as ArviZ compares it.

    ArviZ 0.x has none for folds: it is then one for `loo`, of which the names of 1.x tell the
    numbers too.

    Parameters
    ----------
    elpd, p
        Of each unit that was left out: its log predictive density, and how much more it would have
        been with the unit.
    """
    said = {"n_samples": samples, "n_data_points": elpd.size, "scale": "log", "warning": warning}
    total, more = float(elpd.sum()), float(p.sum())
    if ARVIZ_1:
        return ELPDDataLOOKFold(
            elpd=total, se=se, p=more, good_k=None, elpd_i=elpd, n_folds=folds, p_kfold_i=p, **said
        )
    numbers = {"elpd_loo": total, "se": se, "p_loo": more, **said, "loo_i": elpd}
    others = {"elpd": total, "p": more, "elpd_i": elpd, "p_kfold_i": p, "n_folds": folds}
    return ELPDData({**numbers, **others}, dtype=object)


def power_scaling(
    draws: Float[np.ndarray, "chain draw parameter"], log_density: Float[np.ndarray, "chain draw"]
) -> Float[np.ndarray, " parameter"]:
    """Return how far each parameter's distribution moves where a part of the density is scaled.

    It is ArviZ's diagnostic: the part is the prior or the likelihood, raised to powers about 1.
    """
    sample = ("chain", "draw")
    posterior = xr.Dataset({"x": ((*sample, "parameter"), draws)})
    # What draws have been made from does not matter to it: as a prior each of them is one number.
    part = xr.Dataset({"part": (sample, log_density)})
    found = Groups({"posterior": posterior, "log_prior": part})
    moved = psense(tree(found)) if ARVIZ_1 else psens(container(found))
    return np.asarray(moved["x"].to_numpy(), dtype=np.float64)
