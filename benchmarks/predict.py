"""CPU seconds and memory of predictions at new rows, beside Bambi's from the same draws.

    python3.11 -m venv bambi
    bambi/bin/python -m pip install -r benchmarks/requirements-bambi.txt
    export FORMIX_BAMBI=bambi/bin/python
    python benchmarks/predict.py                   # five runs of each, medians
    python benchmarks/predict.py 1                 # one run

`y ~ x * f + (x | g) + (1 | h)`, Gaussian: a factor of four levels, 100 levels of `g` and 30 of
`h`, all of which the model knows; 1,000 draws in four chains. The draws are random numbers: what
they say does not matter to the time that they take. Both sides are given the same ones, each under
its own names, and it is checked that the means agree.

Each side runs in a process of its own, is timed after its imports and after it has predicted ten
rows, and reads the same new rows. `table` is mean, sd and the ends of the 95 % interval by row:
`fx.predict(fit, new)`, and Bambi's draws described by xarray. `draws` are all of them in memory:
`fx.predict(fit, new, summary=False)`, and what Bambi's `predict` returns. Memory is what the
process grows by at most. Bambi may have `LIMIT` gigabytes; where they do not suffice it is asked
once.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from measure import Numbers, at_least, medians, process

LIMIT = 12
"""Gigabytes of addresses that Bambi's process may have."""

CHAINS, DRAWS, KNOWN, LEVELS = 4, 250, 2_000, (100, 30)
FORMULA = "y ~ x * f + (x | g) + (1 | h)"
ASKED = 10.0
"""Times as much CPU time as ours that Bambi's is to be."""

TIMED = """
import time

def status(name):
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) * 1.024e-3 for line in lines if line.startswith(name))

def timed(call):
    with open("/proc/self/clear_refs", "w", encoding="ascii") as control:
        control.write("5")
    before, cpu, wall = status("VmRSS"), time.process_time(), time.perf_counter()
    answer = call()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return answer, {"cpu": cpu, "elapsed": wall, "grown": status("VmHWM") - before}
"""

OURS = (
    TIMED
    + """
import json, sys
import numpy as np, pandas as pd
import formix as fx
from formix.engines.draws import Draws
from formix.results.datasets import collect
folder, formula, what, kind = sys.argv[1:5]
known, new = (pd.read_pickle(f"{folder}/{name}.pkl") for name in ("known", "new"))
with np.load(f"{folder}/draws.npz") as file:
    given = dict(file)
beta = [given[k] for k in ("Intercept", "x", "f", "x:f")]
values = {
    "beta": np.concatenate([b.reshape(*b.shape[:2], -1) for b in beta], axis=2),
    "r_g": np.stack([given["1|g"], given["x|g"]], axis=3),
    "r_h": given["1|h"][..., None],
    "sigma": given["sigma"],
}
model = fx.Model(formula, known)
shape = given["sigma"].shape
for site in model.spec.parameters:
    one = np.eye(*site.shape) if site.support == "correlation" else np.ones(site.shape)
    values.setdefault(site.site, np.broadcast_to(one, (*shape, *site.shape)))
fit = collect(model.spec, Draws(values, {}, {"engine": "given", "seed": 1}), model.recipe)
asked = {"kind": kind, "summary": what == "table"}
fx.predict(fit, new[:10], **asked)
answer, found = timed(lambda: fx.predict(fit, new, **asked))
if what == "table":
    np.save(sys.argv[5], answer["mean"].to_numpy())
print(json.dumps(found))
"""
)

BAMBI = (
    TIMED
    + """
import json, logging, resource, sys
import numpy as np, pandas as pd, xarray as xr
import arviz, bambi
logging.getLogger("pymc").setLevel(logging.ERROR)
folder, formula, what, kind, means, limit = sys.argv[1:7]
known, new = (pd.read_pickle(f"{folder}/{name}.pkl") for name in ("known", "new"))
with np.load(f"{folder}/draws.npz") as file:
    given = dict(file)
model = bambi.Model(formula, known)
model.build()
there = model.prior_predictive(draws=2, random_seed=1).prior
sites = {}
for name in there.data_vars:
    if name in given or str(name).endswith("_sigma"):
        dims = there[name].dims
        ones = np.ones((*given["sigma"].shape, *there[name].shape[2:]))
        sites[name] = (dims, given.get(name, ones))
chains, draws = given["sigma"].shape
labels = {k: v for k, v in there.coords.items() if k not in ("chain", "draw", "__obs__")}
labels |= {"chain": np.arange(chains), "draw": np.arange(draws)}
fit = arviz.InferenceData(posterior=xr.Dataset(sites, coords=labels))

def predict(rows):
    asked = "response_params" if kind == "mean" else "response"
    answer = model.predict(fit, kind=asked, data=rows, inplace=False)
    drawn = answer.posterior["mu"] if kind == "mean" else answer.posterior_predictive["y"]
    if what == "draws":
        return drawn
    over = ("chain", "draw")
    ends = drawn.quantile([0.025, 0.975], over).to_numpy()
    return drawn.mean(over).to_numpy(), drawn.std(over, ddof=1).to_numpy(), ends

predict(new[:10])
resource.setrlimit(resource.RLIMIT_AS, (int(limit) * 2**30,) * 2)
try:
    answer, found = timed(lambda: predict(new))
except MemoryError:
    found = {"cpu": float("nan"), "elapsed": float("nan"), "grown": float("nan")}
else:
    if what == "table":
        np.save(means, answer[0])
print(json.dumps(found))
"""
)


@dataclass(frozen=True)
class Case:
    """What is asked for: of Bambi too, or once of it where it is known to stop."""

    rows: int
    kind: str
    what: str
    beside: bool = True
    once: bool = False


CASES = (
    Case(10_000, "mean", "table"),
    Case(10_000, "mean", "draws"),
    Case(10_000, "response", "table"),
    Case(20_000, "mean", "table"),
    Case(100_000, "mean", "table", once=True),
    Case(1_000_000, "mean", "table", beside=False),
    Case(1_000_000, "response", "table", beside=False),
)


def made(rows: int, seed: int) -> pd.DataFrame:
    """Return rows that have every level."""
    generator = np.random.default_rng(seed)
    columns = {
        "y": generator.normal(size=rows),
        "x": generator.normal(size=rows),
        "f": pd.Categorical(generator.permutation(np.resize(list("abcd"), rows))),
    }
    for name, count in zip("gh", LEVELS, strict=True):
        codes = generator.permutation(np.resize(np.arange(count), rows))
        columns[name] = pd.Categorical.from_codes(codes, [f"{k:03d}" for k in range(count)])
    return pd.DataFrame(columns)


def store(folder: Path, rows: int) -> None:
    """Write the rows that are known, those that are new, and the draws."""
    made(KNOWN, 1).to_pickle(folder / "known.pkl")
    made(rows, 2).to_pickle(folder / "new.pkl")
    generator = np.random.default_rng(3)
    shapes: dict[str, tuple[int, ...]] = {"Intercept": (), "x": (), "f": (3,), "x:f": (3,)}
    shapes |= {"1|g": LEVELS[:1], "x|g": LEVELS[:1], "1|h": LEVELS[1:]}
    draws = {name: generator.normal(size=(CHAINS, DRAWS, *s)) for name, s in shapes.items()}
    draws["sigma"] = generator.gamma(4.0, size=(CHAINS, DRAWS))
    np.savez(folder / "draws.npz", **draws)


def measured(folder: Path, case: Case, runs: int) -> Mapping[str, Numbers]:
    """Return the medians of a case, after checking that the sides agree on the means."""
    store(folder, case.rows)
    files = {name: folder / f"{name}.npy" for name in ("formix", "Bambi")}
    for file in files.values():
        file.unlink(missing_ok=True)
    asked = [str(folder), FORMULA, case.what, case.kind]
    commands = {"formix": [sys.executable, "-c", OURS, *asked, str(files["formix"])]}
    if case.beside:
        python = [os.environ["FORMIX_BAMBI"], "-W", "ignore", "-c"]
        commands["Bambi"] = [*python, BAMBI, *asked, str(files["Bambi"]), str(LIMIT)]

    def way(command: list[str]) -> Callable[[int], Numbers]:
        return lambda _: process(command)

    found = medians({k: way(command) for k, command in commands.items()}, 1 if case.once else runs)
    if case.kind == "mean" and files["Bambi"].exists():
        np.testing.assert_allclose(*map(np.load, files.values()), rtol=1e-9, atol=1e-9)
    return found


def line(case: Case, found: Mapping[str, Numbers]) -> str:
    """Return the line of a case."""
    ours, theirs = found["formix"], found.get("Bambi")
    cells = [f"{case.rows:,} rows, {case.kind}, {case.what}"]
    cells += [f"{ours['cpu']:.2f}", f"{ours['grown']:.0f}"]
    if theirs is None:
        cells += ["", "", ""]
    elif np.isnan(theirs["cpu"]):
        cells += ["", f"more than {LIMIT},000", ""]
    else:
        cells += [f"{theirs['cpu']:.2f}", f"{theirs['grown']:.0f}"]
        cells += [at_least(theirs["cpu"] / ours["cpu"], ASKED)]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    print(f"`{FORMULA}`, {CHAINS * DRAWS:,} draws\n")
    print("| predictions | formix, CPU s | MB | Bambi, CPU s | MB | times ours |")
    print("|---|---:|---:|---:|---:|---:|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            print(line(case, measured(Path(folder), case, runs)), flush=True)


if __name__ == "__main__":
    main()
