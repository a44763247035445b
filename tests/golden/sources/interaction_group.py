import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, k_c, y=None):
    # common effects: 1
    beta = numpyro.sample("beta", dist.Normal(6.576, 6.502).expand([1]))
    # group-level effects: (1 | k:c), non-centred
    sd_k_c = numpyro.sample("sd_k:c", half_t(3.0, 2.601).expand([1]))
    z_k_c = numpyro.sample("z_k:c", dist.Normal(jnp.zeros((12, 1)), 1.0))
    r_k_c = numpyro.deterministic("r_k:c", z_k_c * sd_k_c)
    # likelihood
    sigma = numpyro.sample("sigma", half_t(3.0, 2.601))
    eta = X @ beta + r_k_c[k_c, 0]
    numpyro.sample("y", dist.Normal(eta, sigma), obs=y)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
