import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import half_t

numpyro.enable_x64()


def model(X, g, rate, count=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(-0.171, 2.5))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 1.5).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # group-level effects: (1 | g), non-centred
    sd_g = numpyro.sample("sd_g", half_t(3.0, 1.0).expand([1]))
    z_g = numpyro.sample("z_g", dist.Normal(jnp.zeros((6, 1)), 1.0))
    r_g = numpyro.deterministic("r_g", z_g * sd_g)
    # likelihood
    eta = X @ beta + r_g[g, 0]
    mu = jnp.exp(eta)
    total_mu = rate * mu
    numpyro.sample("count", dist.Poisson(total_mu), obs=count)


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
