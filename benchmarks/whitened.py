"""Generalised models by `whitened`, beside `nuts` on the same program and Bambi with nutpie.

    export FORMIX_BAMBI=bambi/bin/python           # as in whole.py
    python benchmarks/whitened.py                  # both data sets, five runs of each, medians
    python benchmarks/whitened.py cbpp 1           # one of them, one run

4 chains of 1,000 draws; those of `nuts` and Bambi after 1,000 of warm-up. Every run is a process of
its own; CPU seconds are user and system, of all threads. "process" is from its start to its end,
with nothing compiled before in any cache of formix; "fit" is `Model` and `fit` in it, and "again" a
second fit of the same model in the same process, when nothing is left to compile. Bambi's "again"
is its second fit, of which PyMC finds the code in its caches and nutpie compiles anew.

Effective draws are the smallest bulk effective sample size over coefficients and standard
deviations, no more than there are draws; those of the second fit are told by its CPU seconds.
Bambi's default priors differ from formix's.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from functools import partial
from pathlib import Path

from measure import Numbers, at_least, least_ess, medians, process

HERDS = "incidence | trials(size) ~ period + (1 | herd)"
VERBS = "r2 ~ Anger + Gender + btype + situ + (1 | id) + (1 | item)"
MODELS = {
    "cbpp": (HERDS, "p(incidence, size) ~ period + (1 | herd)", "binomial"),
    "VerbAgg": (VERBS, VERBS, "bernoulli"),
}

FIT = """
import json, sys, time
name, formula, family, engine, seed, file = sys.argv[1:7]
import numpy as np
import formix as fx
data = fx.load(name)
spent = []
for number in range(2):
    began = time.process_time()
    model = model if number else fx.Model(formula, data, family)
    fit = model.sample(engine=engine, seed=int(seed) + number, progress=False)
    spent.append(time.process_time() - began)
posterior = fit["posterior"]
keep = [k for k in posterior.data_vars if not k.startswith("r_")]
np.savez(file, **{k: posterior[k].values for k in keep})
print(json.dumps({"fit": spent[0], "again": spent[1]}))
"""

BAMBI = """
import json, resource, sys
import numpy as np
import pandas as pd
import bambi

def cpu():
    who = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, who))

csv, formula, family, factors, seed, file = sys.argv[1:7]
data = pd.read_csv(csv).astype({name: "category" for name in json.loads(factors)})
spent = []
for number in range(2):
    began = cpu()
    model = model if number else bambi.Model(formula, data, family=family)
    fit = model.fit(draws=1000, tune=1000, chains=4, random_seed=int(seed) + number,
                    inference_method="nutpie", progressbar=False)
    spent.append(cpu() - began)
keep = [k for k in fit.posterior.data_vars
        if not k.endswith("_log__") and k != "p" and ("|" not in k or k.endswith("_sigma"))]
np.savez(file, **{str(i): fit.posterior[k].values for i, k in enumerate(keep)})
print(json.dumps({"fit": spent[0], "again": spent[1]}))
"""

CSV = """
import json, sys
import formix as fx
data = fx.load(sys.argv[1])
if sys.argv[1] == "VerbAgg":
    data["r2"] = (data["r2"] == "Y").astype(int)
data.to_csv(sys.argv[2], index=False)
factors = [name for name in data.columns if str(data[name].dtype) == "category"]
print(json.dumps({name: 0 for name in factors}))
"""


def ours(name: str, engine: str, seed: int) -> Numbers:
    """Two fits by an engine of formix, with caches that are empty."""
    formula, _, family = MODELS[name]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "draws.npz")
        command = [sys.executable, "-c", FIT, name, formula, family, engine, str(seed), str(file)]
        return {**process(command, XDG_CACHE_HOME=folder), "ess": least_ess(file)}


def bambis(name: str, csv: str, factors: str, seed: int) -> Numbers:
    """Two fits by Bambi with nutpie."""
    _, formula, family = MODELS[name]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "draws.npz")
        python = os.environ["FORMIX_BAMBI"]
        command = [python, "-c", BAMBI, csv, formula, family, factors, str(seed), str(file)]
        return {**process(command), "ess": least_ess(file)}


def main(names: list[str], runs: int) -> None:
    """Print a table for each data set, and what is asked of it."""
    print("| 4,000 draws | process, s | peak MB | fit, s | again, s | least ESS | ESS / again |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    said: list[str] = []
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            csv = str(Path(folder, "data.csv"))
            known = process([sys.executable, "-c", CSV, name, csv])
            factors = json.dumps([k for k in known if k not in ("process_cpu", "wall", "peak")])
            ways = {engine: partial(ours, name, engine) for engine in ("whitened", "nuts")}
            if "FORMIX_BAMBI" in os.environ:
                ways["Bambi, nutpie"] = partial(bambis, name, csv, factors)
            found = medians(ways, runs)
        worth = {way: one["ess"] / one["again"] for way, one in found.items()}
        for way, one in found.items():
            print(
                f"| {name}, {way} | {one['process_cpu']:.1f} | {one['peak']:.0f} | {one['fit']:.2f}"
                f" | {one['again']:.2f} | {one['ess']:.0f} | {worth[way]:.0f} |"
            )
        said += [
            f"- {name}, times {way}: {at_least(worth['whitened'] / worth[way], 50.0)}"
            for way in worth
            if way != "whitened"
        ]
    print("\n" + "\n".join(said))


if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        [given[0]] if given else list(MODELS),
        int(given[1]) if len(given) > 1 else 5,
    )
