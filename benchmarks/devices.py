"""Fits of `whitened` on a GPU and on the CPUs of one machine: wall seconds.

    python benchmarks/devices.py

Needs a JAX with a GPU in it. Every case is a process of its own on each device, which fits a model
twice, with nothing compiled before: 4 chains of 1,000 draws, of a million rows 250. Counts are
poisson, in 1,000 groups, of which means and standard deviations are kept.
"""

from __future__ import annotations

import sys
import tempfile

from measure import Numbers, process, tell

FIT = """
import json, sys, time
import numpy as np
import pandas as pd
import formix as fx

name, formula = sys.argv[1:3]
if name == "VerbAgg":
    data, family, keep, draws = fx.load(name), "bernoulli", "draws", 1000
else:
    n, family, keep = int(name), "poisson", "summary"
    draws = 1000 if n < 1e6 else 250
    generator = np.random.default_rng(1)
    x, g = generator.normal(size=n), generator.integers(0, 1000, n)
    slope = 0.3 + generator.normal(0, 0.2, 1000)[g]
    eta = -0.5 + slope * x + generator.normal(0, 0.5, 1000)[g]
    data = pd.DataFrame({"y": generator.poisson(np.exp(eta)), "x": x, "g": pd.Categorical(g)})
spent = []
for seed in (1, 2):
    began = time.perf_counter()
    model = fx.Model(formula, data, family)
    fit = model.sample(
        engine="whitened", seed=seed, draws=draws, keep_groups=keep, progress=False
    )
    spent.append(time.perf_counter() - began)
print(json.dumps({"first": spent[0], "again": spent[1]}))
"""

CASES = (
    ("VerbAgg", "r2 ~ Anger + Gender + btype + situ + (1 | id) + (1 | item)"),
    ("100000", "y ~ x + (1 | g)"),
    ("1000000", "y ~ x + (1 | g)"),
    ("1000000", "y ~ x + (x | g)"),
)
DEVICES = {"GPU": "cuda,cpu", "CPUs": "cpu"}


def main() -> None:
    """Print a table."""
    print("| rows, model | device | first fit, s | again, s |")
    print("|---|---|---:|---:|")
    for name, formula in CASES:
        for device, platforms in DEVICES.items():
            with tempfile.TemporaryDirectory() as folder:
                command = [sys.executable, "-W", "ignore", "-c", FIT, name, formula]
                took: Numbers = process(command, JAX_PLATFORMS=platforms, XDG_CACHE_HOME=folder)
            tell(f"{name}, {device}")
            rows = "7,584" if name == "VerbAgg" else f"{int(name):,}"
            told = f"`{formula}`".replace("|", "\\|")
            print(
                f"| {rows}, {told} | {device} | {took['first']:.1f} | {took['again']:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
