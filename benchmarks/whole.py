"""From a formula to a result on disk or in memory: whole processes, beside Bambi's.

    python3.11 -m venv bambi
    bambi/bin/python -m pip install -r benchmarks/requirements-bambi.txt
    python3.11 -m venv old && old/bin/python -m pip install .
    python3.12 -m venv new && new/bin/python -m pip install .
    export FORMIX_BAMBI=bambi/bin/python
    export FORMIX_PYTHONS=old/bin/python:new/bin/python
    old/bin/python benchmarks/whole.py             # everything, five runs of each, medians
    old/bin/python benchmarks/whole.py study 1     # one part, one run: study, others

The environments hold what formix needs and no extras: pandas imports pyarrow wherever it is, and
Lark compares all terminals of a grammar wherever interegular is, which the tests' extra brings.

4 chains of 1,000 draws; Bambi's after 1,000 of warm-up, its default. Every run is a process of its
own, from its start to its end. CPU seconds are user and system, of all threads and children; peak
memory is that of the largest process, so that what PyMC's chains hold beside it is not counted.

`study`: the sleep study, `Reaction ~ Days + (Days | Subject)`, by `formix fit` to a NetCDF file, by
`model.fit()` to what the environment's ArviZ works on, and by Bambi with PyMC and with nutpie,
which read the data from a CSV file. Bambi's first fit compiles; later ones of the same model find
some of the code in caches, which are filled once beforehand: both are shown. `import arviz` is a
process that does only that, as `model.fit()` does with ArviZ 0.x, and as `formix fit` does not.
`fit` are the CPU seconds of `Model` and `fit`, from the data frame to the result, imports apart.
Effective draws a CPU second of Bambi are those of `fit`; ours are told of `fit`, and of its engine
alone, reading the data included.
`others`: Penicillin, Pastes and cake, `fit` alone.

What is compared is not the same model. Bambi 0.17 fits `(Days | Subject)` without a correlation,
which is an easier posterior; its default priors differ, and it codes an ordered factor by
treatment. Effective sample sizes are the smallest bulk ones over coefficients, standard
deviations, correlations and sigma, no more than there are draws, by one function for all.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from marginal import FITS
from measure import Numbers, at_least, at_most, least_ess, medians, process

STUDY = "sleepstudy"

CSV = """
import json, sys
import formix as fx
data = fx.load(sys.argv[1])
data.to_csv(sys.argv[2], index=False)
print(json.dumps({name: 0 for name in data.columns if str(data[name].dtype) == "category"}))
"""

VERSION = """
import json, sys
import formix
from importlib.metadata import version
print(json.dumps({"python": list(sys.version_info[:2]), "arviz": version("arviz")}))
"""

FIT = """
import formix as fx
import sys
import numpy as np
name, formula, seed, file = sys.argv[1:5]
fit = fx.Model(formula, fx.load(name)).fit(draws=1000, chains=4, seed=int(seed))
posterior = fit["posterior"]
keep = [k for k in posterior.data_vars if not k.startswith("r_")]
np.savez(file, **{k: posterior[k].values for k in keep})
"""

INSIDE = """
import json, sys, time, warnings
import numpy as np
import formix as fx
from formix.engines.marginal.sampling import run
name, formula, seed, file = sys.argv[1:5]
data = fx.load(name)
warnings.simplefilter("ignore")
# Imports what a fit imports when it comes to it; so few draws are not to be trusted.
fx.Model("diameter ~ 1 + (1 | plate)", fx.load("Penicillin")).fit(draws=10, chains=4, seed=1)
cpu = time.process_time()
spec = fx.Model(formula, data).spec
specified = time.process_time()
drawn = run(spec, draws=1000, chains=4, seed=int(seed))
engine = time.process_time() - specified
cpu = time.process_time()
fx.Model(formula, data).fit(draws=1000, chains=4, seed=int(seed))
print(json.dumps({"fit": time.process_time() - cpu, "engine": engine}))
np.savez(file, **{k: v for k, v in drawn.values.items() if not k.startswith("r_")})
"""

ARVIZ = "import arviz"

BAMBI = """
import json, logging, resource, sys
import numpy as np
import pandas as pd

def cpu():
    who = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, who))

import bambi
logging.getLogger("pymc").setLevel(logging.ERROR)
formula, csv, factors, method, seed, file = sys.argv[1:7]
data = pd.read_csv(csv)
data = data.astype({name: "category" for name in json.loads(factors)})
began = cpu()
fit = bambi.Model(formula, data).fit(draws=1000, tune=1000, chains=4, random_seed=int(seed),
                                     inference_method=method, progressbar=False)
print(json.dumps({"fit": cpu() - began}))
# Group effects hold a bar, and their standard deviations end in sigma; logs are of nutpie's.
keep = [k for k in fit.posterior.data_vars
        if not k.endswith("_log__") and ("|" not in k or k.endswith("_sigma"))]
np.savez(file, **{str(i): fit.posterior[k].values for i, k in enumerate(keep)})
"""

Way = Callable[[int], Numbers]


def pythons() -> dict[str, tuple[str, str]]:
    """Return the Pythons with formix by their version, and each one's version of ArviZ."""
    found: dict[str, tuple[str, str]] = {}
    for python in os.environ.get("FORMIX_PYTHONS", sys.executable).split(os.pathsep):
        said = process([python, "-c", VERSION])
        major, minor = said["python"]
        found[f"{major}.{minor}"] = python, said["arviz"]
    return found


def worth(file: Path, found: Numbers) -> Numbers:
    """Return what a process took, with what its draws are worth."""
    return {**found, "ess": least_ess(file)}


def command_line(python: str, folder: Path, seed: int) -> Numbers:
    """Return what `formix fit` takes."""
    file = folder / "fit.nc"
    file.unlink(missing_ok=True)
    options = ["--draws", "1000", "--chains", "4", "--seed", str(seed), "--quiet"]
    command = [python, "-m", "formix", "fit", FITS[STUDY], STUDY, *options, "--out", str(file)]
    return worth(file, process(command))


def in_python(python: str, script: str, name: str, folder: Path, seed: int) -> Numbers:
    """Return what a script of formix takes."""
    file = folder / "fit.npz"
    return worth(file, process([python, "-c", script, name, FITS[name], str(seed), str(file)]))


class Bambi:
    """Bambi on one data set, with caches of compiled code in a folder."""

    def __init__(self, python: str, name: str, folder: Path) -> None:
        self.python, self.folder, self.formula = python, folder, FITS[name]
        self.csv = folder / f"{name}.csv"
        made = subprocess.run(
            [sys.executable, "-c", CSV, name, str(self.csv)],
            check=True,
            capture_output=True,
            text=True,
        )
        self.factors = made.stdout.splitlines()[-1]

    def fit(self, method: str, caches: Path, seed: int) -> Numbers:
        """Return what a fit takes."""
        file = self.folder / "bambi.npz"
        arguments = [self.formula, str(self.csv), self.factors, method, str(seed), str(file)]
        found = process(
            [self.python, "-W", "ignore", "-c", BAMBI, *arguments],
            PYTENSOR_FLAGS=f"base_compiledir={caches}",
            NUMBA_CACHE_DIR=str(caches / "numba"),
            PYTHONPATH="",
        )
        return worth(file, found)

    def first(self, method: str, seed: int) -> Numbers:
        """Return what a fit takes that finds nothing compiled."""
        with tempfile.TemporaryDirectory(dir=self.folder) as caches:
            return self.fit(method, Path(caches), seed)

    def later(self, method: str) -> Way:
        """Return the fit that finds the caches filled."""
        caches = self.folder / "caches"
        self.fit(method, caches, 0)
        return partial(self.fit, method, caches)


def row(name: str, found: Numbers) -> str:
    """Return a line of the table."""
    ess, fit = (
        f"{found[key]:.{d}f}" if key in found else "" for key, d in (("ess", 0), ("fit", 2))
    )
    rate = f"{found['ess'] / found['fit']:.0f}" if "fit" in found else ""
    return (
        f"| {name:42} | {found['process_cpu']:5.2f} | {found['wall']:6.1f} | "
        f"{found['peak']:7.0f} | {ess:>9} | {fit:>6} | {rate:>9} |"
    )


HEAD = (
    f"| {'4,000 draws':42} |  CPU s | wall s | peak MB | least ESS |  fit, s | ESS / fit |\n"
    f"|{'-' * 44}|-------:|-------:|--------:|----------:|--------:|----------:|"
)


def study(runs: int) -> None:
    """Print whole processes of the sleep study, and what is asked of them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ways: dict[str, Way] = {}
        asked: list[str] = []
        for version, (python, arviz) in pythons().items():
            ways[f"formix fit, {version}"] = partial(command_line, python, folder)
            ways[f"model.fit(), {version}"] = partial(in_python, python, FIT, STUDY, folder)
            asked.append(f"formix fit, {version}")
            if arviz.startswith("0."):
                ways[f"import arviz, {version}"] = lambda _, p=python: process([p, "-c", ARVIZ])
            else:
                asked.append(f"model.fit(), {version}")
            ways[f"model.fit(), {version}, imports apart"] = partial(
                in_python, python, INSIDE, STUDY, folder
            )
        for way in ways.values():
            way(0)
        bambi = os.environ.get("FORMIX_BAMBI")
        if bambi:
            of = Bambi(bambi, STUDY, folder)
            for method in ("pymc", "nutpie"):
                ways[f"Bambi, {method}, first fit"] = partial(of.first, method)
                ways[f"Bambi, {method}, compiled before"] = of.later(method)
        found = medians(ways, runs)
    print(HEAD, *(row(*pair) for pair in found.items()), sep="\n")
    if bambi:
        print("", against(found, asked, 300), sep="\n")


def against(found: dict[str, Numbers], asked: list[str], least: float) -> str:
    """Return the table that holds ours against each of Bambi's fits, and what is asked of it."""
    theirs = {name: numbers for name, numbers in found.items() if "Bambi" in name}
    lines = [f"| {'ours over theirs':60} | {' | '.join(theirs)} |", f"|---|{'---:|' * len(theirs)}"]
    for ours in asked:
        for what, key in (("CPU seconds", "process_cpu"), ("peak memory", "peak")):
            cells: list[str] = []
            for name, numbers in theirs.items():
                most = 0.5 if key == "peak" else 0.1 if "pymc" in name else 0.2
                cells.append(at_most(found[ours][key] / numbers[key], most))
            lines.append(f"| {f'{ours}: {what}':60} | {' | '.join(cells)} |")
    for ours, numbers in found.items():
        for what, key in (("engine alone", "engine"), ("fit", "fit")):
            if "engine" in numbers:
                rate = numbers["ess"] / numbers[key]
                cells = [at_least(rate * b["fit"] / b["ess"], least) for b in theirs.values()]
                lines.append(f"| {f'{ours}: ESS / CPU s, {what}':60} | {' | '.join(cells)} |")
    return "\n".join(lines)


def others(runs: int) -> None:
    """Print fits of the smaller crossed and nested data sets beside Bambi's."""
    bambi = os.environ.get("FORMIX_BAMBI")
    if not bambi:
        raise SystemExit("others: FORMIX_BAMBI is the path of a Python with Bambi")
    held: list[str] = []
    print(HEAD)
    for name in FITS:
        if name == STUDY:
            continue
        with tempfile.TemporaryDirectory() as place:
            of = Bambi(bambi, name, Path(place))
            ours = partial(in_python, sys.executable, INSIDE, name, Path(place))
            ways: dict[str, Way] = {f"{name}, model.fit(), imports apart": ours}
            for method in ("pymc", "nutpie"):
                ways[f"{name}, Bambi, {method}, compiled before"] = of.later(method)
            found = medians(ways, runs)
        print(*(row(*pair) for pair in found.items()), sep="\n", flush=True)
        held.append(against(found, [], 100))
    print("", *held, sep="\n\n")


def main() -> None:
    """Print the parts that are asked for."""
    part = sys.argv[1] if len(sys.argv) > 1 else "all"
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    if part in ("study", "all"):
        study(runs)
        print()
    if part in ("others", "all"):
        others(runs)


if __name__ == "__main__":
    main()
