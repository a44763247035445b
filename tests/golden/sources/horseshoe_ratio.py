import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, y=None):
    # common effects: 0 + f + x
    # regularised horseshoe, in units of sigma / rms(column)
    hs_local = numpyro.sample("hs_local", half_t(3.0, 1.0).expand([4]))
    hs_global = numpyro.sample("hs_global", half_t(1.0, 0.0258198889747))
    hs_slab = numpyro.sample("hs_slab", dist.InverseGamma(3.0, 3.0))
    wide = hs_global * hs_local
    narrow = wide / jnp.sqrt(1.0 + wide**2 / (1.5**2 * hs_slab))
    z_beta = numpyro.sample("z_beta", dist.Normal(jnp.zeros(4), 1.0))
    sigma = numpyro.sample("sigma", half_t(3.0, 2.601))
    beta = numpyro.deterministic(
        "beta",
        z_beta * narrow * sigma * jnp.array([1.732, 1.732, 1.732, 0.4263]),
    )
    # likelihood
    eta = X @ beta
    numpyro.sample("y", dist.Normal(eta, sigma), obs=y)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
