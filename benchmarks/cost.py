"""What the marginal engine costs against rows and groups: a table, and a picture.

    python benchmarks/cost.py                    # five runs of each, medians
    python benchmarks/cost.py 1 cost.png         # one run, and a picture by Matplotlib

Reading the data once, and one density of the standard deviations and sigma, for one group with an
intercept, one with a slope too, nested and crossed intercepts; the density is that of a batch of
64 points, over 64. By rows from 1,000 to 10 million there are 100 groups; by groups from 10 to
100,000 there are a million rows. Rows fall on groups at random. The outer group of nested ones has
a tenth of the levels, and so has the other one of crossed ones, but no more than 1,000. Numbers
are CPU seconds inside one process, all threads, from the arrays of the design on.

The last lines are the density at the most rows over that at the fewest: 1 is independent of rows.
Groups of equal Z'Z share a factor, and so intercepts cost what there are different sizes of groups:
fewer with few rows. Crossed groups cost most where each level of one meets many of the other.
"""

from __future__ import annotations

import sys

from measure import Numbers, medians, process

COST = """
import json, sys, time
import numpy as np
from formix.engines.marginal.density import one_thread
from formix.engines.marginal.primitives import Prior, block, common, group, integrate
shape, n, groups = sys.argv[1], int(float(sys.argv[2])), int(float(sys.argv[3]))
generator = np.random.default_rng(1)
x = generator.normal(size=n)
X = np.column_stack([np.ones(n), x])
index = generator.integers(0, groups, n)
half, normal = Prior("HalfNormal", 2), Prior("Normal", 0, 10)
if shape == "slope":
    held = [group("g", index, groups, block(half, half, cor=Prior("LKJ", 1)), Z=X)]
elif shape == "intercept":
    held = [group("g", index, groups, block(half))]
elif shape == "nested":
    outer = max(2, groups // 10)
    held = [group("a", index % outer, outer, block(half)),
            group("a:b", index, groups, block(half))]
else:
    other = max(2, min(groups // 10, 1000))
    held = [group("g", index, groups, block(half)),
            group("h", generator.integers(0, other, n), other, block(half))]
y = generator.normal(size=n) + x
cpu = time.process_time()
of = integrate(y, common(X, normal, normal), held, sigma=half)
read = time.process_time() - cpu
points = np.abs(generator.normal(1.0, 0.1, (min(64, of.algebra.batch), of.size)))
with one_thread(of.algebra):
    assert np.all(np.isfinite(of.log_density(points)))
    cpu, repeats = time.process_time(), 0
    while time.process_time() - cpu < 0.5:
        of.log_density(points)
        repeats += 1
    each = (time.process_time() - cpu) / repeats / len(points)
print(json.dumps({"read": read, "density": each}))
"""

SHAPES = {
    "intercept": "(1 | g)",
    "slope": "(1 + x | g)",
    "nested": "(1 | a / b)",
    "crossed": "(1 | g) + (1 | h)",
}
ROWS = (1e3, 1e4, 1e5, 1e6, 1e7)
GROUPS = (10, 100, 1e3, 1e4, 1e5)
FEW, MANY = 100, 1e6
"""Groups while rows vary, and rows while groups do."""

VARIED = {"rows": ROWS, "groups": GROUPS}
MEASURED = {"density": ("one density", "us", 1e6), "read": ("reading the data", "s", 1.0)}
"""By its name in what a process says: a title, a unit, and how many of it a second has."""

Costs = dict[tuple[str, str, float], Numbers]


def costs(runs: int) -> Costs:
    """Return the medians, by what varies, shape and size."""
    found: Costs = {}
    for by, sizes in VARIED.items():
        for shape in SHAPES:
            for size in sizes:
                rows, groups = (size, FEW) if by == "rows" else (MANY, size)
                command = [sys.executable, "-c", COST, shape, str(rows), str(groups)]
                name = f"{SHAPES[shape]}, {rows:,.0f} rows, {groups:,.0f} groups"
                way = {name: lambda _, command=command: process(command)}
                found[by, shape, size] = medians(way, runs)[name]
    return found


def table(found: Costs, by: str, measured: str) -> str:
    """Return what one thing costs, a line a shape."""
    title, unit, many = MEASURED[measured]
    sizes = VARIED[by]
    fixed = f"{FEW} groups" if by == "rows" else f"{MANY:,.0f} rows"
    lines = [
        f"| {f'{title}, {unit}; {by}, with {fixed}':52} "
        f"| {' | '.join(f'{size:10,.0f}' for size in sizes)} |",
        f"|{'-' * 54}|{'-----------:|' * len(sizes)}",
    ]
    for shape, formula in SHAPES.items():
        each = (many * found[by, shape, size][measured] for size in sizes)
        lines.append(f"| {formula:52} | {' | '.join(f'{cost:10,.4g}' for cost in each)} |")
    return "\n".join(lines)


def draw(found: Costs, picture: str) -> None:
    """Draw the costs: rows on the left, groups on the right."""
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(
        2, 2, figsize=(9, 7), sharex="col", sharey="row", layout="constrained"
    )
    for line, (measured, (title, unit, many)) in zip(axes, MEASURED.items(), strict=True):
        for axis, (by, sizes) in zip(line, VARIED.items(), strict=True):
            for (shape, formula), marker in zip(SHAPES.items(), "os^D", strict=True):
                each = [many * found[by, shape, size][measured] for size in sizes]
                axis.loglog(sizes, each, marker=marker, label=formula)
            axis.grid(visible=True, alpha=0.3)
        line[0].set_ylabel(f"{title} (CPU {unit.replace('u', 'µ')})")
    axes[0, 0].set_title(f"by rows, with {FEW} groups")
    axes[0, 1].set_title(f"by groups, with {MANY:,.0f} rows")
    axes[1, 0].set_xlabel("rows")
    axes[1, 1].set_xlabel("groups")
    axes[0, 0].legend(title="y ~ x + ...")
    figure.savefig(picture, dpi=100)


def main() -> None:
    """Print the tables, and draw."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    found = costs(runs)
    for measured in MEASURED:
        for by in VARIED:
            print(table(found, by, measured), end="\n\n")
    for shape, formula in SHAPES.items():
        least, most = (found["rows", shape, size]["density"] for size in (ROWS[0], ROWS[-1]))
        print(
            f"- {formula}: one density at {ROWS[-1]:,.0f} rows over that at {ROWS[0]:,.0f}: "
            f"{most / least:.2f}"
        )
    if len(sys.argv) > 2:
        draw(found, sys.argv[2])


if __name__ == "__main__":
    main()
