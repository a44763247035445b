"""What the whitened engine costs against rows and groups: tables, and a picture.

    python benchmarks/cost_whitened.py                     # one run of each
    python benchmarks/cost_whitened.py 3 whitened.png      # medians of three, and a picture
    TOGETHER=2 python benchmarks/cost_whitened.py 1 whitened.png poisson    # one family, sooner

Poisson counts and yes or no, for one group with an intercept, one with a slope too, nested and
crossed intercepts. By rows from 1,000 to a million there are 100 groups; by groups from 10 to
100,000 there are a million rows, which fall on groups at random. The outer group of nested ones has
a tenth of the levels, and so has the other one of crossed ones, but no more than 10: beyond two
million pairs of effects the engine hands the model on. `x` is a number that no two rows share, so
that no row stands for another.

Every number is of a process of its own that fits a model once, nothing compiled before, with one
chain of eight draws (of eight short chains in full): what a fit takes before draws that count.
"slope" is one slope of the log density that a leap of one chain asks for, as one of those that are
side by side; "mode" is the search for the mode; "fit" is from the model to its draws, compilation
included. Those are CPU seconds of all threads; "peak" is the memory of the process up to there,
with the data and all libraries. `TOGETHER=2` has two processes side by side.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from measure import Numbers, medians, process

COST = """
import json, resource, sys, time
import jax
import numpy as np
import pandas as pd
import formix as fx
from formix.engines.options import APART, options
from formix.engines.precision import float64
from formix.engines.whitened import mode, sampling

formula, family, n, levels = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
generator = np.random.default_rng(1)
x, g = generator.normal(size=n), generator.integers(0, levels, n)
eta = -0.5 + 0.3 * x + generator.normal(0, 0.5, levels)[g]
if "x | g" in formula:
    eta += generator.normal(0, 0.2, levels)[g] * x
few = max(2, levels // 10 if "/" in formula else min(levels // 10, 10))
h = g % few if "/" in formula else generator.integers(0, few, n)
if "h" in formula:
    eta += generator.normal(0, 0.4, few)[h]
chance = generator.random(n) < 1 / (1 + np.exp(-eta))
y = generator.poisson(np.exp(eta)) if family == "poisson" else chance.astype(int)
groups = {name: pd.Categorical(codes) for name, codes in (("g", g), ("h", h))}
data = pd.DataFrame({"y": y, "x": x, **groups})
spent, last = {"mode": 0.0}, {}
search, build = mode.Search.mode, sampling.walk

def timed(self):
    began = time.process_time()
    found = search(self)
    spent["mode"] += time.process_time() - began
    last["given"] = self.given
    return found

def kept(target, sites, chains, given):
    last.update(target=target, chains=chains)
    return build(target, sites, chains, given)

mode.Search.mode, sampling.walk = timed, kept
model = fx.Model(formula, data, family)
began = time.process_time()
fit = model.sample(engine="whitened", draws=8, chains=1, seed=1, progress=False)
spent["fit"] = time.process_time() - began
spent["most"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1.024e-3
target, chains = last["target"], last["chains"]
x = 0.1 * generator.standard_normal((chains, target.of.size))
with float64():
    x, given = jax.device_put((x, last["given"]))
    slope = jax.jit(jax.vmap(jax.grad(target.followed), (0, None))).lower(x, given)
    slope = slope.compile(compiler_options=options(APART))
    slope(x, given).block_until_ready()
    times = []
    for _ in range(3 if n > 1e5 else 50):
        began = time.process_time()
        slope(x, given).block_until_ready()
        times.append(time.process_time() - began)
spent["slope"] = float(np.median(times)) / chains
print(json.dumps({**spent, "leaps": float(fit["sample_stats"]["n_steps"].values.flat[0])}))
"""

SHAPES = {
    "(1 | g)": "y ~ x + (1 | g)",
    "(1 + x | g)": "y ~ x + (1 + x | g)",
    "(1 | h / g)": "y ~ x + (1 | h / g)",
    "(1 | g) + (1 | h)": "y ~ x + (1 | g) + (1 | h)",
}
FAMILIES = ("poisson", "bernoulli")
ROWS = (1_000, 10_000, 100_000, 1_000_000)
GROUPS = (10, 100, 1_000, 10_000, 100_000)
FEW, MANY = 100, 1_000_000
"""Groups while rows vary, and rows while groups do."""

SIZES = {"rows": [(n, FEW) for n in ROWS], "groups": [(MANY, levels) for levels in GROUPS]}
VARIED = {"rows": ROWS, "groups": GROUPS}
MEASURED = {
    "slope": ("slope, ms", 1e3),
    "mode": ("mode, CPU s", 1.0),
    "fit": ("fit, CPU s", 1.0),
    "peak": ("peak, MB", 1.0),
}

Costs = dict[tuple[str, str, int, int], Numbers]


def costs(runs: int, families: Sequence[str], together: int) -> Costs:
    """Return the medians, by family, shape, rows and groups; as many processes at once as asked."""
    cases = [
        (family, shape, *size)
        for size in dict.fromkeys(SIZES["rows"] + SIZES["groups"])
        for family in families
        for shape in SHAPES
    ]

    def found(case: tuple[str, str, int, int]) -> Numbers:
        family, shape, rows, levels = case
        command = [sys.executable, "-W", "ignore", "-c", COST, SHAPES[shape], family]
        name = f"{family}, {shape}, {rows:,} rows, {levels:,} groups"

        def way(_: int) -> Numbers:
            with tempfile.TemporaryDirectory() as folder:
                found = process([*command, str(rows), str(levels)], XDG_CACHE_HOME=folder)
                return {**found, "peak": found["most"]}

        ways: dict[str, Callable[[int], Numbers]] = {name: way}
        return medians(ways, runs)[name]

    with ThreadPoolExecutor(together) as pool:
        return dict(zip(cases, pool.map(found, cases), strict=True))


def table(found: Costs, by: str, measured: str) -> str:
    """Return what one thing costs, a line for each family and shape."""
    title, many = MEASURED[measured]
    fixed = f"{FEW} groups" if by == "rows" else f"{MANY:,} rows"
    head = f"{title}; {by}, with {fixed}"
    lines = [
        f"| {head:44} | {' | '.join(f'{size:9,}' for size in VARIED[by])} |",
        f"|{'-' * 46}|{'----------:|' * len(VARIED[by])}",
    ]
    for family in dict.fromkeys(case[0] for case in found):
        for shape in SHAPES:
            each = (many * found[family, shape, *size][measured] for size in SIZES[by])
            cells = " | ".join(f"{cost:9,.4g}" for cost in each)
            label = f"{family}, {shape}".replace(" | ", r" \| ")
            lines.append(f"| {label:44} | {cells} |")
    return "\n".join(lines)


def draw(found: Costs, picture: str) -> None:
    """Draw the costs: rows on the left, groups on the right."""
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(
        len(MEASURED), 2, figsize=(9, 11), sharex="col", sharey="row", layout="constrained"
    )
    for line, (measured, (title, many)) in zip(axes, MEASURED.items(), strict=True):
        for axis, by in zip(line, VARIED, strict=True):
            families = dict.fromkeys(case[0] for case in found)
            for family, style in zip(families, ("-", "--"), strict=False):
                for number, (shape, marker) in enumerate(zip(SHAPES, "os^D", strict=True)):
                    each = [many * found[family, shape, *size][measured] for size in SIZES[by]]
                    axis.loglog(
                        VARIED[by],
                        each,
                        linestyle=style,
                        marker=marker,
                        color=f"C{number}",
                        label=f"{family}, {shape}",
                    )
            axis.grid(visible=True, alpha=0.3)
        line[0].set_ylabel(title)
    for axis, by in zip(axes[-1], VARIED, strict=True):
        axis.set_xlabel(by)
    axes[0, 0].set_title(f"by rows, with {FEW} groups")
    axes[0, 1].set_title(f"by groups, with {MANY:,} rows")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, title="y ~ x + ...", loc="outside lower center", ncol=2)
    figure.savefig(picture, dpi=100)


def main() -> None:
    """Print the tables, and draw."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    families = sys.argv[3:] or FAMILIES
    found = costs(runs, families, int(os.environ.get("TOGETHER", "1")))
    for measured in MEASURED:
        for by in VARIED:
            print(table(found, by, measured), end="\n\n")
    if len(sys.argv) > 2:
        draw(found, sys.argv[2])


if __name__ == "__main__":
    main()
