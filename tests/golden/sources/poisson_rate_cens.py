import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from formix.distributions import censored

numpyro.enable_x64()


def model(X, cens, cens_upper, rate, count=None):
    # common effects: 1 + x, with the intercept's prior at the mean of x (1.665)
    at_means = numpyro.sample("Intercept@means", dist.Normal(-0.171, 2.5))
    slopes = numpyro.sample("slopes", dist.Normal(0.0, 1.5).expand([1]))
    intercept = at_means - jnp.array([1.6650188549320577]) @ slopes
    beta = numpyro.deterministic("beta", jnp.append(intercept, slopes))
    # likelihood
    eta = X @ beta
    mu = jnp.exp(eta)
    total_mu = rate * mu
    numpyro.sample(
        "count",
        censored(dist.Poisson(total_mu), cens, cens_upper),
        obs=count,
    )


# from numpyro.infer import MCMC, NUTS; from jax import random
# mcmc = MCMC(NUTS(model), num_warmup=1000, num_samples=1000, num_chains=4)
# mcmc.run(random.key(1), **data)
