"""The ArviZ door: the container of ArviZ 0.x. With 1.x it is xarray's, and none is needed."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from formix.results.inference import ARVIZ_1

if TYPE_CHECKING:
    from formix.results.groups import Groups

if TYPE_CHECKING:
    InferenceData: Any
elif not ARVIZ_1:
    with warnings.catch_warnings():
        # Its daily notice of its own next version is not about the user's model.
        warnings.simplefilter("ignore", FutureWarning)
        from arviz import InferenceData


def container(found: Groups) -> Any:
    """Return groups as an `arviz.InferenceData`."""
    with warnings.catch_warnings():
        # Older 0.x do not know `log_prior`, and none knows `sampler_state`.
        warnings.filterwarnings("ignore", message=".*not defined in the InferenceData scheme")
        return InferenceData(attrs=dict(found.attributes), **dict(found.datasets))
