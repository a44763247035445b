"""Where chains of `nuts` start, how long they warm up, and what a first fit and later ones take.

    python benchmarks/starts.py draws          # medians of five seeds, every model
    python benchmarks/starts.py draws 3 cbpp crossed
    python benchmarks/starts.py compile        # first fit, refit, new model, other data; twice

`draws` runs the engine alone, 4 chains of 1,000 draws, compiled before. Leapfrogs are of one step,
the mean over chains; effective draws are bulk ones, the least over coefficients, standard
deviations and the family's parameters. CPU seconds are of warm-up and draws, the search for the
normal distribution included. `compile` fits from a data frame to the result in two
processes, of which the first finds an empty cache; programs are those that XLA compiled or read
from the cache. The tables are as printed.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from typing import ClassVar

import jax
import numpy as np
from measure import Numbers, medians, process

import formix as fx
from formix.engines import nuts
from formix.engines.steps import Walk
from formix.results.ess import ess_bulk, rhat

WAYS = (("random", 1000), ("auto", 1000), ("random", 300), ("auto", 300))


def study() -> fx.Model:
    """Return the sleep study."""
    return fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))


def penicillin() -> fx.Model:
    """Return two crossed groups of a Gaussian response."""
    return fx.Model("diameter ~ 1 + (1 | plate) + (1 | sample)", fx.load("Penicillin"))


def cbpp(more: int = 0) -> fx.Model:
    """Return proportions of one group, with so many more incidents."""
    data = fx.load("cbpp")
    data = data.assign(incidence=np.minimum(data["incidence"] + more, data["size"]))
    formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    return fx.Model(formula, data, "binomial")


def crossed() -> fx.Model:
    """Return counts of two crossed groups, simulated."""
    generator = np.random.default_rng(5)
    a, b, x = (
        generator.integers(0, 40, 800),
        generator.integers(0, 20, 800),
        np.linspace(-1, 1, 800),
    )
    eta = 0.3 + 0.5 * x + 0.7 * generator.normal(size=40)[a] + 0.4 * generator.normal(size=20)[b]
    data = {"y": generator.poisson(np.exp(eta)), "x": x, "a": a.astype(str), "b": b.astype(str)}
    return fx.Model("y ~ x + (1 | a) + (1 | b)", data, "poisson")


def verbal() -> fx.Model:
    """Return the answers of 40 persons of VerbAgg."""
    data = fx.load("VerbAgg")
    data = data[data["id"].isin(sorted(data["id"].unique())[:40])]
    data = data.assign(id=data["id"].astype(str))
    return fx.Model("r2 ~ Anger + btype + situ + (1 | id) + (1 | item)", data, "bernoulli")


MODELS: dict[str, Callable[[], fx.Model]] = {
    "sleepstudy": study,
    "Penicillin": penicillin,
    "cbpp": cbpp,
    "VerbAgg, 40 persons": verbal,
    "crossed counts": crossed,
}


class Watched(Walk):
    """A walk that remembers the leapfrogs of its warm-up."""

    seen: ClassVar[list[np.ndarray]] = []

    def warmed_up(self, stand, steps):
        """Return where the chains stand after the warm-up."""
        stand, (_, stats) = self.drawn(stand, steps)
        Watched.seen = [stats["n_steps"]]
        return stand


def sampled(model: fx.Model, start: str, warmup: int) -> Callable[[int], Numbers]:
    """Return what takes a seed, and measures a run."""

    def run(seed: int) -> Numbers:
        began = time.process_time()
        found = nuts.run(model.spec, model.program, seed=seed, warmup=warmup, start=start)
        cpu = time.process_time() - began
        sites = [x for name, x in found.values.items() if not name.startswith(("r_", "cor_"))]
        ess = min(float(np.min(ess_bulk(x))) for x in sites)
        return {
            "first": float(Watched.seen[0][:, :75].mean()),
            "warmup": float(Watched.seen[0].mean()),
            "draw": float(found.stats["n_steps"].mean()),
            "cpu": cpu,
            "ess": ess,
            "rate": ess / cpu,
            "rhat": max(float(np.max(rhat(x))) for x in sites),
            "divergences": float(found.stats["diverging"].sum()),
        }

    run(0)
    return run


def draws(runs: int, names: Sequence[str]) -> None:
    """Print a table of ways to start."""
    nuts.Walk = Watched
    print(
        "| model, start, warm-up | leapfrogs, first 75 steps | warm-up | draws | CPU s | ESS | "
        "ESS / CPU s | R-hat | divergences |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for name in (full for full in MODELS if not names or full.split()[0].strip(",") in names):
        model = MODELS[name]()
        ways = {f"{name}, {s}, {w}": sampled(model, s, w) for s, w in WAYS}
        for way, got in medians(ways, runs).items():
            print(
                f"| {way} | {got['first']:.0f} | {got['warmup']:.0f} | {got['draw']:.0f} | "
                f"{got['cpu']:.2f} | {got['ess']:.0f} | {got['rate']:.0f} | {got['rhat']:.3f} | "
                f"{got['divergences']:.0f} |",
                flush=True,
            )


def fits(which: str) -> None:
    """Print what fits in this process take, as JSON."""
    programs: list[float] = []

    def heard(event: str, seconds: float, **_more: object) -> None:
        if "backend_compile" in event:
            programs.append(seconds)

    jax.monitoring.register_event_duration_secs_listener(heard)
    taken: Numbers = {}
    shifted = fx.load("sleepstudy")
    shifted = shifted.assign(Reaction=1.1 * shifted["Reaction"])

    def other() -> fx.Model:
        if which == "cbpp":
            return cbpp(1)
        return fx.Model("Reaction ~ Days + (Days | Subject)", shifted)

    # Imports, and what only reading and describing a result costs, are paid before.
    cbpp().fit(engine="laplace", draws=10, seed=1)
    first = MODELS[which]()
    steps: dict[str, Callable[[], fx.Model]] = {
        "first fit": lambda: first,
        "refit": lambda: first,
        "the same, a new model": MODELS[which],
        "other data": other,
    }
    for name, model in steps.items():
        programs.clear()
        began = time.process_time()
        model().fit(engine="nuts", draws=500, warmup=500, seed=1, progress=False)
        taken[name] = time.process_time() - began
        taken[f"{name}, programs"] = len(programs)
    print(json.dumps(taken))


def compiling() -> None:
    """Print a table of what processes take."""
    names = ("first fit", "refit", "the same, a new model", "other data")
    print("| CPU s, and programs | " + " | ".join(names) + " |")
    print("|---|" + "---:|" * len(names))
    for which in ("sleepstudy", "cbpp"):
        with tempfile.TemporaryDirectory() as cache:
            for order in ("first", "second"):
                command = [sys.executable, "-W", "ignore", __file__, "fits", which]
                got = process(command, XDG_CACHE_HOME=cache)
                cells = [f"{got[name]:.1f}, {got[f'{name}, programs']:.0f}" for name in names]
                print(f"| {which}, {order} process | " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    """Print the table asked for."""
    asked = sys.argv[1:] or ["draws"]
    warnings.simplefilter("ignore")
    if asked[0] == "fits":
        fits(asked[1])
    elif asked[0] == "compile":
        compiling()
    else:
        draws(int(asked[1]) if len(asked) > 1 else 5, asked[2:])


if __name__ == "__main__":
    main()
