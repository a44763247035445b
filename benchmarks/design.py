"""CPU seconds and peak memory of the design of a million rows, beside R's lme4::lFormula.

    python benchmarks/design.py            # 1,000,000 rows, 100,000 groups
    python benchmarks/design.py 100000 5000

Each side runs in a process of its own, is timed after its imports and after the data are made, and
sees data of the same shape: `y ~ x * f + z + log(w) + (x | g)` with eight levels of `f`. R is left
out where there is no Rscript with lme4. Peak memory is what the process grows by, from the moment
the data are there, over the bytes of X and of Z's columns.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence

FORMULA = "y ~ x * f + z + log(w) + (x | g)"

OURS = """
import json, resource, sys, time
import numpy as np, pandas as pd
import formix as fx
fx.Model
n, groups, formula = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
rng = np.random.default_rng(1)
data = pd.DataFrame({
    "y": rng.normal(size=n), "x": rng.normal(size=n), "z": rng.normal(size=n),
    "w": rng.exponential(size=n) + 0.1, "f": pd.Categorical(rng.choice(list("abcdefgh"), n)),
    "g": rng.integers(0, groups, n),
})

def status(name):
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))

with open("/proc/self/clear_refs", "w", encoding="ascii") as control:
    control.write("5")
before = status("VmRSS")
cpu, wall = time.process_time(), time.perf_counter()
design = fx.Model(formula, data).design
cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
size = design.X.nbytes + sum(block.Z.nbytes for block in design.blocks)
print(json.dumps({"cpu": cpu, "wall": wall, "grown": (status("VmHWM") - before) / size,
                  "columns": design.X.shape[1], "levels": len(design.blocks[0].levels)}))
"""

THEIRS = """
suppressMessages(library(lme4))
a <- commandArgs(TRUE); n <- as.integer(a[1]); groups <- as.integer(a[2])
set.seed(1)
d <- data.frame(y = rnorm(n), x = rnorm(n), z = rnorm(n), w = rexp(n) + 0.1,
                f = factor(sample(letters[1:8], n, TRUE)), g = factor(sample(groups, n, TRUE)))
t <- system.time(l <- lFormula(as.formula(a[3]), d))
cat(sprintf('{"cpu": %f, "wall": %f, "columns": %d, "levels": %d}\\n',
            t[["user.self"]] + t[["sys.self"]], t[["elapsed"]], ncol(l$X),
            nlevels(l$reTrms$flist[[1]])))
"""


def run(command: Sequence[str]) -> dict[str, float]:
    """Return the last line that a process prints, as JSON."""
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Print the table."""
    arguments = [*sys.argv[1:3], *("1000000", "100000")[len(sys.argv) - 1 :], FORMULA]
    rows = {"formix": run([sys.executable, "-c", OURS, *arguments])}
    rscript = shutil.which("Rscript")
    if rscript is not None:
        rows["lme4"] = run([rscript, "-e", THEIRS, *arguments])
    print(f"{FORMULA}, {int(arguments[0]):,} rows, {int(arguments[1]):,} groups\n")
    print("|        | CPU s | wall s | peak growth / bytes of X and Z | columns | levels |")
    print("|--------|------:|-------:|-------------------------------:|--------:|-------:|")
    for name, found in rows.items():
        grown = f"{found['grown']:.2f}" if "grown" in found else ""
        print(
            f"| {name:6} | {found['cpu']:5.2f} | {found['wall']:6.2f} | {grown:>30} | "
            f"{found['columns']:7} | {found['levels']:6} |"
        )


if __name__ == "__main__":
    main()
