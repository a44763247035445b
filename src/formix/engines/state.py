"""Where a run stands <-> arrays by name, from which it goes on bit by bit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.kernel import Stand
from formix.errors import EngineError

if TYPE_CHECKING:
    from formix.engines.kernel import Kernel

_BLOCKS = ("inverse_mass_matrix", "mass_matrix_sqrt")


def saved(stand: Stand) -> dict[str, np.ndarray]:
    """Return what the steps after the warm-up depend on, as NumPy arrays, the chain first.

    `z.<site>` and `z_grad.<site>` are the free coordinates and the gradient there;
    `inverse_mass_matrix.` and `mass_matrix_sqrt.` `dense` and `diagonal` are the metric.
    """
    own = stand.own
    found = {
        "step": stand.shared.step,
        "window": stand.shared.window,
        "rng_key": own.rng_key,
        "potential_energy": own.potential_energy,
        "step_size": own.adapt_state.step_size,
    }
    found |= {f"z.{site}": x for site, x in own.z.items()}
    found |= {f"z_grad.{site}": x for site, x in own.z_grad.items()}
    for name in _BLOCKS:
        blocks = getattr(own.adapt_state, name)
        found |= {f"{name}.{_kind(x)}": x for x in blocks.values()}
    return {name: np.array(x) for name, x in found.items()}


def restored(kernel: Kernel, state: Mapping[str, np.ndarray]) -> Stand:
    """Return the stand that `saved` was given, as far as later steps depend on it.

    Raises
    ------
    EngineError
        If the arrays are not those of this model.
    """
    blank = kernel.blank()

    def found(name: str, like: np.ndarray) -> np.ndarray:
        values = np.asarray(state.get(name))
        if values.shape != np.shape(like) or values.dtype != np.asarray(like).dtype:
            raise EngineError(
                f"the state to go on from does not fit this model: `{name}` is missing or differs",
                hint="extend a fit with the model that made it",
            )
        return values

    own, adapted = blank.own, blank.own.adapt_state
    blocks = {
        name: {
            sites: found(f"{name}.{_kind(like)}", like)
            for sites, like in getattr(adapted, name).items()
        }
        for name in _BLOCKS
    }
    adapted = adapted._replace(step_size=found("step_size", adapted.step_size), **blocks)
    own = own._replace(
        z={site: found(f"z.{site}", like) for site, like in own.z.items()},
        z_grad={site: found(f"z_grad.{site}", like) for site, like in own.z_grad.items()},
        rng_key=found("rng_key", own.rng_key),
        potential_energy=found("potential_energy", own.potential_energy),
        adapt_state=adapted,
    )
    shared = blank.shared
    shared = shared._replace(step=found("step", shared.step), window=found("window", shared.window))
    return Stand(shared, own)


def _kind(block: np.ndarray) -> str:
    """Return what tells the two blocks apart; the first axis is the chain."""
    return "dense" if np.ndim(block) == 3 else "diagonal"
