"""The marginal engine: draws for the money beside NUTS, and a large model beside lme4's lmer.

    python benchmarks/marginal.py                  # everything, five runs of each, medians
    python benchmarks/marginal.py draws 1          # one part, one run: draws, large

Every number is CPU seconds inside one process, user and system, all threads, after its imports.

`draws`: 4,000 draws of everything by `marginal`, its first run in the process and reading the data
included, and by non-centred NumPyro NUTS, 1,000 steps of warm-up and 4 chains of 1,000 draws, warm.
Both sample the program that `model.source` prints, under the default priors. NumPyro's `MCMC`
compiles again at every run, so its sampling alone cannot be timed; `nuts` drives the same kernel
and compiles once, and what counts is its second run in a process: with the warm-up, and of the
draws alone, from where the warm-up ended. Effective sample sizes are the smallest bulk ones over
coefficients, standard deviations, correlations and sigma, no more than there are draws.
`large`: InstEval, 73,421 ratings of 1,128 lecturers by 2,972 students, 4,000 draws with all 4,128
effects, from the data frame on and so with the design, beside lmer's REML estimates, from the data
frame on too, where there is an Rscript with lme4. Memory is the peak over that after the imports,
data included.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

from measure import Numbers, at_least, at_most, least_ess, medians, process

FITS = {
    "sleepstudy": "Reaction ~ Days + (Days | Subject)",
    "Penicillin": "diameter ~ 1 + (1 | plate) + (1 | sample)",
    "Pastes": "strength ~ 1 + (1 | batch / cask)",
    "cake": "angle ~ recipe * temperature + (1 | recipe:replicate)",
}

MARGINAL = """
import json, sys, time
import numpy as np
import formix as fx
from formix.engines.marginal.sampling import run
name, formula, seed, file = sys.argv[1:5]
spec = fx.Model(formula, fx.load(name)).spec
cpu = time.process_time()
drawn = run(spec, draws=1000, chains=4, seed=int(seed))
print(json.dumps({"cpu": time.process_time() - cpu}))
np.savez(file, **{k: v for k, v in drawn.values.items() if not k.startswith("r_")})
"""

NUTS = """
import json, sys, time
import numpy as np
import formix as fx
from formix.engines.nuts import run
name, formula, seed, file, alone = sys.argv[1:6]
model = fx.Model(formula, fx.load(name))
run(model.spec, model.program, draws=1000, warmup=1000, chains=4, seed=0)
cpu = time.process_time()
drawn = run(model.spec, model.program, draws=1000, warmup=1000, chains=4, seed=int(seed))
both = time.process_time() - cpu
cpu = time.process_time()
more = run(model.spec, model.program, draws=1000, state=drawn.state)
print(json.dumps({"cpu": both, "cpu_alone": time.process_time() - cpu}))
for path, found in ((file, drawn), (alone, more)):
    np.savez(path, **{k: v for k, v in found.values.items() if not k.startswith("r_")})
"""

LARGE = """
import json, sys, time
import formix as fx
from formix.engines.marginal.sampling import run
from formix.results.ess import ess_bulk

def status(name):
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) * 1.024e-3 for line in lines if line.startswith(name))

# Imports what it takes, pandas among it.
run(fx.Model("diameter ~ 1 + (1 | plate) + (1 | sample)", fx.load("Penicillin")).spec, draws=10)
before = status("VmRSS")
data = fx.load("InstEval")
cpu = time.process_time()
spec = fx.Model("y ~ service + (1 | s) + (1 | d) + (1 | dept:service)", data).spec
design = time.process_time() - cpu
drawn = run(spec, draws=1000, chains=4, seed=int(sys.argv[1]))
cpu = time.process_time() - cpu
grown = status("VmHWM") - before
effects = sum(v.shape[2] for s, v in drawn.values.items() if s.startswith("r_"))
ess = min(float(ess_bulk(v).min()) for s, v in drawn.values.items() if not s.startswith("r_"))
print(json.dumps({"cpu": cpu, "design": design, "grown": grown, "ess": min(ess, 4000.0),
                  "effects": effects}))
"""

LMER = """
suppressMessages(library(lme4))
data <- InstEval
t <- system.time(lmer(y ~ service + (1 | s) + (1 | d) + (1 | dept:service), data))
cat(sprintf('{"cpu": %f}\\n', t[["user.self"]] + t[["sys.self"]]))
"""


def by_marginal(name: str, folder: Path, seed: int) -> Numbers:
    """Return what `marginal` takes, and what its draws are worth."""
    file = folder / "marginal.npz"
    command = [sys.executable, "-c", MARGINAL, name, FITS[name], str(seed), str(file)]
    found = process(command)
    ess = least_ess(file)
    return {"cpu": found["cpu"], "ess": ess, "rate": ess / found["cpu"]}


def by_nuts(name: str, folder: Path, seed: int) -> Numbers:
    """Return what `nuts` takes once it is compiled, with its warm-up and without."""
    files = folder / "nuts.npz", folder / "alone.npz"
    command = [sys.executable, "-c", NUTS, name, FITS[name], str(seed), *map(str, files)]
    found = process(command)
    both, alone = (least_ess(file) for file in files)
    return {
        "cpu": found["cpu"],
        "ess": both,
        "rate": both / found["cpu"],
        "cpu_alone": found["cpu_alone"],
        "ess_alone": alone,
        "rate_alone": alone / found["cpu_alone"],
    }


def draws(runs: int) -> None:
    """Print effective draws per CPU second."""
    print("|            | 4,000 draws              | CPU s | least ESS | ESS per CPU s |")
    print("|------------|--------------------------|------:|----------:|--------------:|")
    held: list[str] = []
    for name in FITS:
        with tempfile.TemporaryDirectory() as folder:
            ways = {
                f"{name} by marginal": partial(by_marginal, name, Path(folder)),
                f"{name} by nuts": partial(by_nuts, name, Path(folder)),
            }
            ours, theirs = medians(ways, runs).values()
        for way, found, end in (
            ("marginal", ours, ""),
            ("nuts, warm-up and draws", theirs, ""),
            ("nuts, draws alone", theirs, "_alone"),
        ):
            print(
                f"| {name:10} | {way:24} | {found[f'cpu{end}']:5.2f} | "
                f"{found[f'ess{end}']:9.0f} | {found[f'rate{end}']:13.0f} |"
            )
        for what, rate in (("with its warm-up", "rate"), ("its draws alone", "rate_alone")):
            times = ours["rate"] / theirs[rate]
            held.append(f"- {name}, times nuts, {what}: {at_least(times, 100)}")
    print("", *held, sep="\n")


def large(runs: int) -> None:
    """Print InstEval beside lmer."""
    ways = {
        "InstEval by marginal": lambda seed: process([sys.executable, "-c", LARGE, str(seed)]),
    }
    rscript = shutil.which("Rscript")
    if rscript is not None:
        ways["InstEval by lmer"] = lambda _: process([rscript, "-e", LMER])
    ours, *theirs = medians(ways, runs).values()
    print("| InstEval                    | CPU s | of it the design | MB over imports | ESS  |")
    print("|-----------------------------|------:|-----------------:|----------------:|-----:|")
    print(
        f"| 4,000 draws, {ours['effects']:,.0f} effects  | {ours['cpu']:5.1f} | "
        f"{ours['design']:16.1f} | {ours['grown']:15.0f} | {ours['ess']:4.0f} |"
    )
    for lmer in theirs:
        print(f"| lmer, REML estimates        | {lmer['cpu']:5.1f} | {'':16} | {'':15} | {'':4} |")
    print()
    for lmer in theirs:
        print(f"- CPU seconds over lmer's: {at_most(ours['cpu'] / lmer['cpu'], 1)}")
    print(f"- MB over the imports: {at_most(ours['grown'], 300)}")


def main() -> None:
    """Print the parts that are asked for."""
    part = sys.argv[1] if len(sys.argv) > 1 else "all"
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    if part in ("draws", "all"):
        draws(runs)
        print()
    if part in ("large", "all"):
        large(runs)


if __name__ == "__main__":
    main()
