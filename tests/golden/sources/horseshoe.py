import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, X_means, g, y=None):
    # common effects: 1 + x + z + f
    # with the intercept's prior at the means of the others
    at_means = numpyro.sample("Intercept@means", dist.Normal(6.576, 6.502))
    # regularised horseshoe, in units of sigma / sd(column)
    hs_local = numpyro.sample("hs_local", half_t(1.0, 1.0).expand([4]))
    hs_global = numpyro.sample("hs_global", half_t(1.0, 1.0))
    hs_slab = numpyro.sample("hs_slab", dist.InverseGamma(2.0, 2.0))
    wide = hs_global * hs_local
    narrow = wide / jnp.sqrt(1.0 + wide**2 / (2.0**2 * hs_slab))
    z_beta = numpyro.sample("z_beta", dist.Normal(jnp.zeros(4), 1.0))
    sigma = numpyro.sample("sigma", half_t(3.0, 2.601))
    slopes = numpyro.deterministic(
        "slopes",
        z_beta * narrow * sigma * jnp.array([0.6, 2.786, 2.104, 2.104]),
    )
    intercept = at_means - X_means @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # group-level effects: (1 | g), non-centred
    sd_g = numpyro.sample("sd_g", half_t(3.0, 2.601).expand([1]))
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    r_g = numpyro.deterministic("r_g", z_g * sd_g)
    # likelihood
    eta = X @ beta + r_g[g, 0]
    numpyro.sample("y", dist.Normal(eta, sigma), obs=y)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
