"""The sleep study by `nuts`, beside the same model written in NumPyro by hand.

    python benchmarks/nuts.py              # five runs of each, medians
    python benchmarks/nuts.py 1

Every run is a process of its own, from its imports to its end: CPU seconds are all of them, and
peak memory is the process's. Effective sample sizes are bulk ones, the smallest over coefficients,
standard deviations, the correlation and sigma, of 4 chains of 1000 draws after 1000 of warm-up, in
float64, under the same priors. They are computed afterwards, from draws that the process wrote.
NumPyro runs without a progress bar; `parallel` has host devices for all chains.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from formix.results.ess import ess_bulk

FORMIX = """
import sys
import numpy as np
import formix as fx

model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"), priors="brms")
fit = model.fit(engine="nuts", draws=1000, warmup=1000, chains=4, seed=int(sys.argv[2]))
draws = {name: fit["posterior"][name].values for name in ("beta", "sd_Subject", "sigma")}
np.savez(sys.argv[1], cor=fit["posterior"]["cor_Subject"].values[..., 0, 1], **draws)
"""

ENGINE = """
import sys
import numpy as np
import formix as fx
from formix.engines import nuts

model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"), priors="brms")
draws = nuts.run(model.spec, model.program, seed=int(sys.argv[2])).values
keep = {name: draws[name] for name in ("beta", "sd_Subject", "sigma")}
np.savez(sys.argv[1], cor=draws["cor_Subject"][..., 0, 1], **keep)
"""

NUMPYRO = """
import sys
import jax
if METHOD == "parallel":
    jax.config.update("jax_num_cpu_devices", 4)
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from numpyro.infer import MCMC, NUTS
import formix as fx

numpyro.enable_x64()
data = fx.load("sleepstudy")
days, subject = data["Days"].to_numpy(float), data["Subject"].cat.codes.to_numpy()

def half_t(scale, n):
    return dist.FoldedDistribution(dist.StudentT(3.0, 0.0, scale)).expand([n])

def model(days, subject, y):
    middle = numpyro.sample("middle", dist.StudentT(3.0, 288.7, 59.3))
    slope = numpyro.sample("slope", dist.ImproperUniform(dist.constraints.real, (), ()))
    beta = numpyro.deterministic("beta", jnp.stack([middle - 4.5 * slope, slope]))
    sd = numpyro.sample("sd", half_t(59.3, 2))
    L = numpyro.sample("L", dist.LKJCholesky(2, 1.0))
    numpyro.deterministic("cor", (L @ L.T)[0, 1])
    scaled = sd[:, None] * L
    if CENTRED:
        with numpyro.plate("subjects", 18):
            b = numpyro.sample("b", dist.MultivariateNormal(beta, scale_tril=scaled))
    else:
        with numpyro.plate("subjects", 18):
            z = numpyro.sample("z", dist.Normal(0.0, 1.0).expand([2]).to_event(1))
        b = beta + z @ scaled.T
    sigma = numpyro.sample("sigma", dist.FoldedDistribution(dist.StudentT(3.0, 0.0, 59.3)))
    mu = b[subject, 0] + b[subject, 1] * days
    numpyro.sample("y", dist.Normal(mu, sigma), obs=y)

mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4,
            chain_method=METHOD, progress_bar=False)
mcmc.run(jax.random.key(int(sys.argv[2])), days, subject, data["Reaction"].to_numpy())
draws = mcmc.get_samples(group_by_chain=True)
np.savez(sys.argv[1], **{name: np.asarray(draws[name]) for name in ("beta", "sd", "cor", "sigma")})
"""


@dataclass(frozen=True)
class Way:
    """A way to fit: its name in the table, its script, and what it finds in its environment."""

    name: str
    script: str
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Run:
    """What one process took, and the smallest effective sample size of its draws."""

    cpu: float
    wall: float
    megabytes: float
    ess: float


def ways(folder: Path) -> tuple[Way, ...]:
    """Return the ways, the first of ours without any cache and the second with a filled one."""
    cold, warm = {"FORMIX_CACHE": "0"}, {"XDG_CACHE_HOME": str(folder)}
    by_hand = [
        Way(
            f"NumPyro by hand, {'centred' if centred else 'non-centred'}, {method}",
            f"METHOD, CENTRED = {method!r}, {centred}\n{NUMPYRO}",
            {},
        )
        for centred in (False, True)
        for method in ("parallel", "sequential")
    ]
    ours = (
        Way("formix, first fit ever", FORMIX, cold),
        Way("formix, program on disk", FORMIX, warm),
        Way("formix, its engine alone, first fit ever", ENGINE, cold),
    )
    return (*ours, *by_hand)


def run(way: Way, folder: Path, seed: int) -> Run:
    """Return what a process of its own takes for a way."""
    file = folder / "draws.npz"
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("JAX", "XLA"))}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", way.script, str(file), str(seed)],
        env=inherited | dict(way.environment),
    )
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    if status:
        raise SystemExit(f"{way.name} failed")
    with np.load(file) as draws:
        ess = min(float(np.min(ess_bulk(draws[name]))) for name in draws.files)
    return Run(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1e3, ess)


def row(way: Way, runs: Sequence[Run]) -> str:
    """Return a line of the table: medians."""
    cpu = statistics.median(run.cpu for run in runs)
    wall = statistics.median(run.wall for run in runs)
    memory = statistics.median(run.megabytes for run in runs)
    ess = statistics.median(run.ess for run in runs)
    rate = statistics.median(run.ess / run.cpu for run in runs)
    return f"| {way.name} | {cpu:.1f} | {wall:.1f} | {memory:.0f} | {ess:.0f} | {rate:.0f} |"


def main() -> None:
    """Print a table."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        compared = ways(folder)
        run(compared[1], folder, 0)  # fills the cache
        found: dict[str, list[Run]] = {way.name: [] for way in compared}
        # In turns, so that what else the machine does falls on all alike.
        for seed in range(1, times + 1):
            for way in compared:
                found[way.name].append(run(way, folder, seed))
    print("| process | CPU s | wall s | peak MB | smallest ESS | ESS per CPU s |")
    print("|---|---|---|---|---|---|")
    for way in compared:
        print(row(way, found[way.name]))


if __name__ == "__main__":
    main()
