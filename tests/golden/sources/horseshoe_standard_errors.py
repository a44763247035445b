import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, se, y=None):
    # common effects: 1 + x + z
    intercept = numpyro.sample("beta[Intercept]", dist.StudentT(3.0, 0.0, 10.0))
    # regularised horseshoe, in units of sd(y) / sd(column)
    hs_local = numpyro.sample("hs_local", half_t(1.0, 1.0).expand([2]))
    hs_global = numpyro.sample("hs_global", half_t(3.0, 0.1))
    hs_slab = numpyro.sample("hs_slab", dist.InverseGamma(2.0, 2.0))
    wide = hs_global * hs_local
    narrow = wide / jnp.sqrt(1.0 + wide**2 / (2.0**2 * hs_slab))
    z_beta = numpyro.sample("z_beta", dist.Normal(jnp.zeros(2), 1.0))
    slopes = numpyro.deterministic(
        "slopes",
        z_beta * narrow * jnp.array([1.561, 7.245]),
    )
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # likelihood
    eta = X @ beta
    numpyro.sample("y", dist.Normal(eta, se), obs=y)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
