"""Where a run stands <-> arrays by name, from which it goes on bit by bit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.chain import METRIC, Counters, Own
from formix.engines.kernel import Stand
from formix.errors import EngineError

if TYPE_CHECKING:
    from formix.engines.kernel import Kernel


def saved(stand: Stand) -> dict[str, np.ndarray]:
    """Return what the steps after the warm-up depend on, as NumPy arrays, the chain first.

    `z.<site>` are the free coordinates over `width.<site>`, `z_grad.<site>` the slope of the
    potential along them; `inverse_mass_matrix.` and `mass_matrix_sqrt.` `dense` and `diagonal` are
    the metric.
    """
    state = stand.own.state
    found = {
        "step": stand.shared.step,
        "window": stand.shared.window,
        "rng_key": state.rng_key,
        "potential_energy": state.potential_energy,
        "step_size": state.adapt_state.step_size,
    }
    for name, sites in _by_site(stand).items():
        found |= {f"{name}.{site}": x for site, x in sites.items()}
    for name in METRIC:
        blocks = getattr(state.adapt_state, name)
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

    sites = {
        name: {site: found(f"{name}.{site}", like) for site, like in blanks.items()}
        for name, blanks in _by_site(blank).items()
    }
    empty = blank.own.state
    blocks = {
        name: {
            block: found(f"{name}.{_kind(like)}", like)
            for block, like in getattr(empty.adapt_state, name).items()
        }
        for name in METRIC
    }
    step_size = found("step_size", empty.adapt_state.step_size)
    own = empty._replace(
        z=sites["z"],
        z_grad=sites["z_grad"],
        rng_key=found("rng_key", empty.rng_key),
        potential_energy=found("potential_energy", empty.potential_energy),
        adapt_state=empty.adapt_state._replace(step_size=step_size, **blocks),
    )
    shared = Counters(found("step", blank.shared.step), found("window", blank.shared.window))
    return Stand(shared, Own(own, sites["width"], blank.own.before))


def _by_site(stand: Stand) -> dict[str, dict[str, np.ndarray]]:
    own = stand.own
    return {"z": own.state.z, "z_grad": own.state.z_grad, "width": own.width}


def _kind(block: np.ndarray) -> str:
    """Return what tells the two blocks apart; the first axis is the chain."""
    return "dense" if np.ndim(block) == 3 else "diagonal"
