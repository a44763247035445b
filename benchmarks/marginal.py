"""The marginal engine: draws for the money, against groups and rows, and beside lme4's lmer.

    python benchmarks/marginal.py                    # everything, five runs of each, medians
    python benchmarks/marginal.py draws 1            # one part, one run: draws, large, cost
    python benchmarks/marginal.py cost 3 cost.png    # with a picture, where there is Matplotlib

Every number is CPU seconds of one process, user and system, all threads, after its imports.

`draws`: 4,000 draws of everything by `marginal`, reading the data included, and by `nuts` with its
program compiled (the second run of one process); effective sample sizes are the smallest bulk ones
over coefficients, standard deviations, correlations and sigma, no more than there are draws.
`large`: InstEval, 73,421 ratings of 1,128 lecturers by 2,972 students, 4,000 draws with all 4,128
effects, beside lmer's REML estimates where there is an Rscript with lme4.
`cost`: reading the data once, and one density of the standard deviations and sigma, by rows and by
groups, for one group with a slope, nested and crossed intercepts.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
from collections.abc import Sequence

FITS = {
    "sleepstudy": "Reaction ~ Days + (Days | Subject)",
    "Penicillin": "diameter ~ 1 + (1 | plate) + (1 | sample)",
    "Pastes": "strength ~ 1 + (1 | batch / cask)",
    "cake": "angle ~ recipe * temperature + (1 | recipe:replicate)",
}

DRAWS = """
import json, sys, time
import numpy as np
import formix as fx
from formix.results.ess import ess_bulk
engine, name, formula = sys.argv[1:4]
model = fx.Model(formula, fx.load(name))
if engine == "marginal":
    from formix.engines.marginal.sampling import run
else:
    from formix.engines.nuts import run
    run(model.spec, model.program, draws=10, warmup=10, seed=1)
    run(model.spec, model.program, draws=1000, seed=2)
cpu = time.process_time()
drawn = run(model.spec, model.program if engine == "nuts" else None, draws=1000, seed=3)
cpu = time.process_time() - cpu
ess = []
for site, values in drawn.values.items():
    if not site.startswith("r_"):
        moving = np.ptp(values, axis=(0, 1)) > 1e-12
        ess.append(np.min(ess_bulk(values)[moving]))
print(json.dumps({"cpu": cpu, "ess": min(4000.0, float(min(ess)))}))
"""

LARGE = """
import json, resource, sys, time
import formix as fx
from formix.engines.marginal.sampling import run
from formix.results.ess import ess_bulk
model = fx.Model("y ~ service + (1 | s) + (1 | d) + (1 | dept:service)", fx.load("InstEval"))
spec = model.spec
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
cpu = time.process_time()
drawn = run(spec, draws=1000, chains=4, seed=1)
cpu = time.process_time() - cpu
grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
ess = min(float(ess_bulk(v).min()) for s, v in drawn.values.items() if not s.startswith("r_"))
print(json.dumps({"cpu": cpu, "grown": grown, "ess": ess, "k": drawn.attributes["k_hat"]}))
"""

LMER = """
suppressMessages(library(lme4))
t <- system.time(lmer(y ~ service + (1 | s) + (1 | d) + (1 | dept:service), InstEval))
cat(sprintf('{"cpu": %f}\\n', t[["user.self"]] + t[["sys.self"]]))
"""

COST = """
import json, sys, time
import numpy as np
from formix.engines.marginal.coefficients import Coefficients, coefficients
from formix.engines.marginal.density import algebra, one_thread
from formix.engines.marginal.dense import solved
from formix.engines.marginal.structure import GroupColumns, Part, Structure
from formix.engines.marginal.coefficients import _reference
shape, n, groups = sys.argv[1], int(float(sys.argv[2])), int(float(sys.argv[3]))
generator = np.random.default_rng(1)
x = generator.normal(size=n)
X = np.column_stack([np.ones(n), x])
index = generator.integers(0, groups, n)

def group(name, index, levels, slope):
    Z = X if slope else X[:, :1]
    parts = (Part(0, Z.shape[1], slope),)
    return GroupColumns(name, Z, index, levels, parts, ("Intercept", "x")[: Z.shape[1]])

if shape == "one":
    held = (group("g", index, groups, True),)
elif shape == "intercept":
    held = (group("g", index, groups, False),)
elif shape == "nested":
    outer = max(2, groups // 10)
    held = (group("a", index % outer, outer, False), group("a:b", index, groups, False))
else:
    other = max(2, min(groups // 10, 1000))
    held = (group("g", index, groups, False),
            group("h", generator.integers(0, other, n), other, False))
of = Structure(generator.normal(size=n) + x, X, None, held, True, None)
cpu = time.process_time()
R, center = _reference(of, np.zeros(2), (0, 1))
common = Coefficients((0, 1), 2, np.zeros(2), R, center, np.zeros((3, 3)), 0.0)
how = algebra(of, common)
read = time.process_time() - cpu
points = 64 if how.batch >= 64 else how.batch
scale = np.exp(generator.normal(0.0, 0.1, points))
factors = [scale[:, None, None] * np.eye(g.size) for g in held]

def density():
    reduced = how.reduce(factors, scale)
    return how.log_likelihood(
        reduced, solved(reduced.form, how.layout, factors, np.empty((points, 0))), scale)

with one_thread(how):
    density()
    cpu, repeats = time.process_time(), 0
    while time.process_time() - cpu < 0.5:
        density()
        repeats += 1
    each = (time.process_time() - cpu) / repeats / points
print(json.dumps({"read": read, "density": each}))
"""

ROWS = (1e3, 1e4, 1e5, 1e6, 1e7)
GROUPS = (10, 100, 1e3, 1e4, 1e5)


def run(command: Sequence[str]) -> dict[str, float]:
    """Return the last line that a process prints, as JSON."""
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def medians(command: Sequence[str], runs: int) -> dict[str, float]:
    """Return the median of each number over runs, each a process of its own."""
    found = [run(command) for _ in range(runs)]
    return {name: statistics.median(one[name] for one in found) for name in found[0]}


def draws(runs: int) -> None:
    """Print effective draws per CPU second."""
    print("|            | engine   | CPU s | ESS  | ESS / CPU s |  times |")
    print("|------------|----------|------:|-----:|------------:|-------:|")
    for name, formula in FITS.items():
        rates: list[float] = []
        for engine in ("nuts", "marginal"):
            found = medians([sys.executable, "-c", DRAWS, engine, name, formula], runs)
            rates.append(found["ess"] / found["cpu"])
            times = f"{rates[-1] / rates[0]:6.0f}" if len(rates) > 1 else ""
            print(
                f"| {name:10} | {engine:8} | {found['cpu']:5.2f} | {found['ess']:4.0f} | "
                f"{rates[-1]:11.0f} | {times:>6} |"
            )


def large(runs: int) -> None:
    """Print InstEval beside lmer."""
    found = medians([sys.executable, "-c", LARGE], runs)
    print("| InstEval                   | CPU s | MB over the imports | least ESS | k-hat |")
    print("|----------------------------|------:|--------------------:|----------:|------:|")
    print(
        f"| marginal, 4,000 draws      | {found['cpu']:5.1f} | {found['grown']:19.0f} | "
        f"{found['ess']:9.0f} | {found['k']:5.2f} |"
    )
    rscript = shutil.which("Rscript")
    if rscript is not None:
        theirs = medians([rscript, "-e", LMER], runs)
        print(f"| lmer, REML estimates       | {theirs['cpu']:5.1f} | {'':19} | {'':9} | {'':5} |")


def cost(runs: int, picture: str | None) -> None:
    """Print what reading the data and one density cost, by rows and groups."""
    table: dict[str, list[tuple[float, float]]] = {}
    for column, grid in (("rows", ROWS), ("groups", GROUPS)):
        print(f"| shape     | {column:>7} | read, s | density, us |")
        print("|-----------|--------:|--------:|------------:|")
        for shape in ("intercept", "one", "nested", "crossed"):
            for size in grid:
                n, groups = (size, min(1e3, size / 10)) if column == "rows" else (1e6, size)
                arguments = [shape, str(n), str(groups)]
                found = medians([sys.executable, "-c", COST, *arguments], runs)
                table.setdefault(f"{shape}, by {column}", []).append((size, found["density"]))
                print(
                    f"| {shape:9} | {size:7.0e} | {found['read']:7.3f} | "
                    f"{1e6 * found['density']:11.1f} |"
                )
        print()
    if picture is not None:
        draw(table, picture)


def draw(table: dict[str, list[tuple[float, float]]], picture: str) -> None:
    """Draw the densities' cost, rows on the left, groups on the right."""
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(9, 4), sharey=True, layout="constrained")
    for name, pairs in table.items():
        shape, _, by = name.partition(", by ")
        axis = axes[0 if by == "rows" else 1]
        axis.loglog(*zip(*pairs, strict=True), marker="o", label=shape)
        axis.set_xlabel(by)
    axes[0].set_ylabel("one density, CPU seconds")
    axes[0].legend()
    figure.savefig(picture)


def main() -> None:
    """Print the parts that are asked for."""
    part = sys.argv[1] if len(sys.argv) > 1 else "all"
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    picture = sys.argv[3] if len(sys.argv) > 3 else None
    if part in ("draws", "all"):
        draws(runs)
        print()
    if part in ("large", "all"):
        large(runs)
        print()
    if part in ("cost", "all"):
        cost(runs, picture)


if __name__ == "__main__":
    main()
