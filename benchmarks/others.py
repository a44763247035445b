"""Processes of others that fit one model: their text, and the files that they read."""

from __future__ import annotations

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

NUMPYRO = """
import json, resource, sys, time
import jax
jax.config.update("jax_num_cpu_devices", 4)
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from numpyro.infer import MCMC, NUTS

numpyro.enable_x64()
arrays, fits, seed, file = sys.argv[1:5]
with np.load(arrays) as held:
    data = {name: held[name] for name in held.files}
groups = {name[6:]: int(data[name].max()) + 1 for name in data if name.startswith("index_")}

def model(X, means, widths, y, trials, **indices):
    middle = numpyro.sample("middle", dist.Normal(0.0, 2.5))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, widths))
    beta = numpyro.deterministic("beta", jnp.append(middle - means @ slopes, slopes))
    eta = X @ beta
    for name, levels in groups.items():
        sd = numpyro.sample(f"sd_{name}", dist.FoldedDistribution(dist.StudentT(3.0, 0.0, 1.0)))
        with numpyro.plate(name, levels):
            z = numpyro.sample(f"z_{name}", dist.Normal(0.0, 1.0))
        eta = eta + sd * z[indices[f"index_{name}"]]
    if several:
        numpyro.sample("y", dist.Binomial(trials, logits=eta), obs=y)
    else:
        numpyro.sample("y", dist.Bernoulli(logits=eta), obs=y)

several = data["trials"].max() > 1
mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4,
            chain_method="parallel", progress_bar=False)
spent = []
for number in range(int(fits)):
    began = time.process_time()
    mcmc.run(jax.random.key(int(seed) + number), **data)
    draws = {k: np.asarray(v) for k, v in mcmc.get_samples(group_by_chain=True).items()}
    spent.append(time.process_time() - began)
    if not number:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1.024e-3
np.savez(file, **{k: v for k, v in draws.items() if k == "beta" or k.startswith("sd_")})
print(json.dumps({"fit": spent[0], "again": spent[-1], "most": most}))
"""

RSTANARM = """
suppressPackageStartupMessages(library(rstanarm))
given <- commandArgs(trailingOnly = TRUE)
data <- read.csv(given[1], stringsAsFactors = TRUE)
for (name in strsplit(given[3], ",")[[1]]) data[[name]] <- factor(data[[name]])
used <- function() sum(proc.time()[c(1, 2, 4, 5)])
spent <- c()
for (number in seq_len(as.integer(given[4]))) {
  began <- used()
  fit <- suppressWarnings(stan_glmer(as.formula(given[2]), data = data, family = binomial,
    chains = 4, warmup = 1000, iter = 2000, cores = 1, refresh = 0,
    seed = as.integer(given[5]) + number - 1))
  spent <- c(spent, used() - began)
}
draws <- as.array(fit)
names <- dimnames(draws)[[3]]
draws <- draws[, , !startsWith(names, "b["), drop = FALSE]
sigma <- startsWith(dimnames(draws)[[3]], "Sigma[")
draws[, , sigma] <- sqrt(draws[, , sigma])
write.table(matrix(draws, ncol = dim(draws)[3]), given[6], row.names = FALSE, col.names = FALSE)
cat(sprintf('{"fit": %f, "again": %f}', spent[1], spent[length(spent)]), sep = "\\n")
"""

DATA = """
import json, sys
import numpy as np
import formix as fx
name, formula, family, csv, arrays = sys.argv[1:6]
data = fx.load(name)
model = fx.Model(formula, data, family)
held = model.program.data
widths = [model.priors[f"beta[{c}]"].prior.arguments[1] for c in model.design.columns[1:]]
indices = {f"index_{group}": held[group] for group in ("herd", "id", "item") if group in held}
y = held[model.program.response]
trials = held.get("trials", np.ones(len(y)))
np.savez(arrays, X=held["X"], means=held["X_means"], widths=widths, y=y, trials=trials, **indices)
if name == "VerbAgg":
    data["r2"] = (data["r2"] == "Y").astype(int)
data.to_csv(csv, index=False)
print(json.dumps({k: 0 for k in data.columns if str(data[k].dtype) == "category"}))
"""
