import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, k, k_c, rare=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(1.009, 2.5))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 1.5).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # group-level effects: (1 | k), non-centred
    sd_k = numpyro.sample("sd_k", half_t(3.0, 1.0).expand([1]))
    z_k = numpyro.sample("z_k", dist.Normal(jnp.zeros((4, 1)), 1.0))
    r_k = numpyro.deterministic("r_k", z_k * sd_k)
    # group-level effects: (1 | k:c), non-centred
    sd_k_c = numpyro.sample("sd_k:c", half_t(3.0, 1.0).expand([1]))
    z_k_c = numpyro.sample("z_k:c", dist.Normal(jnp.zeros((12, 1)), 1.0))
    r_k_c = numpyro.deterministic("r_k:c", z_k_c * sd_k_c)
    # likelihood
    zi = numpyro.sample("zi", dist.Beta(1.0, 1.0))
    eta = X @ beta + r_k[k, 0] + r_k_c[k_c, 0]
    mu = jnp.exp(eta)
    numpyro.sample("rare", dist.ZeroInflatedPoisson(zi, mu), obs=rare)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
