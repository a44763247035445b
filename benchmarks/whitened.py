"""Generalised models by `whitened`, beside `nuts`, NumPyro by hand, Bambi with nutpie and rstanarm.

    apt-get install r-cran-rstanarm                # or install.packages("rstanarm")
    export FORMIX_BAMBI=bambi/bin/python           # as in whole.py
    python benchmarks/whitened.py                  # five runs of each
    python benchmarks/whitened.py cbpp 1           # one of them, one run
    python benchmarks/whitened.py VerbAgg 5 whitened,NumPyro,Bambi    # not all ways

4 chains of 1,000 draws; those of all but `whitened` after 1,000 of warm-up. Every run is a process
of its own; CPU seconds are user and system, of all threads. "process" is from its start to its end
with one fit, with nothing compiled before in any cache of formix; "fit" is that fit, from the data
to draws with all that they come with, and "again" a second fit of the same model in the same
process, when nothing is left to compile. Bambi's "again" is its second fit, of which PyMC finds the
code in its caches and nutpie compiles anew. Where a fit takes minutes there is one, which is
"again" too: NumPyro's `MCMC` compiles at every run, and rstanarm compiles nothing. Of VerbAgg
`nuts` and rstanarm are run once.

Peak memory is of the process up to the end of the first fit, libraries included (of Bambi and
rstanarm up to its own end). What formix asks for is all that should be
installed with it: pandas loads PyArrow where it finds it, which is 25 MB more.

NumPyro by hand is the same model under the same priors, non-centred, by its own `MCMC` with
parallel chains. rstanarm's and Bambi's own default priors differ from formix's. Effective draws are
the smallest bulk effective sample size over coefficients and standard deviations, no more than
there are draws, by one function for all; they are told by the CPU seconds of "again".
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from measure import Numbers, at_least, at_most, least_ess, medians, process, tell
from others import BAMBI, DATA, NUMPYRO, RSTANARM

HERDS = "incidence | trials(size) ~ period + (1 | herd)"
VERBS = "r2 ~ Anger + Gender + btype + situ + (1 | id) + (1 | item)"
MODELS = {
    "cbpp": (HERDS, "p(incidence, size) ~ period + (1 | herd)", "binomial"),
    "VerbAgg": (VERBS, VERBS, "bernoulli"),
}

R_FORMULAS = {"cbpp": "cbind(incidence, size - incidence) ~ period + (1 | herd)"}

ENGINES = ("whitened", "nuts")
SLOW = ("nuts", "NumPyro", "rstanarm")
"""Ways that fit VerbAgg once in a process."""

ONCE = ("nuts", "rstanarm")
"""Ways that are run once of VerbAgg: nothing is asked beside them."""

TITLES = {"Bambi": "Bambi, nutpie", "NumPyro": "NumPyro by hand, non-centred"}
ASKED: dict[str, dict[str, tuple[float, float | None]]] = {
    "cbpp": {"Bambi": (50.0, 1.0), "rstanarm": (10.0, None)},
    "VerbAgg": {"Bambi": (50.0, 0.25), "NumPyro": (100.0, 0.25)},
}
"""At least so many times the effective draws per CPU second, and at most so much of a process."""

FIT = """
import json, resource, sys, time
name, formula, family, engine, fits, seed, file = sys.argv[1:8]
import numpy as np
import formix as fx
data = fx.load(name)
spent = []
for number in range(int(fits)):
    began = time.process_time()
    model = model if number else fx.Model(formula, data, family)
    fit = model.sample(engine=engine, seed=int(seed) + number, progress=False)
    spent.append(time.process_time() - began)
    if not number:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1.024e-3
posterior = fit["posterior"]
keep = [k for k in posterior.data_vars if not k.startswith("r_")]
np.savez(file, **{k: posterior[k].values for k in keep})
print(json.dumps({"fit": spent[0], "again": spent[-1], "most": most}))
"""


@dataclass(frozen=True)
class Case:
    """A data set, in files that processes of others can read, and how often each is fitted."""

    name: str
    csv: str
    arrays: str
    factors: tuple[str, ...]

    def fits(self, way: str) -> int:
        """Return how many fits a process makes."""
        return 1 if self.name == "VerbAgg" and way in SLOW else 2

    def run(self, way: str, command: list[str], **environment: str) -> Numbers:
        """Return what a process took that is told, last, where its draws are to be."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "draws.txt" if way == "rstanarm" else "draws.npz")
            cache = {"XDG_CACHE_HOME": folder} if way in ENGINES else {}
            took = process([*command, str(file)], **environment, **cache)
            if way == "rstanarm":
                columns = np.loadtxt(file).T
                file = file.with_suffix(".npz")
                np.savez(file, draws=np.moveaxis(columns.reshape(len(columns), 4, -1), 0, -1))
            second = took["again"] if self.fits(way) == 2 else 0.0
            peak = took.get("most", took["peak"])
            cold = took["process_cpu"] - second
            return {**took, "cold": cold, "peak": peak, "ess": least_ess(file)}


def fitted(case: Case, way: str, seed: int) -> Numbers:
    """Return what one process took that fits a data set in some way."""
    formula, lme4s, family = MODELS[case.name]
    fits, python = str(case.fits(way)), sys.executable
    if way in ENGINES:
        command = [python, "-c", FIT, case.name, formula, family, way, fits, str(seed)]
    elif way == "NumPyro":
        command = [python, "-W", "ignore", "-c", NUMPYRO, case.arrays, fits, str(seed)]
    elif way == "rstanarm":
        spelled = R_FORMULAS.get(case.name, lme4s)
        names = ",".join(case.factors)
        command = ["Rscript", "-e", RSTANARM, case.csv, spelled, names, fits, str(seed)]
    else:
        factors = json.dumps(case.factors)
        theirs = os.environ["FORMIX_BAMBI"]
        command = [theirs, "-c", BAMBI, case.csv, lme4s, family, factors, str(seed)]
    return case.run(way, command)


def present() -> list[str]:
    """Return the ways that can be run here, and say why not the others."""
    found = [*ENGINES, "NumPyro"]
    if "FORMIX_BAMBI" in os.environ:
        found.append("Bambi")
    else:
        tell("Bambi is left out: FORMIX_BAMBI does not name its Python")
    if not shutil.which("Rscript"):
        tell("rstanarm is left out: there is no Rscript")
    elif subprocess.run(["Rscript", "-e", "library(rstanarm)"], capture_output=True).returncode:
        tell("rstanarm is left out: R does not have it")
    else:
        found.append("rstanarm")
    return found


def said(name: str, found: dict[str, Numbers]) -> list[str]:
    """Return what is asked of one data set, and what was found."""
    ours, lines = found["whitened"], []
    for way, one in found.items():
        if way == "whitened":
            continue
        worth, cold = ASKED[name].get(way, (None, None))
        ratio = (ours["ess"] / ours["again"]) / (one["ess"] / one["again"])
        lines.append(
            f"- {name}, ESS per CPU s, times {way}: "
            + (f"{ratio:.0f}" if worth is None else at_least(ratio, worth))
        )
        ratio = ours["cold"] / one["cold"]
        lines.append(
            f"- {name}, process over {way}'s: "
            + (f"{ratio:.3g}" if cold is None else at_most(ratio, cold))
        )
    if "NumPyro" in found:
        ratio = ours["peak"] / found["NumPyro"]["peak"]
        lines.append(f"- {name}, peak memory over NumPyro's: {at_most(ratio, 2 / 3)}")
    return lines


def main(names: list[str], runs: int, asked: tuple[str, ...]) -> None:
    """Print a table for each data set, and what is asked of it."""
    ways = [way for way in present() if not asked or way in asked]
    print("| 4,000 draws | process, s | peak MB | fit, s | again, s | least ESS | ESS / again |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    lines: list[str] = []
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            files = [str(Path(folder, file)) for file in ("data.csv", "arrays.npz")]
            formula, _, family = MODELS[name]
            known = process([sys.executable, "-c", DATA, name, formula, family, *files])
            factors = tuple(k for k in known if k not in ("process_cpu", "wall", "peak"))
            case = Case(name, *files, factors)
            each: dict[str, Callable[[int], Numbers]] = {
                way: partial(fitted, case, way) for way in ways
            }
            once = ONCE if name == "VerbAgg" else ()
            found = medians({k: v for k, v in each.items() if k not in once}, runs)
            found |= medians({k: v for k, v in each.items() if k in once}, 1)
        for way, one in found.items():
            print(
                f"| {name}, {TITLES.get(way, way)} | {one['cold']:.1f} | {one['peak']:.0f} "
                f"| {one['fit']:.2f} | {one['again']:.2f} | {one['ess']:.0f} "
                f"| {one['ess'] / one['again']:.0f} |",
                flush=True,
            )
        lines += said(name, found)
    print("\n" + "\n".join(lines))


if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        [given[0]] if given else list(MODELS),
        int(given[1]) if len(given) > 1 else 5,
        tuple(given[2].split(",")) if len(given) > 2 else (),
    )
