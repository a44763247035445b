"""Small data that hardly bound the spread of groups: `whitened` beside `nuts`.

    python benchmarks/hard.py          # twelve data sets of each kind

Each data set has 30 groups of two rows. CPU seconds are of a refit, compiled before, from a model
to 4 chains of 1,000 draws. Effective draws are bulk ones, the least over all parameters and group
effects. `whitened` is asked for by name, so that what it declines is told. The table is as printed.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from measure import tell

import formix as fx
from formix.engines import nuts
from formix.engines.decline import Decline
from formix.engines.whitened import sampling
from formix.results.ess import ess_bulk

if TYPE_CHECKING:
    from formix.engines.draws import Draws

SETS = 12


def answers(seed: int) -> fx.Model:
    """Return a model of yes or no, of groups far apart, with a wide prior."""
    generator = np.random.default_rng(seed)
    group = np.repeat(np.arange(30), 2)
    eta = 1.0 + 4.0 * generator.standard_normal(30)[group]
    data = pd.DataFrame({"y": generator.binomial(1, 1.0 / (1.0 + np.exp(-eta))), "g": group})
    return fx.Model("y ~ 1 + (1 | g)", data, "bernoulli", priors={"sd_g": "HalfCauchy(5)"})


def counts(seed: int) -> fx.Model:
    """Return a model of counts, far more dispersed than Poisson's, with default priors."""
    generator = np.random.default_rng(seed)
    group = np.repeat(np.arange(30), 2)
    rate = np.exp(3.0 + 0.8 * generator.standard_normal(30)[group])
    y = generator.poisson(rate * generator.gamma(0.3, 1.0 / 0.3, 60))
    return fx.Model("y ~ 1 + (1 | g)", pd.DataFrame({"y": y, "g": group}), "negative_binomial")


ENGINES: dict[str, Callable[..., Draws]] = {"whitened": sampling.run, "nuts": nuts.run}


def worth(drawn: Draws) -> float:
    """Return the least effective number of draws."""
    found: list[float] = []
    for x in drawn.values.values():
        flat = x.reshape(*x.shape[:2], -1)
        moving = flat[..., np.ptp(flat, axis=(0, 1)) > 0.0]
        found.extend(np.atleast_1d(ess_bulk(moving)) if moving.size else [])
    return float(min(found))


def main() -> None:
    """Print a table."""
    print(
        "| data | engine | CPU s | most | ESS | least | ESS / CPU s | coordinates anew | declined |"
    )
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|")
    for name, kind in (("answers", answers), ("counts", counts)):
        for engine, run in ENGINES.items():
            row(name, engine, run, kind)


def row(name: str, engine: str, run: Callable[..., Draws], kind: Callable[[int], fx.Model]) -> None:
    """Print one line."""
    cpu, ess, anew, declined = [], [], 0, 0
    for seed in range(SETS + 1):
        model = kind(max(seed - 1, 0))
        began = time.process_time()
        try:
            drawn = run(model.spec, model.program, seed=1)
        except Decline as signal:
            declined += 1
            tell(f"{name} {seed}: {signal.reason}")
            continue
        if seed:  # The first compiles.
            cpu.append(time.process_time() - began)
            ess.append(worth(drawn))
            anew += drawn.attributes.get("refreshed", 0) != 0
    rates = [e / c for e, c in zip(ess, cpu, strict=True)]
    times, draws, rate = (statistics.median(x) for x in (cpu, ess, rates))
    print(
        f"| {name} | `{engine}` | {times:.2f} | {max(cpu):.2f} | {draws:.0f} | {min(ess):.0f} "
        f"| {rate:.0f} | {anew} | {declined} |"
    )


if __name__ == "__main__":
    sys.exit(main())
